/** `mq message trace`: when a message was sent, stored and consumed, as the traces of its clients tell. */
import { ClientError, type ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { count, flag, text } from "../../flag.ts";
import { readTraces, type Trace, traceTopicDefault } from "../../message-trace.ts";
import type { Column, Item } from "../../render/listing.ts";
import { timeOrNull } from "../time-fields.ts";

const recordsDefault = 1_024;

const events = [
  "sent",
  "send_failed",
  "consume_began",
  "consumed",
  "consume_failed",
  "transaction_ended",
] as const;

/** RocketMQ's ConsumeReturnType, by its number. */
const returnTypes = ["success", "timed_out", "exception", "returned_null", "failed"] as const;

interface TraceItem extends Item {
  readonly time: string | null;
  readonly event: (typeof events)[number];
  readonly group: string | null;
  readonly clientHost: string;
  readonly costMs: number | null;
  readonly result: string | null;
  /** Which try of the group it was, from 1. */
  readonly attempt: number | null;
  readonly topic: string | null;
  readonly storeHost: string | null;
  readonly offsetMessageId: string | null;
  readonly requestId: string | null;
}

const columns: readonly Column[] = [
  { key: "time", head: "TIME", show: showMilliseconds },
  { key: "event", head: "EVENT", show: (value) => String(value).replace("_", " ") },
  { key: "group", head: "GROUP" },
  { key: "clientHost", head: "CLIENT" },
  { key: "attempt", head: "TRY", align: "right" },
  { key: "costMs", head: "TOOK MS", align: "right" },
  { key: "result", head: "RESULT" },
  { key: "storeHost", head: "STORED AT" },
  { key: "topic", head: "TOPIC", isWide: true },
  { key: "offsetMessageId", head: "OFFSET ID", isWide: true },
  { key: "requestId", head: "REQUEST", isWide: true },
];

export const command = defineCommand({
  spec: {
    path: ["message", "trace"],
    summary: "show when a message was sent and consumed, as its clients' traces tell",
    description:
      "One line for the send, for each beginning and each end of a consumption, and for the end of a transaction, in the order of\ntheir times, which are those of the clients' clocks. ID is the id that the producer gave the message (uniqueKey in\n-o json). Clients send traces only when they are told to: enableMsgTrace of RocketMQ's clients.",
    arguments: [{ name: "ID", about: "the message's unique key" }],
    flags: {
      traceTopic: flag(text(1).default(traceTopicDefault), {
        about: `topic that the clients send their traces to (${traceTopicDefault})`,
        value: "TOPIC",
        completes: "topic",
      }),
      records: flag(count(1, 100_000).default(recordsDefault), {
        about: "read at most so many trace messages (1024); a RocketMQ broker gives 64",
        value: "N",
      }),
    },
    output: (z) =>
      z.object({
        time: z.string().nullable(),
        event: z.enum(events),
        group: z.string().nullable(),
        clientHost: z.string(),
        costMs: z.number().nullable(),
        result: z.string().nullable(),
        attempt: z.number().nullable(),
        topic: z.string().nullable(),
        storeHost: z.string().nullable(),
        offsetMessageId: z.string().nullable(),
        requestId: z.string().nullable(),
      }),
    examples: [
      "mq message trace 7F0000010A3C18B4AAC2062C4E5A0000",
      "mq message trace 7F0000010A3C18B4AAC2062C4E5A0000 --trace-topic my-traces -o json",
    ],
  },
  async run(context, { arguments: [id = ""], flags }) {
    const messages = await traceMessages(context, flags.traceTopic, id, flags.records);
    const traces = distinct(messages.flatMap((message) => readTraces(message, id)));
    if (traces.length === 0) {
      throw notFound(
        `no client sent a trace of message '${id}' to ${flags.traceTopic}`,
        "clients send traces with enableMsgTrace only, and some seconds late; ID is the unique key, not the offset id",
      );
    }
    const items = timeline(traces, context.global.utc);
    await context.output.list({
      kind: "MessageTrace",
      noun: "event",
      nameKey: "event",
      columns,
      items,
      summary: summaryOf(traces),
    });
    return undefined;
  },
});

async function traceMessages(
  context: CommandContext,
  topic: string,
  id: string,
  countMax: number,
): Promise<readonly ReceivedMessage[]> {
  try {
    const query = { fromMs: 0, countMax, keepsOrder: true };
    return await context.client().messages.queryByKey(topic, id, query);
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      throw notFound(
        `there is no topic '${topic}' for traces`,
        "RocketMQ's brokers have it with traceTopicEnable=true; --trace-topic names another",
      );
    }
    throw error;
  }
}

