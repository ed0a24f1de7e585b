/**
 * A record's properties: `name 0x01 value 0x02` repeated, UTF-8. The last 0x02 may be missing; a pair with
 * an empty value counts as absent; of two equal names the last wins (RocketMQ `MessageDecoder`).
 */
import { javaHashBytes } from "../core/java-hash.ts";
import { checksumName, nameEnd, valueEnd } from "./layout.ts";

export const propertyNames = {
  keys: "KEYS",
  tags: "TAGS",
  uniqueKey: "UNIQ_KEY",
  wait: "WAIT",
  delayLevel: "DELAY",
  timerDelaySeconds: "TIMER_DELAY_SEC",
  timerDelayMs: "TIMER_DELAY_MS",
  timerDeliverMs: "TIMER_DELIVER_MS",
  transactionPrepared: "TRAN_MSG",
  producerGroup: "PGROUP",
  realTopic: "REAL_TOPIC",
  realQueueId: "REAL_QID",
  retryTopic: "RETRY_TOPIC",
  originMessageId: "ORIGIN_MESSAGE_ID",
  reconsumeTime: "RECONSUME_TIME",
  maxReconsumeTimes: "MAX_RECONSUME_TIMES",
  region: "MSG_REGION",
  traceOn: "TRACE_ON",
  cluster: "CLUSTER",
  innerCount: "INNER_NUM",
  multiDispatch: "INNER_MULTI_DISPATCH",
  multiQueueOffset: "INNER_MULTI_QUEUE_OFFSET",
  checksum: checksumName,
} as const;

/** All pairs, in order of first appearance. */
export function parseProperties(source: Buffer, start: number, end: number): Map<string, string> {
  const pairs = new Map<string, string>();
  forEachProperty(source, start, end, (nameStart, nameStop, valueStart, valueStop) => {
    if (valueStop > valueStart) {
      pairs.set(
        source.toString("utf8", nameStart, nameStop),
        source.toString("utf8", valueStart, valueStop),
      );
    }
  });
  return pairs;
}

/** The keys of a message: the words of `KEYS`. */
export function keyWords(properties: ReadonlyMap<string, string>): readonly string[] {
  return properties.get(propertyNames.keys)?.split(" ").filter(Boolean) ?? [];
}

/** The text form; names and values must not contain 0x01 or 0x02. */
export function formatProperties(pairs: Iterable<readonly [string, string]>): string {
  let text = "";
  for (const [name, value] of pairs) {
    text += `${name}\u0001${value}\u0002`;
  }
  return text;
}

/** Where the properties that a broker acts on lie; −1 without one. Reused for every message. */
export interface PropertyScan {
  tagsStart: number;
  tagsEnd: number;
  keysStart: number;
  keysEnd: number;
  uniqueKeyStart: number;
  uniqueKeyEnd: number;
  /** There is one that is not the client's to send: the checksum, or the handle of a popped message. */
  hasForeign: boolean;
  /** `DELAY`: 0 without one, NaN for what is no number. */
  delayLevel: number;
  hasTimer: boolean;
  isTransaction: boolean;
  /** `WAIT=false`: the reply need not wait for the flush. */
  isUnawaited: boolean;
  /** The record stands in light queues as well (record/shared-record.ts). */
  isShared: boolean;
}

/** A scan to be filled by scanProperties. */
export function createPropertyScan(): PropertyScan {
  return {
    tagsStart: -1,
    tagsEnd: -1,
    keysStart: -1,
    keysEnd: -1,
    uniqueKeyStart: -1,
    uniqueKeyEnd: -1,
    hasForeign: false,
    delayLevel: 0,
    hasTimer: false,
    isTransaction: false,
    isUnawaited: false,
    isShared: false,
  };
}

const letter = {
  T: 0x54,
  K: 0x4b,
  U: 0x55,
  W: 0x57,
  D: 0x44,
  I: 0x49,
  P: 0x50,
  underscore: 0x5f,
  f: 0x66,
} as const;

/** One pass over the pairs, without a string. */
export function scanProperties(
  source: Buffer,
  start: number,
  end: number,
  into: PropertyScan,
): void {
  into.tagsStart = into.tagsEnd = -1;
  into.keysStart = into.keysEnd = -1;
  into.uniqueKeyStart = into.uniqueKeyEnd = -1;
  into.delayLevel = 0;
  into.hasForeign = into.hasTimer = into.isTransaction = into.isUnawaited = into.isShared = false;
  let at = start;
  while (at < end) {
    const nameStart = at;
    while (at < end && source[at] !== nameEnd && source[at] !== valueEnd) {
      at++;
    }
    const nameStop = at;
    if (at >= end || source[at] === valueEnd) {
      at++;
      continue;
    }
    const valueStart = ++at;
    while (at < end && source[at] !== valueEnd) {
      at++;
    }
    const valueStop = at++;
    if (valueStop > valueStart) {
      noteProperty(source, nameStart, nameStop, valueStart, valueStop, into);
    }
  }
}

