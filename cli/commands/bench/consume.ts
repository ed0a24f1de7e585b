/** `mq bench consume` */
import { z } from "zod";
import type { MessageQueue } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { duration, flag, wholeNumber } from "../../flag.ts";

/** RocketMQ's own tools read in this group's name; every broker knows it. */
const toolsGroup = "TOOLS_CONSUMER";

export const command = defineCommand({
  spec: {
    path: ["bench", "consume"],
    summary: "measure reading",
    description:
      "Reads every queue from its start to its end, or for the duration. Commits nothing.",
    flags: {
      topic: flag(z.string().default("mq-bench"), {
        about: "topic (mq-bench)",
        short: "t",
        value: "TOPIC",
      }),
      count: flag(wholeNumber(1, 1_024).default(32), { about: "messages a pull (32)", value: "N" }),
      duration: flag(duration().default(60_000), {
        about: "at most so long (60s)",
        value: "DURATION",
      }),
    },
    output: z.object({
      mode: z.literal("consume"),
      received: z.number(),
      pulls: z.number(),
      seconds: z.number(),
      messagesPerSecond: z.number(),
      megabytesPerSecond: z.number(),
    }),
    examples: ["mq bench consume", "mq bench consume --topic orders -o json"],
  },
  async run(context, { flags }) {
    const { clock } = context.environment;
    const { pull } = context.client();
    const startedMs = clock.elapsedMs();
    const totals = { received: 0, bytes: 0, pulls: 0 };
    const drain = async (queue: MessageQueue): Promise<void> => {
      let offset = await pull.minOffset(queue);
      while (!context.signal.aborted && clock.elapsedMs() - startedMs < flags.duration) {
        const result = await pull.pull({ group: toolsGroup, queue, offset, countMax: flags.count });
        totals.pulls++;
        if (result.kind === "caught_up") {
          return;
        }
        offset = result.nextOffset;
        for (const message of result.kind === "found" ? result.messages : []) {
          totals.received++;
          totals.bytes += message.storedBytes;
        }
      }
    };
    await Promise.all((await pull.queues(flags.topic)).map(drain));
    const seconds = Math.max(0.001, (clock.elapsedMs() - startedMs) / 1_000);
    context.output.item("Bench", {
      mode: "consume",
      received: totals.received,
      pulls: totals.pulls,
      seconds: Math.round(seconds * 1_000) / 1_000,
      messagesPerSecond: Math.round(totals.received / seconds),
      megabytesPerSecond: Math.round(totals.bytes / seconds / 1_000) / 1_000,
    });
    return context.signal.aborted ? exitCode.interrupted : undefined;
  },
});
