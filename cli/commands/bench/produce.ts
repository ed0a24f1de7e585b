/** `mq bench produce`: how many messages a broker takes, and how long each takes. */
import type { z } from "zod";
import type { SendLoadReport } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { byteSize, count, duration, flag, text, wholeNumber, type Zod } from "../../flag.ts";
import { benchProgress, perSecondText } from "./bench-progress.ts";
import { makeBenchTopics } from "./bench-topic.ts";
import { latencyColumns, latencyFields, latencyShape } from "./latency-fields.ts";
import {
  crossed,
  exitOfThresholds,
  maxP99Flag,
  minRateFlag,
  thresholdsOf,
  thresholdsSchema,
} from "./thresholds.ts";

const sendersDefault = 64;
const secondsDefault = 10;
/** Each queue has a request of its own in memory, as large as what it sends. */
const topicsMax = 10_000;

const flagShape = {
  topic: flag(text().default("mq-bench"), {
    about: "topic, made when it is missing (mq-bench)",
    short: "t",
    value: "TOPIC",
  }),
  topics: flag(wholeNumber(1, topicsMax).optional(), {
    about: "spread over so many topics: TOPIC-1, TOPIC-2 and so on",
    value: "N",
  }),
  size: flag(byteSize().default(1_024), { about: "body size (1K)", value: "SIZE" }),
  senders: flag(wholeNumber(1, 65_536).optional(), {
    about: `synchronous senders: one request in flight each (${sendersDefault})`,
    value: "N",
  }),
  window: flag(wholeNumber(1, 65_536).optional(), {
    about: "one asynchronous sender with so many requests in flight, instead of --senders",
    value: "N",
  }),
  batch: flag(wholeNumber(1, 4_096).default(1), { about: "messages in a request (1)", value: "N" }),
  rate: flag(wholeNumber(1, 1_000_000).optional(), {
    about: "so many requests a second; latencies count from when a request was due",
    value: "N",
  }),
  warmup: flag(duration().default(0), { about: "sent first, not counted", value: "DURATION" }),
  duration: flag(duration().default(secondsDefault * 1_000), {
    about: `counted (${secondsDefault}s)`,
    value: "DURATION",
  }),
  count: flag(count(1).optional(), { about: "end after so many messages", value: "N" }),
  maxP99: maxP99Flag,
  minRate: minRateFlag,
} as const;

const reportSchema = (z: Zod) =>
  z.object({
    mode: z.literal("produce"),
    messages: z.number(),
    requests: z.number(),
    failures: z.number(),
    seconds: z.number(),
    messagesPerSecond: z.number(),
    megabytesPerSecond: z.number(),
    ...latencyShape(z),
    thresholds: thresholdsSchema(z),
  });

export const command = defineCommand({
  spec: {
    path: ["bench", "produce"],
    summary: "measure sending",
    description:
      "Works against mq and any RocketMQ. A failed request is counted and not sent again. Latencies are of whole requests.",
    flags: flagShape,
    output: reportSchema,
    examples: [
      "mq bench produce --senders 64 --size 1K --duration 10s",
      "mq bench produce --window 1024 --batch 32 --size 100 -o json",
      "mq bench produce --rate 1000 --duration 30s --max-p99 20ms",
    ],
  },
  async run(context, { flags }) {
    const topics = topicNames(flags.topic, flags.topics);
    await makeBenchTopics(context, topics);
    const letGo = context.process.keepAlive();
    const bar = benchProgress(context, flags);
    const report = await context
      .client()
      .load.produce({
        topics,
        bodyBytes: flags.size,
        batch: flags.batch,
        inFlight: flags.window ?? flags.senders ?? sendersDefault,
        ratePerSecond: flags.rate,
        warmupMs: flags.warmup,
        durationMs: flags.duration,
        messageCount: flags.count,
        signal: context.signal,
        onProgress: (messages, seconds) =>
          bar.reached(messages, seconds, perSecondText(messages, seconds)),
      })
      .finally(() => {
        bar.stop();
        letGo();
      });
    const item = itemOf(report, flags.size, flags);
    context.output.item("Bench", item, { columns });
    if (report.failures > 0) {
      context.output.note(`${report.failures} requests failed; the first: ${report.firstFailure}`);
    }
    for (const text of crossed(item.thresholds)) {
      context.output.note(text);
    }
    return exitOfThresholds(item.thresholds, { isAborted: context.signal.aborted });
  },
});

function topicNames(topic: string, count: number | undefined): readonly string[] {
  return count === undefined
    ? [topic]
    : Array.from({ length: count }, (_, index) => `${topic}-${index + 1}`);
}

const columns = [
  { key: "messages", head: "messages" },
  { key: "failures", head: "failed requests" },
  { key: "seconds", head: "seconds" },
  { key: "messagesPerSecond", head: "messages/s" },
  { key: "megabytesPerSecond", head: "MB/s" },
  ...latencyColumns,
];

function itemOf(
  report: SendLoadReport,
  bodyBytes: number,
  limits: Parameters<typeof thresholdsOf>[0],
): z.infer<ReturnType<typeof reportSchema>> {
  const { messages, requests, failures, seconds, latencies } = report;
  const fields = latencyFields(latencies);
  const messagesPerSecond = Math.round(messages / seconds);
  return {
    mode: "produce",
    messages,
    requests,
    failures,
    seconds: Math.round(seconds * 1_000) / 1_000,
    messagesPerSecond,
    megabytesPerSecond: Math.round((messages * bodyBytes) / seconds / 10_000) / 100,
    ...fields,
    thresholds: [...thresholdsOf(limits, { p99Us: fields.p99Us, perSecond: messagesPerSecond })],
  };
}
