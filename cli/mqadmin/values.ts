/** Values as the official tool reads them from its options and writes them into its tables. */
import type { TopicSettings } from "../../src/client/index.ts";
import { usageError } from "../command-error.ts";
import * as timeText from "../commands/time-text.ts";
import type { CommandLine } from "./command-line.ts";
import { hashOrder, setOrder } from "./java-order.ts";

/** A whole number from an option, or what stands for it when it is not there. Throws CommandError. */
export function wholeNumber(line: CommandLine, key: string, absent: number): number {
  const text = line.value(key);
  if (text === undefined) {
    return absent;
  }
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw usageError(`-${key}: '${text}' is no whole number`);
  }
  return value;
}

/** `true` in any case is true, everything else false. */
export function truth(line: CommandLine, key: string, absent: boolean): boolean {
  const text = line.value(key);
  return text === undefined ? absent : text.toLowerCase() === "true";
}

/** `+a=b,-c` by name with its sign. Throws CommandError. */
export function attributes(text: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of text === undefined || text === "" ? [] : text.split(",")) {
    const [name = "", value] = part.split("=");
    const sign = value === undefined ? "-" : "+";
    if (!name.includes(sign) || found.has(name) || value === "") {
      throw usageError(`attributes: '${part}' is neither +name=value nor -name, or is there twice`);
    }
    found.set(name, value ?? "");
  }
  return found;
}

interface Counted {
  readonly sum: number;
}

/** What was counted over a day, or over as much of it as a broker has counted yet. */
export function countedToday(
  counts: { readonly minute: Counted; readonly hour: Counted; readonly day: Counted } | undefined,
): number {
  return counts?.day.sum || counts?.hour.sum || counts?.minute.sum || 0;
}

/** The parts between separators, without the space around them; empty ones are passed over. */
export function parts(text: string, separator: string): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A Java list as it shows itself; `null` when there is none. */
export function listText(items: readonly string[] | undefined): string {
  return items === undefined ? "null" : `[${items.join(", ")}]`;
}

/** A Java set as it shows itself; `null` when there is none. */
export function setText(items: readonly string[] | undefined): string {
  return listText(items && setOrder(items));
}

/** A Java map as it shows itself. */
export function mapText(entries: ReadonlyMap<string, string>): string {
  const ordered = hashOrder([...entries], ([name]) => name);
  return `{${ordered.map(([name, value]) => `${name}=${value}`).join(", ")}}`;
}

/** `RW-`. */
function permText(perm: number): string {
  return `${(perm & 4) === 0 ? "-" : "R"}${(perm & 2) === 0 ? "-" : "W"}${(perm & 1) === 0 ? "-" : "X"}`;
}

/** Milliseconds since 1970, or `yyyy-MM-dd#HH:mm:ss:SSS` in the zone of this machine. Throws CommandError. */
export function timeOf(key: string, text: string): number {
  const found = /^-?\d+$/.test(text)
    ? Number(text)
    : timeText.parseTime(text, 0, timeText.localZone());
  if (found === undefined || !Number.isSafeInteger(found)) {
    throw usageError(
      `-${key}: '${text}' is no time`,
      "milliseconds since 1970, or yyyy-MM-dd#HH:mm:ss:SSS",
    );
  }
  return found;
}

/** A topic's settings as the tool shows them. */
export function topicText(
  settings: TopicSettings,
  changes: ReadonlyMap<string, string> = new Map(),
): string {
  const {
    topic,
    readQueueCount,
    writeQueueCount,
    perm,
    topicSysFlag = 0,
    order = false,
  } = settings;
  return (
    `TopicConfig [topicName=${topic}, readQueueNums=${readQueueCount}, writeQueueNums=${writeQueueCount}, ` +
    `perm=${permText(perm)}, topicFilterType=SINGLE_TAG, topicSysFlag=${topicSysFlag}, order=${order}, ` +
    `attributes=${mapText(changes)}]`
  );
}

/** `2026-11-22 11:20:01`, in the zone of this machine. */
export function secondsText(timeMs: number): string {
  return timeText.formatTimeAs(timeMs, "%F %T", timeText.localZone());
}

/** `2026-11-22 11:20:01,114`, in the zone of this machine. */
export function millisecondsText(timeMs: number): string {
  return timeText.formatTimeAs(timeMs, "%F %T,%L", timeText.localZone());
}

/** `20261122112001114`, in the zone of this machine. */
export function compactTime(timeMs: number): string {
  return timeText.formatTimeAs(timeMs, "%Y%m%d%H%M%S%L", timeText.localZone());
}
