/**
 * What a broker has promised to do later: to deliver messages that were put off, and to bring back messages that a
 * consumer could not handle. It may do either more than once after a crash, and never not at all.
 */
import type { QueueName } from "./queue-name.ts";

export class Promised {
  /** Messages for later, by number, and where they are to arrive. */
  readonly #later = new Map<number, QueueName>();
  readonly #arrived = new Set<number>();
  /** How often each message was given back and that was answered. */
  readonly #givenBack = new Map<number, number>();
  laterCount = 0;
  backCount = 0;

  /** The broker said that it delivers the message. A reader may have seen it by now. */
  later(number: number, queue: QueueName): void {
    this.laterCount++;
    if (!this.#arrived.has(number)) {
      this.#later.set(number, queue);
    }
  }

  /** Somebody read the message in its queue. */
  arrived(number: number): void {
    this.#arrived.add(number);
    this.#later.delete(number);
  }

  /** The broker said that the message comes back. */
  givenBack(number: number): void {
    this.backCount++;
    this.#givenBack.set(number, (this.#givenBack.get(number) ?? 0) + 1);
  }

  /** What is still owed when the retry topic holds these messages, in words. */
  owed(retried: readonly (number | undefined)[]): readonly string[] {
    const counts = new Map<number | undefined, number>();
    for (const number of retried) {
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return [
      ...[...this.#later].map(([number, queue]) => `${queue}: message ${number} never arrived`),
      ...[...this.#givenBack]
        .filter(([number, count]) => (counts.get(number) ?? 0) < count)
        .map(
          ([number, count]) =>
            `message ${number} was given back ${count} times and came ${counts.get(number) ?? 0} times`,
        ),
    ];
  }
}
