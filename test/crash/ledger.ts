/**
 * What the crash loop knows of every message: sent, acknowledged at a place, seen at a place.
 *
 * A body is a function of seed and number, so the ledger keeps numbers only and every byte can be
 * compared. A send without an answer is in doubt: it may be there or not, but once it was read at a
 * place it must stay there, because somebody may have consumed it.
 */
import { SeededRandom } from "../simulation/random.ts";
import { Promised } from "./promised.ts";
import type { QueueName } from "./queue-name.ts";

const headBytes = 24;

export class Ledger {
  readonly #seed: number;
  readonly #bodyBytesMax: number;
  readonly #places = new Map<QueueName, Map<number, number>>();
  readonly #groupOffsets = new Map<QueueName, { acknowledged: number; asked: number }>();
  readonly #readTo = new Map<QueueName, number>();
  readonly #knownEnd = new Map<QueueName, number>();
  readonly #violations: string[] = [];
  #isFrozen = false;
  readonly promised = new Promised();
  sentCount = 0;
  acknowledgedCount = 0;

  constructor(options: { readonly seed: number; readonly bodyBytesMax: number }) {
    this.#seed = options.seed;
    this.#bodyBytesMax = options.bodyBytesMax;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  /** Opens a message: its number, and the bytes to send. */
  send(): { readonly number: number; readonly body: Buffer } {
    const number = this.sentCount++;
    return { number, body: this.bodyOf(number) };
  }

  /** The bytes of a message: its number in text, then chance of its own. */
  bodyOf(number: number): Buffer {
    const random = new SeededRandom(this.#seed, number);
    const bytes = headBytes + random.below(this.#bodyBytesMax - headBytes);
    const body = Buffer.alloc(bytes);
    let at = body.write(`${number}`.padStart(headBytes - 1, "0"), 0, "latin1");
    at = body.writeUInt8(0x3a, at);
    for (; at + 4 <= bytes; at += 4) {
      body.writeUInt32LE(random.word(), at);
    }
    return body;
  }

  /** From here on an answer proves nothing: the power is about to be cut. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
  }

  /** The broker said that the message is stored at this place. */
  acknowledge(number: number, queue: QueueName, offset: number): void {
    if (this.#isFrozen) {
      return;
    }
    this.acknowledgedCount++;
    this.#settle(queue, offset, number, "acknowledged");
  }

  /** The broker said that the message comes to the queue later. */
  acknowledgeLater(number: number, queue: QueueName): void {
    if (!this.#isFrozen) {
      this.acknowledgedCount++;
      this.promised.later(number, queue);
    }
  }

  /** The broker said that the group gets the message again. */
  acknowledgeBack(body: Buffer): void {
    const number = this.numberOf(body);
    if (!this.#isFrozen && number !== undefined) {
      this.promised.givenBack(number);
    }
  }

  /** The promises that the messages of the retry topic leave open are broken. */
  settlePromises(retried: readonly Buffer[]): void {
    this.#violations.push(...this.promised.owed(retried.map((body) => this.numberOf(body))));
  }

  /** A consumer group's offset was sent. */
  askOffset(queue: QueueName, offset: number): void {
    const known = this.#groupOffsets.get(queue) ?? { acknowledged: 0, asked: 0 };
    this.#groupOffsets.set(queue, { ...known, asked: Math.max(known.asked, offset) });
  }

  /** The broker said that the group's offset is kept. */
  acknowledgeOffset(queue: QueueName, offset: number): void {
    const known = this.#groupOffsets.get(queue) ?? { acknowledged: 0, asked: 0 };
    if (!this.#isFrozen) {
      const acknowledged = Math.max(known.acknowledged, offset);
      this.#groupOffsets.set(queue, { ...known, acknowledged });
    }
  }

  /** The largest offset that was asked for, so that a group only moves ahead. */
  askedOffset(queue: QueueName): number {
    return this.#groupOffsets.get(queue)?.asked ?? 0;
  }

  /** What the broker says of the group's offset after a restart; undefined when it knows none. */
  checkOffset(queue: QueueName, offset: number | undefined): void {
    const { acknowledged, asked } = this.#groupOffsets.get(queue) ?? { acknowledged: 0, asked: 0 };
    const actual = offset ?? 0;
    if (actual < acknowledged) {
      this.#violations.push(`${queue}: group offset ${acknowledged} was kept, ${actual} is there`);
    } else if (actual > asked) {
      this.#violations.push(
        `${queue}: group offset ${actual} is there, ${asked} was the last asked`,
      );
    } else {
      // What was seen once may not go back either.
      this.#groupOffsets.set(queue, { acknowledged: actual, asked });
    }
  }

  /** Where the queue has to be read on from when what was read before need not be read again. */
  readTo(queue: QueueName): number {
    return this.#readTo.get(queue) ?? 0;
  }

  /** Compares what was read from `from` on with what must be there; offsets must be dense. Returns the next offset. */
  read(
    queue: QueueName,
    from: number,
    messages: readonly { readonly offset: number; readonly body: Buffer }[],
  ): number {
    let expectedOffset = from;
    for (const { offset, body } of messages) {
      if (offset !== expectedOffset) {
        this.#violations.push(`${queue}: offset ${expectedOffset} expected, ${offset} was read`);
      }
      expectedOffset = offset + 1;
      const number = this.numberOf(body);
      if (number === undefined) {
        this.#violations.push(`${queue}: at ${offset} lie ${body.length} bytes that nobody sent`);
      } else {
        this.#settle(queue, offset, number, "read");
        this.promised.arrived(number);
      }
    }
    this.#readTo.set(queue, expectedOffset);
    return expectedOffset;
  }

  /** The queue ends here: whatever is known to lie at `end` or behind it is lost. */
  endOfQueue(queue: QueueName, end: number): void {
    const places = this.#places.get(queue);
    for (let offset = end; offset < this.knownEnd(queue); offset++) {
      const number = places?.get(offset);
      if (number !== undefined) {
        this.#violations.push(`${queue}: message ${number} at ${offset} is lost`);
      }
    }
  }

  /** The offset behind the last message that is known to lie in the queue. */
  knownEnd(queue: QueueName): number {
    return this.#knownEnd.get(queue) ?? 0;
  }

  /** Messages known at a place, over all queues. */
  get settledCount(): number {
    let count = 0;
    for (const places of this.#places.values()) {
      count += places.size;
    }
    return count;
  }

  /** Which message these bytes are, if they are exactly what was sent. */
  numberOf(body: Buffer): number | undefined {
    const number = Number(body.toString("latin1", 0, headBytes - 1));
    const isSent = Number.isInteger(number) && number >= 0 && number < this.sentCount;
    return isSent && this.bodyOf(number).equals(body) ? number : undefined;
  }

  #settle(queue: QueueName, offset: number, number: number, how: string): void {
    const places = this.#places.get(queue) ?? new Map<number, number>();
    this.#places.set(queue, places);
    const known = places.get(offset);
    if (known !== undefined && known !== number) {
      this.#violations.push(
        `${queue}: at ${offset} lay message ${known}, now ${number} is ${how} there`,
      );
    }
    places.set(offset, number);
    this.#knownEnd.set(queue, Math.max(this.knownEnd(queue), offset + 1));
  }
}
