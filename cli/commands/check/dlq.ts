/** `mq check dlq` */
import { defineCommand } from "../../command.ts";
import { flag, wholeNumber } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import { deadLetterCount, groupOfDeadLetters } from "../dlq/dead-letters.ts";
import { checkFlags, checkSchema, type Figure, runCheck, statusOf } from "./result.ts";

export const command = defineCommand({
  spec: {
    path: ["check", "dlq"],
    summary: "hold the dead letters of a group, or of all groups, against bounds",
    description: "Exit code 0 ok, 1 warning, 2 critical, 3 unknown.",
    arguments: [
      { name: "GROUP", about: "name of the group", completes: "group", isOptional: true },
    ],
    flags: {
      ...checkFlags,
      warn: flag(wholeNumber(0).default(0), { about: "warning above so many (0)", value: "N" }),
      crit: flag(wholeNumber(0).optional(), { about: "critical above so many", value: "N" }),
    },
    output: checkSchema,
    examples: ["mq check dlq", "mq check dlq billing --warn 10 --crit 1000"],
  },
  async run(context, { arguments: [group], flags }) {
    const { admin } = context.client();
    const options = {
      check: "dlq",
      subject: group ?? "all groups",
      format: flags.format,
      whenUnreachable: "unknown",
    } as const;
    return await runCheck(context, options, async () => {
      const groups =
        group === undefined
          ? (await admin.topics.names()).flatMap((topic) => groupOfDeadLetters(topic) ?? [])
          : [group];
      let count = 0;
      for (const each of groups) {
        count += await deadLetterCount(admin, each);
      }
      const figures: readonly Figure[] = [
        { name: "dead letters", value: count, unit: "", warn: flags.warn, crit: flags.crit },
      ];
      return {
        status: statusOf(figures),
        subject: options.subject,
        message: `${formatCount(count)} dead letters`,
        figures,
      };
    });
  },
});
