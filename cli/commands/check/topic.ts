/** `mq check topic` */
import { gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { duration, flag, wholeNumber } from "../../flag.ts";
import { checkFlags, checkSchema, type Figure, runCheck, statusOf, worst } from "./result.ts";

const permWrite = 2;
const permRead = 4;

export const command = defineCommand({
  spec: {
    path: ["check", "topic"],
    summary: "tell whether a topic can be written and read, and is written",
    description:
      "Critical without a route, or when no queue can be written or read. Exit code 0 ok, 1 warning, 2 critical, 3 unknown.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {
      ...checkFlags,
      queuesMin: flag(wholeNumber(1).optional(), {
        about: "critical with fewer queues to write to",
        value: "N",
      }),
      silentWarn: flag(duration().optional(), {
        about: "warning when the newest message is older",
        value: "DURATION",
      }),
      silentCrit: flag(duration().optional(), { about: "critical when older", value: "DURATION" }),
    },
    output: checkSchema,
    examples: [
      "mq check topic orders",
      "mq check topic orders --queues-min 8 --silent-warn 10m -o json",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const { admin } = context.client();
    const options = {
      check: "topic",
      subject: topic,
      format: flags.format,
      whenUnreachable: "critical",
    } as const;
    return await runCheck(context, options, async () => {
      const { queues } = await admin.topics.route(topic);
      const countOf = (perm: number, key: "readQueueCount" | "writeQueueCount"): number =>
        queues.reduce((sum, each) => sum + ((each.perm & perm) === 0 ? 0 : each[key]), 0);
      const writable = countOf(permWrite, "writeQueueCount");
      const readable = countOf(permRead, "readQueueCount");
      const { answers, failures } = await gather(await admin.topics.leaders(topic), ({ address }) =>
        admin.topics.stats(address, topic),
      );
      const [failure] = failures;
      if (failure !== undefined) {
        throw failure.error;
      }
      const rows = answers.flatMap(({ value }) => value);
      const newestMs = Math.max(0, ...rows.map(([, stats]) => stats.lastUpdateTimestamp));
      const nowMs = context.environment.clock.nowMs();
      const figures: readonly Figure[] = [
        { name: "queues to write", value: writable, unit: "" },
        { name: "queues to read", value: readable, unit: "" },
        ...(newestMs === 0
          ? []
          : [
              {
                name: "silence",
                value: Math.max(0, Math.round((nowMs - newestMs) / 1_000)),
                unit: "s",
                warn: flags.silentWarn === undefined ? undefined : flags.silentWarn / 1_000,
                crit: flags.silentCrit === undefined ? undefined : flags.silentCrit / 1_000,
              } as const,
            ]),
      ];
      const isShut = writable < (flags.queuesMin ?? 1) || readable === 0;
      const last = newestMs === 0 ? "never written" : `last message ${figures[2]?.value} s ago`;
      const isMissed = newestMs === 0 && flags.silentCrit !== undefined;
      return {
        status: worst([statusOf(figures), isShut || isMissed ? "critical" : "ok"]),
        subject: topic,
        message: `${writable} queues to write, ${readable} to read, ${last}`,
        figures,
      };
    });
  },
});
