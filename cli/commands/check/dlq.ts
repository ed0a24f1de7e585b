/** `mq check dlq` */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { count, flag } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import { requireBrokers } from "../cluster/chosen-brokers.ts";
import { deadLettersOf, groupOfDeadLetters } from "../dlq/dead-letters.ts";
import { checkFlags, checkSchema, type Figure, runCheck, statusOf, worst } from "./result.ts";

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
      warn: flag(count(0).default(0), { about: "warning above so many (0)", value: "N" }),
      crit: flag(count(0).optional(), { about: "critical above so many", value: "N" }),
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
      await requireBrokers(context.client());
      let count = 0;
      const silent = new Set<string>();
      for (const each of groups) {
        const found = await deadLettersOf(admin, each);
        count += found.count;
        for (const { address } of found.missing) {
          silent.add(address);
        }
      }
      if (group !== undefined && count === 0 && !(await admin.groups.isKnown(group))) {
        throw notFound(`group '${group}' is not known`);
      }
      const figures: readonly Figure[] = [
        { name: "dead letters", value: count, unit: "", warn: flags.warn, crit: flags.crit },
      ];
      return {
        // What a broker does not tell could be above the bounds.
        status: worst([statusOf(figures), silent.size > 0 ? "unknown" : "ok"]),
        subject: options.subject,
        message: `${formatCount(count)} dead letters${silent.size > 0 ? `, ${[...silent].join(" ")} not asked` : ""}`,
        figures,
      };
    });
  },
});
