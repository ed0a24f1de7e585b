/** `mq bench consume`: how fast a broker gives what it has. */
import type { z } from "zod";
import { defineCommand } from "../../command.ts";
import { count, duration, flag, text, toggle, wholeNumber, type Zod } from "../../flag.ts";
import { benchProgress, perSecondText } from "./bench-progress.ts";
import { latencyColumns, latencyFields, latencyShape } from "./latency-fields.ts";
import {
  crossed,
  exitOfThresholds,
  maxP99Flag,
  minRateFlag,
  thresholdsOf,
  thresholdsSchema,
} from "./thresholds.ts";

/** RocketMQ's own tools read in this group's name; every broker knows it. */
const toolsGroup = "TOOLS_CONSUMER";

const reportSchema = (z: Zod) =>
  z.object({
    mode: z.literal("consume"),
    messages: z.number(),
    pulls: z.number(),
    seconds: z.number(),
    messagesPerSecond: z.number(),
    megabytesPerSecond: z.number(),
    ...latencyShape(z),
    thresholds: thresholdsSchema(z),
  });

export const command = defineCommand({
  spec: {
    path: ["bench", "consume"],
    summary: "measure reading",
    description:
      "Works against mq and any RocketMQ. Reads every queue from its start to its end, one pull in flight a queue. Commits\nnothing. Latencies are of pulls that found something.",
    flags: {
      topic: flag(text().default("mq-bench"), {
        about: "topic (mq-bench)",
        short: "t",
        value: "TOPIC",
      }),
      batch: flag(wholeNumber(1, 1_024).default(32), {
        about: "messages asked for in a pull (32)",
        value: "N",
      }),
      count: flag(count(1).optional(), { about: "end after so many messages", value: "N" }),
      duration: flag(duration().default(60_000), {
        about: "at most so long (60s)",
        value: "DURATION",
      }),
      follow: toggle("begin at the end of each queue and wait for what comes", "f"),
      maxP99: maxP99Flag,
      minRate: minRateFlag,
    },
    output: reportSchema,
    examples: ["mq bench consume", "mq bench consume --topic orders --batch 256 -o json"],
  },
  async run(context, { flags }) {
    const letGo = context.process.keepAlive();
    const bar = benchProgress(context, flags);
    const report = await context
      .client()
      .load.consume({
        topic: flags.topic,
        group: toolsGroup,
        from: flags.follow ? "end" : "start",
        countMax: flags.batch,
        durationMs: flags.duration,
        messageCount: flags.count,
        isFollowing: flags.follow,
        signal: context.signal,
        onProgress: (messages, seconds) =>
          bar.reached(messages, seconds, perSecondText(messages, seconds)),
      })
      .finally(() => {
        bar.stop();
        letGo();
      });
    const { messages, bytes, pulls, seconds, latencies } = report;
    const fields = latencyFields(latencies);
    const messagesPerSecond = Math.round(messages / seconds);
    const thresholds = [
      ...thresholdsOf(flags, { p99Us: fields.p99Us, perSecond: messagesPerSecond }),
    ];
    const item: z.infer<ReturnType<typeof reportSchema>> = {
      mode: "consume",
      messages,
      pulls,
      seconds: Math.round(seconds * 1_000) / 1_000,
      messagesPerSecond,
      megabytesPerSecond: Math.round(bytes / seconds / 10_000) / 100,
      ...fields,
      thresholds,
    };
    context.output.item("Bench", item, { columns });
    for (const text of crossed(thresholds)) {
      context.output.note(text);
    }
    return exitOfThresholds(thresholds, { isAborted: context.signal.aborted });
  },
});

const columns = [
  { key: "messages", head: "messages" },
  { key: "pulls", head: "pulls" },
  { key: "seconds", head: "seconds" },
  { key: "messagesPerSecond", head: "messages/s" },
  { key: "megabytesPerSecond", head: "MB/s" },
  ...latencyColumns,
];
