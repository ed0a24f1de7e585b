/**
 * How long sends wait until their records are acknowledged (28).
 *
 * Sends of one turn are one mark: when its first came, where its last ended, how many there were. The mark's time is
 * counted for all of them when the log is acknowledged that far: exact for the first, a turn's length too much at
 * most for the others, and it costs a send no more than a comparison.
 */
import type { Clock } from "../../io/clock.ts";

interface Mark {
  readonly startMs: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Upper bounds of the periods that RocketMQ's tools show, with their names. */
const shownPeriods: readonly (readonly [name: string, belowMs: number])[] = [
  ["[<=0ms]", 1],
  ["[0~10ms]", 10],
  ["[10~50ms]", 50],
  ["[50~100ms]", 100],
  ["[100~200ms]", 200],
  ["[200~500ms]", 500],
  ["[500ms~1s]", 1_000],
  ["[1~2s]", 2_000],
  ["[2~3s]", 3_000],
  ["[3~4s]", 4_000],
  ["[4~5s]", 5_000],
  ["[5~10s]", 10_000],
  ["[10s~]", Number.POSITIVE_INFINITY],
];

/** Buckets grow by a fifth, from 10 µs to beyond a minute. */
const bucketCount = 90;
const growth = Math.log(1.2);
const firstBucketMs = 0.01;

export class PutLatency {
  maxMs = 0;
  readonly #clock: Clock;
  readonly #shown = new Float64Array(shownPeriods.length);
  #current = new Float64Array(bucketCount);
  #before = new Float64Array(bucketCount);
  readonly #marks: Mark[] = [];
  #startMs = 0;
  #endOffset = 0;
  #count = 0;
  readonly #endTurn = (): void => {
    this.#marks.push({ startMs: this.#startMs, endOffset: this.#endOffset, count: this.#count });
    this.#count = 0;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Messages were appended; their last record ends at the offset. */
  sent(endOffset: number, messageCount: number): void {
    if (this.#count === 0) {
      this.#startMs = this.#clock.elapsedMs();
      this.#clock.endOfTurn(this.#endTurn);
    }
    this.#count += messageCount;
    this.#endOffset = endOffset;
  }

  /** The log is acknowledged up to the offset. */
  acknowledged(offset: number): void {
    const marks = this.#marks;
    let done = 0;
    if (marks.length > 0) {
      const nowMs = this.#clock.elapsedMs();
      for (let mark = marks[0]; mark !== undefined && mark.endOffset <= offset; ) {
        this.#note(nowMs - mark.startMs, mark.count);
        done++;
        mark = marks[done];
      }
      marks.splice(0, done);
    }
  }

  /** Called once a minute: what is asked for is of the last one to two minutes. */
  minuteEnds(): void {
    this.#before = this.#current;
    this.#current = new Float64Array(bucketCount);
  }

  /** The time that this share of recent sends stayed below, in milliseconds; 0 without any. */
  quantileMs(share: number): number {
    let total = 0;
    for (let index = 0; index < bucketCount; index++) {
      total += (this.#current[index] as number) + (this.#before[index] as number);
    }
    let seen = 0;
    for (let index = 0; index < bucketCount && total > 0; index++) {
      seen += (this.#current[index] as number) + (this.#before[index] as number);
      if (seen >= total * share) {
        return Math.min(this.maxMs, firstBucketMs * Math.exp(index * growth));
      }
    }
    return 0;
  }

  /** Messages since the start by how long they waited, as RocketMQ's tools show them. */
  distribution(): string {
    return shownPeriods.map(([name], index) => `${name}:${this.#shown[index]}`).join(" ");
  }

  #note(ms: number, count: number): void {
    this.maxMs = Math.max(this.maxMs, ms);
    const index = Math.ceil(Math.log(Math.max(ms, firstBucketMs) / firstBucketMs) / growth);
    const bucket = Math.min(bucketCount - 1, index);
    this.#current[bucket] = (this.#current[bucket] as number) + count;
    const shown = shownPeriods.findIndex(([, belowMs]) => ms < belowMs);
    this.#shown[shown] = (this.#shown[shown] as number) + count;
  }
}