/** A client that did not get an answer sends its traces again. */
function distinct(traces: readonly Trace[]): readonly Trace[] {
  return [...new Map(traces.map((trace) => [JSON.stringify(trace), trace])).values()];
}

function timeline(traces: readonly Trace[], isUtc: boolean): readonly TraceItem[] {
  const begins = new Map(
    traces.flatMap((trace) => (trace.kind === "SubBefore" ? [[trace.requestId, trace]] : [])),
  );
  const timed = traces.map((trace) => {
    const began = trace.kind === "SubAfter" ? begins.get(trace.requestId) : undefined;
    // Old clients say only when a consumption began and how long it took.
    const startedMs = began?.timeMs;
    const timeMs =
      trace.kind === "SubAfter" && trace.timeMs === undefined && startedMs !== undefined
        ? startedMs + trace.elapsedMs
        : trace.timeMs;
    return { timeMs, item: itemOf(trace, timeMs, began, isUtc) };
  });
  return timed
    .sort(
      (left, right) =>
        (left.timeMs ?? Number.MAX_VALUE) - (right.timeMs ?? Number.MAX_VALUE) ||
        events.indexOf(left.item.event) - events.indexOf(right.item.event),
    )
    .map(({ item }) => item);
}

function itemOf(
  trace: Trace,
  timeMs: number | undefined,
  began: Extract<Trace, { kind: "SubBefore" }> | undefined,
  isUtc: boolean,
): TraceItem {
  const common = {
    time: timeOrNull(timeMs, isUtc),
    group: trace.group === "" ? (began?.group ?? null) : trace.group,
    clientHost: trace.clientHost,
    ...{ costMs: null, result: null, attempt: null, topic: null, storeHost: null },
    ...{ offsetMessageId: null, requestId: null },
  };
  switch (trace.kind) {
    case "Pub":
      return {
        ...common,
        event: trace.isOk ? "sent" : "send_failed",
        costMs: whole(trace.elapsedMs),
        result: trace.isOk ? "success" : "failed",
        topic: trace.topic,
        storeHost: trace.storeHost || null,
        offsetMessageId: trace.offsetMessageId || null,
      };
    case "SubBefore":
      return {
        ...common,
        event: "consume_began",
        attempt: attemptOf(trace.retryTimes),
        requestId: trace.requestId,
      };
    case "SubAfter":
      return {
        ...common,
        event: trace.isOk ? "consumed" : "consume_failed",
        costMs: whole(trace.elapsedMs),
        result: resultOf(trace.isOk, trace.returnType),
        attempt: began === undefined ? null : attemptOf(began.retryTimes),
        requestId: trace.requestId,
      };
    case "EndTransaction":
      return {
        ...common,
        event: "transaction_ended",
        result: trace.state,
        topic: trace.topic,
        storeHost: trace.storeHost || null,
      };
  }
}

/** What a client wrote that should be a whole number; null for anything else. */
function whole(value: number): number | null {
  return Number.isInteger(value) ? value : null;
}

function attemptOf(retryTimes: number): number | null {
  return Number.isInteger(retryTimes) ? retryTimes + 1 : null;
}

function resultOf(isOk: boolean, returnType: number | undefined): string {
  return isOk ? "success" : (returnTypes[returnType || returnTypes.length - 1] ?? "failed");
}

function summaryOf(traces: readonly Trace[]): string {
  const ends = new Set(
    traces.flatMap((each) => (each.kind === "SubAfter" ? [each.requestId] : [])),
  );
  const begins = traces.filter((each) => each.kind === "SubBefore");
  const open = begins.filter(({ requestId }) => !ends.has(requestId)).length;
  const groups = new Set(
    traces.flatMap(({ kind, group }) => (kind.startsWith("Sub") && group !== "" ? [group] : [])),
  );
  const failed = traces.filter((each) => each.kind === "SubAfter" && !each.isOk).length;
  return [
    groups.size === 0 ? "no consumption was traced" : `${groups.size} groups`,
    ...(failed > 0 ? [`${failed} consumptions failed`] : []),
    ...(open > 0 ? [`${open} consumptions have no end yet`] : []),
  ].join(", ");
}

/** `2026-11-22 11:19:58.402`. */
function showMilliseconds(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 23).replace("T", " ") : "-";
}
