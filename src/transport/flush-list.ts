/** Sessions with something to send in this turn: each is flushed once, when the turn ends. */
import type { Clock } from "../io/clock.ts";

export interface Flushable {
  /** Hands what is pending to the kernel. */
  flush(): void;
}

export class FlushList {
  readonly #clock: Clock;
  #waiting: Flushable[] = [];
  #running: Flushable[] = [];
  readonly #run = (): void => this.#flushAll();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a session; it must not add itself again before it was flushed. */
  add(session: Flushable): void {
    if (this.#waiting.push(session) === 1) {
      this.#clock.endOfTurn(this.#run);
    }
  }

  #flushAll(): void {
    const running = this.#waiting;
    this.#waiting = this.#running;
    this.#running = running;
    for (let index = 0; index < running.length; index++) {
      (running[index] as Flushable).flush();
    }
    running.length = 0;
  }
}
