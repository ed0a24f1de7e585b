/** Times in and out: RFC 3339 with a zone, `now`, `-15m`, epoch seconds or milliseconds, mqadmin's own form. */
import { parseDuration } from "../flag.ts";

/** Milliseconds since 1970, undefined for a text that is no time. */
export function parseTime(text: string, nowMs: number): number | undefined {
  if (text === "now") {
    return nowMs;
  }
  if (/^[+-]/.test(text)) {
    const ms = parseDuration(text.slice(1));
    return ms === undefined ? undefined : nowMs + (text.startsWith("-") ? -ms : ms);
  }
  if (/^\d{9,11}$/.test(text)) {
    return Number(text) * 1_000;
  }
  if (/^\d{12,14}$/.test(text)) {
    return Number(text);
  }
  const mqadmin = /^(\d{4}-\d\d-\d\d)#(\d\d:\d\d:\d\d):(\d{3})$/.exec(text);
  const iso = mqadmin === null ? text : `${mqadmin[1]}T${mqadmin[2]}.${mqadmin[3]}`;
  const ms = Date.parse(iso);
  return /^\d{4}-\d\d-\d\d/.test(iso) && Number.isFinite(ms) ? ms : undefined;
}

/** `2026-11-22T11:19:58.402+08:00`, or with Z for UTC. */
export function formatTime(ms: number, isUtc: boolean): string {
  if (!Number.isFinite(ms)) {
    return "-";
  }
  const date = new Date(ms);
  if (isUtc) {
    return date.toISOString();
  }
  const offset = -date.getTimezoneOffset();
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
  const sign = offset < 0 ? "-" : "+";
  const minutes = Math.abs(offset);
  const zone = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return `${local}${sign}${zone}`;
}

/** Only the time of day, for tables. */
export function formatClock(ms: number, isUtc: boolean): string {
  return Number.isFinite(ms) && ms > 0 ? formatTime(ms, isUtc).slice(0, 19).replace("T", " ") : "-";
}
