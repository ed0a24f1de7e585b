/**
 * Pulls that wait for messages (remoting 8.5), by queue and by deadline.
 *
 * Deadlines lie on a wheel of limits.holdStepMs a slot, with one timer for the next slot that is not empty. A pull
 * ends in the slot before its deadline: never later than its client asked. Arrivals are gathered and looked at when
 * the turn ends, so a burst of messages wakes a pull once.
 */
import { assert } from "../../core/assert.ts";
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import type { QueueHandle } from "../../store/message-store.ts";
import type { Pull, PullClient } from "./pull.ts";

const slotCount = Math.ceil(limits.holdMsMax / limits.holdStepMs) + 2;

export interface HoldEvents {
  /** Something arrived in its queue. The pull is still held; whoever answers it calls `remove` first. */
  arrived(pull: Pull): void;
  /** Its time is over; it is no longer held. */
  ended(pull: Pull): void;
}

export class HoldTable {
  readonly #clock: Clock;
  readonly #events: HoldEvents;
  readonly #byQueue = new Map<QueueHandle, Set<Pull>>();
  readonly #byClient = new Map<PullClient, Set<Pull>>();
  readonly #slots: Set<Pull>[] = Array.from({ length: slotCount }, () => new Set<Pull>());
  #arrivedQueues: QueueHandle[] = [];
  #count = 0;
  /** The tick that was last run. */
  #tick: number;
  #timer: Timer | undefined;
  #timerTick = Number.POSITIVE_INFINITY;
  readonly #lookAtArrivals = (): void => this.#runArrivals();

  constructor(clock: Clock, events: HoldEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#tick = this.#tickNow();
  }

  get count(): number {
    return this.#count;
  }

  /** Whether the pull has time left to be held. */
  hasTime(pull: Pull): boolean {
    const untilMs = pull.holdUntilMs < 0 ? this.#clock.elapsedMs() + pull.holdMs : pull.holdUntilMs;
    return Math.floor(untilMs / limits.holdStepMs) > this.#tickNow();
  }

  /** Holds the pull for its time. False: there is no room, or no time. */
  add(pull: Pull): boolean {
    const { client, queue } = pull;
    if (
      client.heldCount >= limits.heldPullsPerConnectionMax ||
      this.#count >= limits.heldPullsMax
    ) {
      return false;
    }
    if (pull.holdUntilMs < 0) {
      pull.holdUntilMs = this.#clock.elapsedMs() + Math.min(pull.holdMs, limits.holdMsMax);
    }
    const endTick = Math.floor(pull.holdUntilMs / limits.holdStepMs);
    if (endTick <= this.#tickNow()) {
      return false;
    }
    if (this.#count === 0) {
      this.#tick = this.#tickNow();
    }
    pull.endTick = endTick;
    this.#slot(endTick).add(pull);
    addTo(this.#byQueue, queue, pull);
    addTo(this.#byClient, client, pull);
    client.heldCount++;
    this.#count++;
    this.#arm(endTick);
    return true;
  }

  /** No longer holds the pull. */
  remove(pull: Pull): void {
    if (pull.endTick < 0) {
      return;
    }
    this.#slot(pull.endTick).delete(pull);
    removeFrom(this.#byQueue, pull.queue, pull);
    removeFrom(this.#byClient, pull.client, pull);
    pull.endTick = -1;
    pull.client.heldCount--;
    this.#count--;
    if (this.#count === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#timerTick = Number.POSITIVE_INFINITY;
    }
  }

  /** The pulls held on a queue. */
  heldOn(queue: QueueHandle): readonly Pull[] {
    return [...(this.#byQueue.get(queue) ?? [])];
  }

  /** A client is gone: nobody waits for its pulls. */
  forget(client: PullClient): void {
    for (const pull of [...(this.#byClient.get(client) ?? [])]) {
      this.remove(pull);
    }
  }

  /** A queue's max offset grew. */
  arrived(queue: QueueHandle): void {
    if (this.#byQueue.has(queue) && this.#arrivedQueues.push(queue) === 1) {
      this.#clock.endOfTurn(this.#lookAtArrivals);
    }
  }

  /** Ends all: the broker stops. */
  endAll(): void {
    for (const slot of this.#slots) {
      this.#end(slot, Number.POSITIVE_INFINITY);
    }
  }

  #runArrivals(): void {
    const queues = this.#arrivedQueues;
    this.#arrivedQueues = [];
    for (const queue of queues) {
      const pulls = this.#byQueue.get(queue);
      if (pulls !== undefined) {
        for (const pull of [...pulls]) {
          if (pull.endTick >= 0) {
            this.#events.arrived(pull);
          }
        }
      }
    }
  }

  #tickNow(): number {
    return Math.floor(this.#clock.elapsedMs() / limits.holdStepMs);
  }

  #slot(tick: number): Set<Pull> {
    const slot = this.#slots[tick % slotCount];
    assert(slot !== undefined, "every tick has a slot");
    return slot;
  }

  #arm(tick: number): void {
    if (tick >= this.#timerTick) {
      return;
    }
    this.#timer?.cancel();
    this.#timerTick = tick;
    const delayMs = tick * limits.holdStepMs - this.#clock.elapsedMs();
    this.#timer = this.#clock.after(Math.max(0, delayMs), () => this.#turn());
  }

  /** Ends what is due and arms the timer for the next slot that holds something. */
  #turn(): void {
    this.#timer = undefined;
    this.#timerTick = Number.POSITIVE_INFINITY;
    const now = this.#tickNow();
    const upTo = Math.min(now, this.#tick + slotCount);
    for (let tick = this.#tick; tick <= upTo; tick++) {
      this.#end(this.#slot(tick), now);
    }
    this.#tick = now;
    if (this.#count > 0) {
      let next = now + 1;
      while (this.#slot(next).size === 0) {
        next++;
      }
      this.#arm(next);
    }
  }

  /** Ends what is due by the tick `now`: a slot may hold pulls of the wheel's next round as well. */
  #end(slot: Set<Pull>, now: number): void {
    for (const pull of [...slot]) {
      if (pull.endTick <= now) {
        this.remove(pull);
        this.#events.ended(pull);
      }
    }
  }
}

function addTo<K>(table: Map<K, Set<Pull>>, key: K, pull: Pull): void {
  const pulls = table.get(key);
  if (pulls === undefined) {
    table.set(key, new Set([pull]));
  } else {
    pulls.add(pull);
  }
}

function removeFrom<K>(table: Map<K, Set<Pull>>, key: K, pull: Pull): void {
  const pulls = table.get(key);
  if (pulls?.delete(pull) === true && pulls.size === 0) {
    table.delete(key);
  }
}
