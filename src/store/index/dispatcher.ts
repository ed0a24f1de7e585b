/**
 * Turns acknowledged records into queue entries, in log order. What an append knows of its record waits here
 * in rings of plain numbers, so that nothing is read or parsed again and no object is made per message.
 */
import { assert } from "../../core/assert.ts";
import type { ConsumeQueue } from "../consume-queue/consume-queue.ts";

/** Instead of a record: from here on the topic starts anew. */
interface ForgetMark {
  readonly forget: string;
}

const capacityAtFirst = 1024;

export class Dispatcher {
  #capacity = capacityAtFirst;
  #subjects: (ConsumeQueue | ForgetMark | undefined)[] = new Array(capacityAtFirst);
  #physicalOffsets = new Float64Array(capacityAtFirst);
  #sizes = new Int32Array(capacityAtFirst);
  #tagCodes = new Float64Array(capacityAtFirst);
  #head = 0;
  #count = 0;
  #isWaitingForSync = false;
  readonly #arrivals: ConsumeQueue[] = [];
  readonly #onForget: (topic: string) => void;
  readonly #onArrival: (queue: ConsumeQueue) => void;

  constructor(onForget: (topic: string) => void, onArrival: (queue: ConsumeQueue) => void) {
    this.#onForget = onForget;
    this.#onArrival = onArrival;
  }

  /** Notes a record that was appended. */
  add(queue: ConsumeQueue, physicalOffset: number, bytes: number, tagCode: number): void {
    this.#put(queue, physicalOffset, bytes, tagCode);
  }

  /** Notes that the topic starts anew behind the record at the offset. */
  addForget(topic: string, physicalOffset: number, bytes: number): void {
    this.#put({ forget: topic }, physicalOffset, bytes, 0);
  }

  /** True while a topic's new beginning waits for the device. */
  get isWaitingForSync(): boolean {
    return this.#isWaitingForSync;
  }

  /**
   * Makes entries of all records that end at or before the offset, then reports the queues that grew. A topic's files are
   * removed only when the device has the record that says so: until then everything behind it waits, too.
   */
  advance(acknowledgedOffset: number, syncedOffset: number): void {
    this.#isWaitingForSync = false;
    const mask = this.#capacity - 1;
    while (this.#count > 0) {
      const index = this.#head & mask;
      const physicalOffset = this.#physicalOffsets[index] as number;
      const bytes = this.#sizes[index] as number;
      if (physicalOffset + bytes > acknowledgedOffset) {
        break;
      }
      const subject = this.#subjects[index];
      assert(subject !== undefined, "a noted record has its queue");
      if ("forget" in subject && physicalOffset > syncedOffset) {
        this.#isWaitingForSync = true;
        break;
      }
      this.#subjects[index] = undefined;
      this.#head++;
      this.#count--;
      if ("forget" in subject) {
        this.#onForget(subject.forget);
      } else {
        this.#enter(subject, physicalOffset, bytes, this.#tagCodes[index] as number);
      }
    }
    this.#report();
  }

  #enter(queue: ConsumeQueue, physicalOffset: number, bytes: number, tagCode: number): void {
    queue.push(physicalOffset, bytes, tagCode);
    if (!queue.hasArrival) {
      queue.hasArrival = true;
      this.#arrivals.push(queue);
    }
  }

  #report(): void {
    for (let index = 0; index < this.#arrivals.length; index++) {
      const queue = this.#arrivals[index] as ConsumeQueue;
      queue.hasArrival = false;
      this.#onArrival(queue);
    }
    this.#arrivals.length = 0;
  }

  #put(
    subject: ConsumeQueue | ForgetMark,
    physicalOffset: number,
    bytes: number,
    tagCode: number,
  ): void {
    if (this.#count === this.#capacity) {
      this.#grow();
    }
    const index = (this.#head + this.#count) & (this.#capacity - 1);
    this.#subjects[index] = subject;
    this.#physicalOffsets[index] = physicalOffset;
    this.#sizes[index] = bytes;
    this.#tagCodes[index] = tagCode;
    this.#count++;
  }

  /** Doubles the rings. Their size is bounded by the bytes that may wait for acknowledgement. */
  #grow(): void {
    const capacity = this.#capacity * 2;
    const subjects: (ConsumeQueue | ForgetMark | undefined)[] = new Array(capacity);
    const physicalOffsets = new Float64Array(capacity);
    const sizes = new Int32Array(capacity);
    const tagCodes = new Float64Array(capacity);
    for (let index = 0; index < this.#count; index++) {
      const from = (this.#head + index) & (this.#capacity - 1);
      subjects[index] = this.#subjects[from];
      physicalOffsets[index] = this.#physicalOffsets[from] as number;
      sizes[index] = this.#sizes[from] as number;
      tagCodes[index] = this.#tagCodes[from] as number;
    }
    this.#capacity = capacity;
    this.#subjects = subjects;
    this.#physicalOffsets = physicalOffsets;
    this.#sizes = sizes;
    this.#tagCodes = tagCodes;
    this.#head = 0;
  }
}
