/**
 * Virtual time. Events wait in a heap ordered by time, then by the order in which they were asked for.
 * The kernel runs one, drains the microtasks that it caused, and goes on; when time is about to move (or
 * a coin says so) the turn ends and what asked for `endOfTurn` runs. Nothing here ever waits.
 *
 * Each event belongs to a `Life`, one incarnation of a process. When it ends, its events, promises and
 * callbacks become inert, as those of a killed process are.
 */
import { drainMicrotasks } from "bun:jsc";
import { SeededRandom } from "./random.ts";
import { Trace } from "./trace.ts";

/** One incarnation of a simulated process. */
export interface Life {
  readonly node: string;
  isAlive: boolean;
}

/** An error that nobody in the simulated process caught: the real process would have died of it. */
export interface Escape {
  readonly node: string;
  readonly error: unknown;
}

export interface ScheduledEvent {
  /** The event will not run; idempotent. */
  cancel(): void;
}

interface HeapEvent extends ScheduledEvent {
  readonly timeMs: number;
  readonly sequence: number;
  readonly life: Life;
  run: (() => void) | undefined;
}

/** Why `run` came back: the condition held, nothing was left to do, or a bound was reached. */
export type RunEnd = "held" | "idle" | "time_is_up" | "too_many_events" | "escaped";

export interface RunBounds {
  readonly virtualMs: number;
  readonly events: number;
}

/** Times are whole ticks, which numbers hold exactly: differences of times are exact as well. */
const ticksPerMs = 1_024;

export class Kernel {
  readonly random: SeededRandom;
  readonly trace = new Trace();
  /** How often each fault, and each rare path that the simulator watches, was reached. */
  readonly faults = new Map<string, number>();
  readonly escapes: Escape[] = [];
  readonly #heap: HeapEvent[] = [];
  readonly #turnEnds: { readonly life: Life; readonly run: () => void }[] = [];
  #sequence = 0;
  #elapsedMs = 0;
  #eventCount = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** Counts that a fault was injected, or a rare path taken. */
  reached(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** Runs once after `delayMs`, unless the life ends before. */
  after(life: Life, delayMs: number, run: () => void): ScheduledEvent {
    const event: HeapEvent = {
      timeMs: Math.ceil((this.#elapsedMs + Math.max(0, delayMs)) * ticksPerMs) / ticksPerMs,
      sequence: this.#sequence++,
      life,
      run,
      cancel: () => {
        event.run = undefined;
      },
    };
    push(this.#heap, event);
    return event;
  }

  endOfTurn(life: Life, run: () => void): void {
    this.#turnEnds.push({ life, run });
  }

  /** Runs events until the condition holds. */
  run(until: () => boolean, bounds: RunBounds): RunEnd {
    const endMs = this.#elapsedMs + bounds.virtualMs;
    const endCount = this.#eventCount + bounds.events;
    drainMicrotasks();
    this.#endTurn();
    while (!until()) {
      if (this.escapes.length > 0) {
        return "escaped";
      }
      const next = this.#heap[0];
      if (next === undefined) {
        return "idle";
      }
      if (next.timeMs > endMs) {
        return "time_is_up";
      }
      if (this.#eventCount >= endCount) {
        return "too_many_events";
      }
      this.#step();
    }
    return "held";
  }

  #step(): void {
    const event = pop(this.#heap);
    const { run, life } = event;
    if (run === undefined || !life.isAlive) {
      return;
    }
    this.#elapsedMs = event.timeMs;
    this.#eventCount++;
    this.#guard(life, run);
    const next = this.#heap[0];
    const isTurnOver =
      next === undefined || next.timeMs > this.#elapsedMs || this.random.chance(0.3);
    if (isTurnOver) {
      this.#endTurn();
    }
  }

  #endTurn(): void {
    // What is asked for while these run belongs to the same end.
    for (let index = 0; index < this.#turnEnds.length; index++) {
      const { life, run } = this.#turnEnds[index] as { life: Life; run: () => void };
      if (life.isAlive) {
        this.#guard(life, run);
      }
    }
    this.#turnEnds.length = 0;
  }

  #guard(life: Life, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.escapes.push({ node: life.node, error });
    }
    drainMicrotasks();
  }
}

function isBefore(a: HeapEvent, b: HeapEvent): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence);
}

function push(heap: HeapEvent[], event: HeapEvent): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(event, heap[parent] as HeapEvent)) {
      break;
    }
    heap[at] = heap[parent] as HeapEvent;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: HeapEvent[]): HeapEvent {
  const first = heap[0] as HeapEvent;
  const last = heap.pop() as HeapEvent;
  if (heap.length > 0) {
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) {
        break;
      }
      if (
        child + 1 < heap.length &&
        isBefore(heap[child + 1] as HeapEvent, heap[child] as HeapEvent)
      ) {
        child++;
      }
      if (!isBefore(heap[child] as HeapEvent, last)) {
        break;
      }
      heap[at] = heap[child] as HeapEvent;
      at = child;
    }
    heap[at] = last;
  }
  return first;
}
