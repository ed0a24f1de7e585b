/** The clock of one simulated process: the kernel's time, with a wall clock that may be wrong and jump. */
import type { Clock, Timer } from "../../src/io/clock.ts";
import type { Kernel, Life } from "./kernel.ts";

/** Wall time when a run starts: 1 January 2026. */
const startOfTimeMs = 1_767_225_600_000;

/** How far a machine's wall clock is off; shared by the incarnations on that machine. */
export interface WallClock {
  offsetMs: number;
}

/** Makes the clock of one incarnation. */
export function createSimulatedClock(kernel: Kernel, life: Life, wall: WallClock): Clock {
  return {
    nowMs: () => Math.floor(startOfTimeMs + kernel.elapsedMs + wall.offsetMs),
    elapsedMs: () => kernel.elapsedMs,
    after: (delayMs: number, run: () => void): Timer => kernel.after(life, delayMs, run),
    endOfTurn: (run: () => void): void => kernel.endOfTurn(life, run),
  };
}
