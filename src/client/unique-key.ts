/**
 * A producer's id of a message (property UNIQ_KEY): upper-case hexadecimal of address (4), process (2), an instance
 * mark (4), milliseconds since the month began (4) and a counter (2), as RocketMQ's `MessageClientIDSetter` makes it.
 * Chance fills address, process and mark: two producers must differ, and nobody reads more from it. The month is one of UTC.
 */
import { civilFromDays } from "../core/calendar.ts";
import type { Clock } from "../io/clock.ts";
import type { Random } from "../io/random.ts";

const dayMs = 86_400_000;

/** Makes the function that gives the next id. */
export function createUniqueKeys(clock: Clock, random: Random): () => string {
  const prefix = random.hex(10).toUpperCase();
  let counter = random.below(0x10000);
  let day = Number.NaN;
  let monthStartMs = 0;
  return () => {
    counter = (counter + 1) & 0xffff;
    const nowMs = Math.floor(clock.nowMs());
    const today = Math.floor(nowMs / dayMs);
    if (today !== day) {
      day = today;
      monthStartMs = (today - civilFromDays(today).day + 1) * dayMs;
    }
    return prefix + hex(nowMs - monthStartMs, 8) + hex(counter, 4);
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
