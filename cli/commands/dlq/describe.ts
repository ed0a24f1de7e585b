/** `mq dlq describe`: how many dead letters a group has, since when, where they come from, and why they died. */
import { byQueue, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { count, flag } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import type { Column } from "../../render/listing.ts";
import { chosenBrokers, exitFor } from "../cluster/chosen-brokers.ts";
import { messageAt, storedMessages } from "../message/stored-messages.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";
import type { TailRange } from "../topic/tail-start.ts";
import {
  type DeadLetterQueues,
  deadLetterQueues,
  deadLetterTopic,
  messageCount,
  readableQueues,
} from "./dead-letters.ts";
import { Origins } from "./origins.ts";

const scanDefault = 10_000;

const columns: readonly Column[] = [
  { key: "group", head: "group" },
  { key: "messages", head: "dead letters" },
  { key: "oldest", head: "oldest", show: showShortTime },
  { key: "newest", head: "newest", show: showShortTime },
  { key: "read", head: "origins read" },
];

const queueColumns: readonly Column[] = [
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "messages", head: "DEAD LETTERS", align: "right" },
  { key: "minOffset", head: "MIN", align: "right", isWide: true },
  { key: "maxOffset", head: "MAX", align: "right", isWide: true },
  { key: "oldest", head: "OLDEST", show: showShortTime },
  { key: "newest", head: "NEWEST", show: showShortTime },
];

const reasonTexts: Readonly<Record<string, string>> = {
  retries_used_up: "retries used up",
  given_up: "given up by its consumer",
};

const originColumns: readonly Column[] = [
  { key: "originTopic", head: "TOPIC" },
  { key: "messages", head: "DEAD LETTERS", align: "right" },
  { key: "reconsumeTimes", head: "TRIED", align: "right" },
  { key: "reason", head: "REASON", show: (value) => reasonTexts[String(value)] ?? "-" },
  { key: "oldest", head: "OLDEST", show: showShortTime },
  { key: "newest", head: "NEWEST", show: showShortTime },
];

export const command = defineCommand({
  spec: {
    path: ["dlq", "describe"],
    summary: "show how many dead letters a group has, since when, and where they come from",
    description:
      "Counts and times by queue, and by the topic that they came from, how often they were tried and why they died, as far as\nthey tell: that needs them read, the newest --scan of them (10,000). Dead letters that were deleted with their segments\nare not counted any more.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      scan: flag(count(0, 10_000_000).default(scanDefault), {
        about: "read so many for the origins (10000)",
        value: "N",
      }),
    },
    output: (z) => {
      const times = { oldest: z.string().nullable(), newest: z.string().nullable() };
      return z.object({
        group: z.string(),
        topic: z.string(),
        messages: z.number(),
        ...times,
        read: z.number(),
        queues: z.array(
          z.strictObject({
            broker: z.string(),
            queue: z.number(),
            messages: z.number(),
            minOffset: z.number(),
            maxOffset: z.number(),
            ...times,
          }),
        ),
        origins: z.array(
          z.strictObject({
            originTopic: z.string().nullable(),
            messages: z.number(),
            reconsumeTimes: z.number(),
            reason: z.enum(["retries_used_up", "given_up"]).nullable(),
            ...times,
          }),
        ),
      });
    },
    examples: ["mq dlq describe billing", "mq dlq describe billing -o json | jq .origins"],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const { utc } = context.global;
    const readable = await readableQueues(context, group);
    const { queues: rows, missing }: DeadLetterQueues =
      readable.length === 0
        ? { queues: [], missing: [] }
        : await deadLetterQueues(context.client().admin, group);
    const queues = await queueItems(context, [...rows].sort(byQueue));
    const origins = await originsOf(context, group, rows, flags.scan);
    const times = queues.flatMap(({ oldestMs }) => oldestMs ?? []);
    const messages = messageCount(rows);
    await context.output.sheet({
      kind: "DlqDescription",
      item: {
        group,
        topic: deadLetterTopic(group),
        messages,
        oldest: timeOrNull(Math.min(...times), utc),
        newest: timeOrNull(Math.max(0, ...queues.map(({ newestMs }) => newestMs)), utc),
        read: origins.count,
        queues: queues.map(({ oldestMs, newestMs, ...queue }) => ({
          ...queue,
          oldest: timeOrNull(oldestMs, utc),
          newest: timeOrNull(newestMs, utc),
        })),
        origins: origins.all().map(({ oldestMs, newestMs, ...origin }) => ({
          ...origin,
          oldest: timeOrNull(oldestMs, utc),
          newest: timeOrNull(newestMs, utc),
        })),
      },
      columns,
      sections: [
        { title: "QUEUES", key: "queues", columns: queueColumns },
        { title: "ORIGINS", key: "origins", columns: originColumns },
      ],
      missing,
    });
    if (origins.count < messages) {
      context.output.note(
        `the origins of ${formatCount(origins.count)} of ${formatCount(messages)} are told: --scan N reads more`,
      );
    }
    return exitFor(missing);
  },
});

async function queueItems(context: CommandContext, rows: DeadLetterQueues["queues"]) {
  const { pull } = context.client();
  return await inParallel(rows, async ([queue, { minOffset, maxOffset, lastUpdateTimestamp }]) => {
    const messages = maxOffset - minOffset;
    const first = messages === 0 ? undefined : await messageAt(pull, queue, minOffset);
    return {
      broker: queue.brokerName,
      queue: queue.queueId,
      messages,
      minOffset,
      maxOffset,
      oldestMs: first?.storeTimestampMs,
      newestMs: messages === 0 ? 0 : lastUpdateTimestamp,
    };
  });
}

/** Reads the newest of them, of each queue its share. */
async function originsOf(
  context: CommandContext,
  group: string,
  rows: DeadLetterQueues["queues"],
  scanMax: number,
): Promise<Origins> {
  const client = context.client();
  const { answers } = await gather(await chosenBrokers(client), ({ address }) =>
    client.admin.groups.config(address, group),
  );
  const origins = new Origins(
    new Map(
      answers.flatMap(({ broker, value }) =>
        value === undefined ? [] : [[broker.brokerName, value.retryTimesMax] as const],
      ),
    ),
  );
  const filled = rows.filter(([, { minOffset, maxOffset }]) => maxOffset > minOffset);
  const share = Math.ceil(scanMax / Math.max(1, filled.length));
  const ranges = filled.map(
    ([queue, { minOffset, maxOffset }]): TailRange => ({
      queue,
      minOffset,
      startOffset: Math.max(minOffset, maxOffset - share),
      endOffset: maxOffset,
    }),
  );
  if (scanMax > 0) {
    for await (const message of storedMessages(client.pull, ranges)) {
      if (origins.count >= scanMax || context.signal.aborted) {
        break;
      }
      origins.add(message);
    }
  }
  return origins;
}
