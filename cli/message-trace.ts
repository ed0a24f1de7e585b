/**
 * Traces that RocketMQ's clients send of single messages: texts of records, each ended by 0x02, with fields between
 * 0x01. What is shown of them is each reader's own: RocketMQ's tool passes over the beginnings of consumptions.
 */
import type { ReceivedMessage } from "../src/client/index.ts";

/** The topic of traces, unless brokers (msgTraceTopicName) and clients are told another. */
export const traceTopicDefault = "RMQ_SYS_TRACE_TOPIC";

interface TraceBase {
  /** Host of the client that sent the trace. */
  readonly clientHost: string;
  readonly group: string;
}

/** A send: when it began, and how long it took. */
export interface SentTrace extends TraceBase {
  readonly kind: "Pub";
  readonly timeMs: number;
  readonly elapsedMs: number;
  readonly isOk: boolean;
  readonly topic: string;
  readonly storeHost: string;
  /** The offset id; empty where the client did not get it, or is old. */
  readonly offsetMessageId: string;
}

/** A consumption begins. */
export interface ConsumeBeganTrace extends TraceBase {
  readonly kind: "SubBefore";
  readonly timeMs: number;
  /** Names the consumption; its end has the same. */
  readonly requestId: string;
  /** How often the message was given to the group before. */
  readonly retryTimes: number;
}

/** A consumption ends. */
export interface ConsumedTrace extends TraceBase {
  readonly kind: "SubAfter";
  readonly requestId: string;
  /** Undefined in what old clients say. */
  readonly timeMs: number | undefined;
  readonly elapsedMs: number;
  readonly isOk: boolean;
  /** RocketMQ's ConsumeReturnType; undefined in what old clients say. */
  readonly returnType: number | undefined;
}

/** A transaction is committed or rolled back. */
export interface TransactionTrace extends TraceBase {
  readonly kind: "EndTransaction";
  readonly timeMs: number;
  readonly topic: string;
  readonly storeHost: string;
  /** `COMMIT_MESSAGE`, `ROLLBACK_MESSAGE` or `UNKNOW`. */
  readonly state: string;
}

export type Trace = SentTrace | ConsumeBeganTrace | ConsumedTrace | TransactionTrace;

/** Fields by their place in a record. */
const pubFields = {
  ...{ time: 1, group: 3, topic: 4, id: 5, storeHost: 8, elapsed: 10 },
  ...{ oldOutcome: 12, offsetId: 12, outcome: 13 },
} as const;
const beforeFields = { time: 1, group: 3, requestId: 4, id: 5, retryTimes: 6 } as const;
const afterFields = {
  ...{ requestId: 1, id: 2, elapsed: 3, outcome: 4, returnType: 6, time: 7, group: 8 },
} as const;
const endFields = { time: 1, group: 3, topic: 4, id: 5, storeHost: 8, state: 11 } as const;

/** The records of a trace message that speak of one message, by the id that its producer gave it. */
export function readTraces(message: ReceivedMessage, id: string): readonly Trace[] {
  const clientHost = message.bornHost.slice(0, message.bornHost.lastIndexOf(":"));
  return message.body
    .toString("utf8")
    .split("\u0002")
    .flatMap((record) => readTrace(fieldsOf(record), id, clientHost) ?? []);
}

/** As Java splits: without the empty ones at the end. */
function fieldsOf(record: string): readonly string[] {
  const all = record.split("\u0001");
  return all.slice(0, all.findLastIndex((field) => field !== "") + 1);
}

function readTrace(fields: readonly string[], id: string, clientHost: string): Trace | undefined {
  const text = (at: number): string => fields[at] ?? "";
  const number = (at: number): number => Number(fields[at]);
  const optional = (at: number) => (fields[at] === undefined ? undefined : number(at));
  const isTrue = (at: number): boolean => fields[at]?.toLowerCase() === "true";
  switch (fields[0]) {
    case "Pub": {
      const at = pubFields;
      const isOld = fields.length === at.outcome;
      return text(at.id) !== id
        ? undefined
        : {
            ...{ kind: "Pub", group: text(at.group), clientHost, topic: text(at.topic) },
            timeMs: number(at.time),
            elapsedMs: number(at.elapsed),
            isOk: isTrue(isOld ? at.oldOutcome : at.outcome),
            storeHost: text(at.storeHost),
            offsetMessageId: isOld || text(at.offsetId) === "null" ? "" : text(at.offsetId),
          };
    }
    case "SubBefore": {
      const at = beforeFields;
      return text(at.id) !== id
        ? undefined
        : {
            ...{ kind: "SubBefore", group: text(at.group), clientHost },
            timeMs: number(at.time),
            requestId: text(at.requestId),
            retryTimes: number(at.retryTimes),
          };
    }
    case "SubAfter": {
      const at = afterFields;
      return text(at.id) !== id
        ? undefined
        : {
            ...{ kind: "SubAfter", group: text(at.group), clientHost },
            requestId: text(at.requestId),
            timeMs: optional(at.time),
            elapsedMs: number(at.elapsed),
            isOk: isTrue(at.outcome),
            returnType: optional(at.returnType),
          };
    }
    case "EndTransaction": {
      const at = endFields;
      return text(at.id) !== id
        ? undefined
        : {
            ...{ kind: "EndTransaction", group: text(at.group), clientHost },
            ...{ topic: text(at.topic), storeHost: text(at.storeHost), state: text(at.state) },
            timeMs: number(at.time),
          };
    }
    default:
      return undefined;
  }
}
