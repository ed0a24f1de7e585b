/**
 * Times as people and programs write them. Out: RFC 3339 with the zone's offset. In: RFC 3339, `now`, `-15m`, epoch
 * seconds or milliseconds, and mqadmin's `yyyy-MM-dd#HH:mm:ss:SSS`.
 */
import { type Civil, civilFromDays, daysFromCivil } from "../../src/core/calendar.ts";
import { parseDuration } from "../flag.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** A zone's distance from UTC in minutes at a time. */
export type ZoneOffset = (timeMs: number) => number;

export const utcZone: ZoneOffset = () => 0;

/** The zone of a name that Intl knows, of this machine without one. */
export function localZone(name?: string): ZoneOffset {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZoneName: "longOffset",
    ...(name === undefined ? {} : { timeZone: name }),
  });
  return (timeMs) => {
    const name = format.formatToParts(timeMs).find(({ type }) => type === "timeZoneName")?.value;
    const match = /^GMT([+-])(\d{2}):(\d{2})/.exec(name ?? "");
    const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
    return match?.[1] === "-" ? -minutes : minutes;
  };
}

/** `2026-11-22T11:20:01.114+08:00`. */
export function formatTime(timeMs: number, zone: ZoneOffset): string {
  const offset = zone(timeMs);
  const { date, time } = partsOf(timeMs + offset * minuteMs);
  return `${date}T${time}${zoneText(offset)}`;
}

/** `2026-11-22 11:20:01`, for tables. */
export function formatShortTime(timeMs: number, zone: ZoneOffset): string {
  const { date, time } = partsOf(timeMs + zone(timeMs) * minuteMs);
  return `${date} ${time.slice(0, 8)}`;
}

/** `strftime` with the conversions that messages need: Y m d H M S L z s F T and %. */
export function formatTimeAs(timeMs: number, pattern: string, zone: ZoneOffset): string {
  const offset = zone(timeMs);
  const { date, time } = partsOf(timeMs + offset * minuteMs);
  const values: Readonly<Record<string, string>> = {
    Y: date.slice(0, 4),
    m: date.slice(5, 7),
    d: date.slice(8, 10),
    H: time.slice(0, 2),
    M: time.slice(3, 5),
    S: time.slice(6, 8),
    L: time.slice(9, 12),
    F: date,
    T: time.slice(0, 8),
    z: zoneText(offset),
    s: String(Math.floor(timeMs / 1000)),
    "%": "%",
  };
  return pattern.replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole);
}

/** Milliseconds since 1970, undefined when the text is no time. A negative duration counts from `nowMs`. */
export function parseTime(text: string, nowMs: number, zone: ZoneOffset): number | undefined {
  if (text === "now") {
    return nowMs;
  }
  if (text.startsWith("-")) {
    const ago = parseDuration(text.slice(1));
    return ago === undefined ? undefined : nowMs - ago;
  }
  if (/^\d{9,10}$/.test(text)) {
    return Number(text) * 1000;
  }
  if (/^\d{12,13}$/.test(text)) {
    return Number(text);
  }
  return parseCalendarTime(text, zone);
}

const calendarPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T #](\d{2}):(\d{2})(?::(\d{2})(?:[.:](\d{1,3})\d*)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

function parseCalendarTime(text: string, zone: ZoneOffset): number | undefined {
  const match = calendarPattern.exec(text);
  if (match === null) {
    return undefined;
  }
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const civil = { year, month, day };
  if (!isDate(civil) || hour > 23 || minute > 59 || second > 59) {
    return undefined;
  }
  const ms = Number((match[7] ?? "0").padEnd(3, "0"));
  const wallMs = daysFromCivil(civil) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  const written = match[8];
  if (written !== undefined) {
    return wallMs - zoneMinutes(written) * minuteMs;
  }
  // Without a zone the local one counts; asked again, since the offset belongs to the time and not to its reading.
  const guess = wallMs - zone(wallMs) * minuteMs;
  return wallMs - zone(guess) * minuteMs;
}

function zoneMinutes(text: string): number {
  if (text === "Z") {
    return 0;
  }
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith("-") ? -minutes : minutes;
}

function zoneText(offset: number): string {
  if (offset === 0) {
    return "Z";
  }
  const minutes = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function partsOf(wallMs: number): { readonly date: string; readonly time: string } {
  const days = Math.floor(wallMs / dayMs);
  const rest = wallMs - days * dayMs;
  const { year, month, day } = civilFromDays(days);
  const seconds = Math.floor(rest / 1000);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return {
    date: `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`,
    time: `${time}.${String(Math.floor(rest % 1000)).padStart(3, "0")}`,
  };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function isDate(civil: Civil): boolean {
  const { year, month, day } = civilFromDays(daysFromCivil(civil));
  return year === civil.year && month === civil.month && day === civil.day;
}
