/**
 * A broker's own clock, read from what it says of itself: when it started and for how long it has run since, in whole
 * seconds. Both come from its wall clock, so their sum is its time, which lies within the second after it.
 */

/** Where a broker's clock stands against ours, in milliseconds; positive is ahead. */
export interface ClockDrift {
  readonly leastMs: number;
  readonly mostMs: number;
}

const runtimePattern = /(\d[\d,.'\s]*) days?, (\d+) hours?, (\d+) minutes?, (\d+) seconds?/;

/** Undefined for a broker that does not tell. `askedMs` and `answeredMs` are our wall clock around the question. */
export function clockDrift(
  info: ReadonlyMap<string, string>,
  { askedMs, answeredMs }: { readonly askedMs: number; readonly answeredMs: number },
): ClockDrift | undefined {
  const startedMs = Number(info.get("bootTimestamp"));
  const match = runtimePattern.exec(info.get("runtime") ?? "");
  if (match === null || !(startedMs > 0)) {
    return undefined;
  }
  // Java writes days with the separators of its locale.
  const days = Number((match[1] ?? "").replace(/\D/g, ""));
  const [hours, minutes, seconds] = match.slice(2).map(Number);
  const ranMs = (((days * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000;
  const toldMs = startedMs + ranMs;
  return { leastMs: toldMs - answeredMs, mostMs: toldMs + 1_000 - askedMs };
}

/** How far it is off for certain; 0 while it may be right. */
export function certainDriftMs({ leastMs, mostMs }: ClockDrift): number {
  return leastMs > 0 ? leastMs : mostMs < 0 ? mostMs : 0;
}
