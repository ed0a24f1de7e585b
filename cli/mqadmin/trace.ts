/**
 * Traces that RocketMQ's clients send of single messages: texts of records, each ended by 0x02, with fields between
 * 0x01. Only the records of a send (`Pub`) and of a consumption's end (`SubAfter`) are shown by the official tool.
 */
import type { ReceivedMessage } from "../../src/client/index.ts";

export interface Trace {
  readonly kind: "Pub" | "SubAfter";
  readonly group: string;
  /** Host of the client that sent the trace. */
  readonly clientHost: string;
  /** Undefined in what old clients say of consumptions. */
  readonly timeMs: number | undefined;
  readonly elapsedMs: number;
  readonly isOk: boolean;
}

/** Fields by their place in a record. */
const pubFields = { time: 1, group: 3, id: 5, elapsed: 10, oldOutcome: 12, outcome: 13 } as const;
const subFields = { id: 2, elapsed: 3, outcome: 4, time: 7, group: 8 } as const;

/** The records of a trace message that speak of one message. */
export function readTraces(message: ReceivedMessage, id: string): readonly Trace[] {
  const clientHost = message.bornHost.slice(0, message.bornHost.lastIndexOf(":"));
  return message.body
    .toString("utf8")
    .split("\u0002")
    .flatMap((record) => readTrace(fieldsOf(record), id, clientHost));
}

/** As Java splits: without the empty ones at the end. */
function fieldsOf(record: string): readonly string[] {
  const all = record.split("\u0001");
  return all.slice(0, all.findLastIndex((field) => field !== "") + 1);
}

function readTrace(fields: readonly string[], id: string, clientHost: string): readonly Trace[] {
  const [kind] = fields;
  if (kind === "Pub" && fields[pubFields.id] === id) {
    const outcomeAt =
      fields.length === pubFields.outcome ? pubFields.oldOutcome : pubFields.outcome;
    const times = {
      timeMs: Number(fields[pubFields.time]),
      elapsedMs: Number(fields[pubFields.elapsed]),
    };
    const isOk = fields[outcomeAt]?.toLowerCase() === "true";
    return [{ kind, group: fields[pubFields.group] ?? "", clientHost, ...times, isOk }];
  }
  if (kind === "SubAfter" && fields[subFields.id] === id) {
    const time = fields[subFields.time];
    return [
      {
        kind,
        group: fields[subFields.group] ?? "",
        clientHost,
        timeMs: time === undefined ? undefined : Number(time),
        elapsedMs: Number(fields[subFields.elapsed]),
        isOk: fields[subFields.outcome]?.toLowerCase() === "true",
      },
    ];
  }
  return [];
}
