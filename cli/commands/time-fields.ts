/** Times in the rows of commands: RFC 3339 for programs, shorter in tables. */
import { formatTime } from "../render/time.ts";

/** Null for a time that nobody set: brokers say 0 or less then. */
export function timeOrNull(timeMs: number | undefined, isUtc: boolean): string | null {
  return timeMs === undefined || !Number.isFinite(timeMs) || timeMs <= 0
    ? null
    : formatTime(timeMs, isUtc);
}

/** `2026-11-22 11:19:58` of a row's time. */
export function showShortTime(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 19).replace("T", " ") : "-";
}
