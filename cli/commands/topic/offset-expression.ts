/**
 * `--offset EXPRESSION`, the grammar of rpk: where to begin, and behind a colon where to end (that offset or time is not
 * read any more).
 *
 * `start`, `end`; `N` an offset; `+N` so many behind the start, `-N` before the end; `@TIME` the first message stored then;
 * `A:B` from one to another, `:B` from the start, `A:end` up to today's end.
 */
import { usageError } from "../../command-error.ts";
import { parseTime } from "../../render/time.ts";

export type OffsetPoint =
  | { readonly kind: "start" | "end" }
  | { readonly kind: "offset" | "behind_start" | "before_end"; readonly count: number }
  | { readonly kind: "time"; readonly timeMs: number };

export interface OffsetExpression {
  /** Undefined: the start, as far as nothing else says it. */
  readonly from: OffsetPoint;
  /** Undefined: no end was given. */
  readonly to: OffsetPoint | undefined;
}

/** Reads the expression. Throws CommandError. */
export function parseOffsetExpression(typed: string, nowMs: number): OffsetExpression {
  const whole = pointOf(typed, nowMs);
  if (whole !== undefined) {
    return { from: whole, to: undefined };
  }
  // Times have colons themselves: the first that leaves something to be read on both sides divides.
  for (let at = typed.indexOf(":"); at >= 0; at = typed.indexOf(":", at + 1)) {
    const from = at === 0 ? ({ kind: "start" } as const) : pointOf(typed.slice(0, at), nowMs);
    const to = pointOf(typed.slice(at + 1), nowMs);
    if (from !== undefined && to !== undefined) {
      return { from, to };
    }
  }
  throw usageError(
    `--offset '${typed}' is none of start, end, N, +N, -N, @TIME, FROM:TO`,
    "for instance: -20, 100:200, @-1h:@-30m, @2026-11-22T10:00:00Z, :end",
  );
}

function pointOf(typed: string, nowMs: number): OffsetPoint | undefined {
  if (typed === "start" || typed === "end") {
    return { kind: typed };
  }
  if (typed.startsWith("@")) {
    const timeMs = parseTime(typed.slice(1), nowMs);
    return timeMs === undefined ? undefined : { kind: "time", timeMs };
  }
  if (!/^[+-]?\d{1,15}$/.test(typed)) {
    return undefined;
  }
  const count = Math.abs(Number(typed));
  if (typed.startsWith("+")) {
    return { kind: "behind_start", count };
  }
  return { kind: typed.startsWith("-") ? "before_end" : "offset", count };
}