function noteProperty(
  source: Buffer,
  nameStart: number,
  nameStop: number,
  valueStart: number,
  valueStop: number,
  into: PropertyScan,
): void {
  const first = source[nameStart];
  if (first === letter.T) {
    noteT(source, nameStart, nameStop, valueStart, valueStop, into);
  } else if (first === letter.U && isName(source, nameStart, nameStop, "UNIQ_KEY")) {
    into.uniqueKeyStart = valueStart;
    into.uniqueKeyEnd = valueStop;
  } else if (first === letter.K && isName(source, nameStart, nameStop, "KEYS")) {
    into.keysStart = valueStart;
    into.keysEnd = valueStop;
  } else if (first === letter.W && isName(source, nameStart, nameStop, "WAIT")) {
    into.isUnawaited = source[valueStart] === letter.f;
  } else if (first === letter.D && isName(source, nameStart, nameStop, "DELAY")) {
    into.delayLevel = levelOf(source.toString("latin1", valueStart, valueStop));
  } else if (first === letter.I) {
    into.isShared ||= isName(source, nameStart, nameStop, "INNER_MULTI_DISPATCH");
  } else if (first === letter.underscore || first === letter.P) {
    into.hasForeign ||= isForeign(source, nameStart, nameStop);
  }
}

/** Only the store writes the first, and RocketMQ's brokers take the second away (remoting 8.1). */
function isForeign(source: Buffer, nameStart: number, nameStop: number): boolean {
  return (
    isName(source, nameStart, nameStop, checksumName) ||
    isName(source, nameStart, nameStop, "POP_CK")
  );
}

function noteT(
  source: Buffer,
  nameStart: number,
  nameStop: number,
  valueStart: number,
  valueStop: number,
  into: PropertyScan,
): void {
  if (isName(source, nameStart, nameStop, "TAGS")) {
    into.tagsStart = valueStart;
    into.tagsEnd = valueStop;
  } else if (isName(source, nameStart, nameStop, "TRAN_MSG")) {
    into.isTransaction = isName(source, valueStart, valueStop, "true");
  } else if (
    isName(source, nameStart, nameStop, "TIMER_DELAY_SEC") ||
    isName(source, nameStart, nameStop, "TIMER_DELAY_MS") ||
    isName(source, nameStart, nameStop, "TIMER_DELIVER_MS")
  ) {
    into.hasTimer = true;
  }
}

function isName(source: Buffer, start: number, stop: number, name: string): boolean {
  if (stop - start !== name.length) {
    return false;
  }
  for (let index = 0; index < name.length; index++) {
    if (source[start + index] !== name.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

/** As Java reads an int; what is below 1 is no delay. */
function levelOf(text: string): number {
  return /^[+-]?\d{1,9}$/.test(text) ? Math.max(0, Number(text)) : Number.NaN;
}

/** Copies properties without those that are not the client's to send, ending with a separator; returns their end. */
export function copyProperties(
  target: Buffer,
  at: number,
  source: Buffer,
  start: number,
  end: number,
  scan: { readonly hasForeign: boolean },
): number {
  let next = at;
  if (scan.hasForeign) {
    next = copyOwn(target, at, source, start, end);
  } else {
    next += source.copy(target, next, start, end);
  }
  if (next > at && target[next - 1] !== valueEnd) {
    target[next++] = valueEnd;
  }
  return next;
}

function copyOwn(target: Buffer, at: number, source: Buffer, start: number, end: number): number {
  let next = at;
  forEachProperty(source, start, end, (nameStart, nameStop, _valueStart, valueStop) => {
    if (!isForeign(source, nameStart, nameStop)) {
      next += source.copy(target, next, nameStart, Math.min(end, valueStop + 1));
      if (target[next - 1] !== valueEnd) {
        target[next++] = valueEnd;
      }
    }
  });
  return next;
}

/** The tag hash of a scan's properties: 0 without a tag. */
export function tagHashOf(source: Buffer, scan: PropertyScan): number {
  return scan.tagsStart < 0 ? 0 : javaHashBytes(source, scan.tagsStart, scan.tagsEnd);
}

function forEachProperty(
  source: Buffer,
  start: number,
  end: number,
  visit: (nameStart: number, nameStop: number, valueStart: number, valueStop: number) => void,
): void {
  let at = start;
  while (at < end) {
    let stop = source.indexOf(valueEnd, at);
    if (stop < 0 || stop > end) {
      stop = end;
    }
    const middle = source.indexOf(nameEnd, at);
    if (middle >= 0 && middle < stop) {
      visit(at, middle, middle + 1, stop);
    }
    at = stop + 1;
  }
}
