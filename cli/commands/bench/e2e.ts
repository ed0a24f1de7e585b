/** `mq bench e2e`: how long messages take from their producer to a consumer, and whether all arrive, once. */
import type { z } from "zod";
import { defineCommand } from "../../command.ts";
import { byteSize, count, duration, flag, text, wholeNumber, type Zod } from "../../flag.ts";
import { makeBenchTopics } from "./bench-topic.ts";
import { latencyColumns, latencyFields, latencyShape } from "./latency-fields.ts";
import { bodyBytesMin, RoundTripLoad } from "./round-trip-load.ts";
import {
  crossed,
  exitOfThresholds,
  maxP99Flag,
  minRateFlag,
  type Threshold,
  thresholdsOf,
  thresholdsSchema,
} from "./thresholds.ts";

const reportSchema = (z: Zod) =>
  z.object({
    mode: z.literal("e2e"),
    sent: z.number(),
    received: z.number(),
    lost: z.number(),
    duplicated: z.number(),
    errors: z.number(),
    seconds: z.number(),
    messagesPerSecond: z.number(),
    megabytesPerSecond: z.number(),
    ...latencyShape(z),
    thresholds: thresholdsSchema(z),
  });

export const command = defineCommand({
  spec: {
    path: ["bench", "e2e"],
    summary: "measure from producer to consumer",
    description:
      "Works against mq and any RocketMQ. Latencies run from when a message was due to when a consumer in this process has\nit. A message that was acknowledged and does not come back is lost: exit code 10. The topic is made when it is missing,\nand stays with its messages.",
    flags: {
      topic: flag(text().default("mq-bench-e2e"), {
        about: "topic, made when it is missing (mq-bench-e2e)",
        short: "t",
        value: "TOPIC",
      }),
      size: flag(byteSize().default(1_024), { about: "body size, 24 or more (1K)", value: "SIZE" }),
      producers: flag(wholeNumber(1, 4_096).default(4), {
        about: "senders with one request in flight each (4)",
        value: "N",
      }),
      rate: flag(wholeNumber(1, 1_000_000).optional(), {
        about: "so many messages a second, instead of as many as go",
        value: "N",
      }),
      duration: flag(duration().default(10_000), {
        about: "send for so long (10s)",
        value: "DURATION",
      }),
      count: flag(count(1).optional(), { about: "end after so many messages", value: "N" }),
      drain: flag(duration().default(10_000), {
        about: "wait at most so long for the last ones (10s)",
        value: "DURATION",
      }),
      maxP99: maxP99Flag,
      minRate: minRateFlag,
    },
    output: reportSchema,
    examples: [
      "mq bench e2e --rate 1000 --duration 30s --max-p99 20ms",
      "mq bench e2e --producers 16 --size 4K --min-rate 5000 -o json",
      "mq bench e2e -o csv >> e2e.csv",
    ],
  },
  async run(context, { flags }) {
    await makeBenchTopics(context, [flags.topic]);
    const bodyBytes = Math.max(flags.size, bodyBytesMin);
    const letGo = context.process.keepAlive();
    const report = await new RoundTripLoad(context, {
      topic: flags.topic,
      bodyBytes,
      producers: flags.producers,
      ratePerSecond: flags.rate,
      durationMs: flags.duration,
      messageCount: flags.count,
      drainMs: flags.drain,
    })
      .run()
      .finally(letGo);
    const { sent, received, lost, duplicated, errors, seconds, latencies } = report;
    const perSecond = sent / seconds;
    const fields = latencyFields(latencies);
    const messagesPerSecond = Math.round(perSecond);
    const asked = thresholdsOf(flags, { p99Us: fields.p99Us, perSecond: messagesPerSecond });
    const all: Threshold = {
      name: "lost",
      unit: "messages",
      limit: 0,
      value: lost,
      ok: lost === 0,
    };
    const item: z.infer<ReturnType<typeof reportSchema>> = {
      ...{ mode: "e2e", sent, received, lost, duplicated, errors },
      seconds: Math.round(seconds * 1_000) / 1_000,
      messagesPerSecond,
      megabytesPerSecond: Math.round((perSecond * bodyBytes) / 10_000) / 100,
      ...fields,
      thresholds: [all, ...asked],
    };
    context.output.item("Bench", item, { columns });
    if (report.firstError !== undefined) {
      context.output.note(`${errors} sends failed; the first: ${report.firstError}`);
    }
    for (const line of crossed(item.thresholds)) {
      context.output.note(line);
    }
    return exitOfThresholds(item.thresholds, { isAborted: context.signal.aborted });
  },
});

const columns = [
  { key: "sent", head: "sent" },
  { key: "received", head: "received" },
  { key: "lost", head: "lost" },
  { key: "duplicated", head: "duplicated" },
  { key: "errors", head: "failed sends" },
  { key: "seconds", head: "seconds" },
  { key: "messagesPerSecond", head: "messages/s" },
  { key: "megabytesPerSecond", head: "MB/s" },
  ...latencyColumns,
];
