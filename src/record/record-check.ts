/**
 * Checks records of the log many at a time, by record-check.as: a quarter of what it takes record by record. For small records;
 * those of over 2 KiB are summed up faster by Bun's vector code, one by one.
 *
 * What is to be checked must lie in `window`, which is the pass's own memory: read there, it need not be copied.
 */
import { checkWasm } from "./check-wasm.ts";
import { recordAt } from "./layout.ts";

const recordBytesMax = 2_048;
const countMax = 2_048;
const windowBytes = 1 << 20;
/** Up to so many bytes behind the window are read as well. */
const slackBytes = 16;
const pageBytes = 65_536;

interface Pass {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly freeAt: { readonly value: number };
  readonly factBytes: { readonly value: number };
  readonly walkedBytes: { readonly value: number };
  setUp(): void;
  check(start: number, end: number, offset: number, facts: number, countMax: number): number;
}

/** Words of a record's facts, and its marks. */
const fact = {
  distance: 0,
  bytes: 1,
  queueId: 2,
  marks: 3,
  tagHash: 4,
  topicAt: 5,
  topicBytes: 6,
  queueOffset: 4,
} as const;
const mark = { checksum: 1, dispatched: 2, sameTopic: 4 } as const;

export class RecordCheck {
  readonly #pass: Pass;
  readonly #factWords: number;
  readonly #factsAt: number;
  readonly #windowAt: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  /** Where records are read to. */
  readonly window: Buffer;
  /** Records that were found good by the last check. */
  count = 0;
  /** Their bytes. */
  walkedBytes = 0;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(checkWasm, "base64"));
    this.#pass = new WebAssembly.Instance(module).exports as WebAssembly.Instance["exports"] & Pass;
    const { memory, factBytes, freeAt } = this.#pass;
    this.#factWords = factBytes.value / 4;
    this.#factsAt = freeAt.value;
    this.#windowAt = this.#factsAt + countMax * factBytes.value;
    const bytes = this.#windowAt + windowBytes + slackBytes;
    memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes));
    this.window = Buffer.from(memory.buffer, this.#windowAt, windowBytes);
    this.#words = new Int32Array(memory.buffer, this.#factsAt, countMax * this.#factWords);
    this.#numbers = new Float64Array(memory.buffer, this.#factsAt, this.#words.length / 2);
    this.#pass.setUp();
  }

  /** Checks the records in window[at, end), the first at the physical offset, until one is not whole, or not plain. */
  check(at: number, end: number, offset: number): void {
    this.count = 0;
    this.walkedBytes = 0;
    if (end - at < 4 || this.window.readUInt32BE(at + recordAt.size) > recordBytesMax) {
      return;
    }
    const start = this.#windowAt + at;
    this.count = this.#pass.check(start, this.#windowAt + end, offset, this.#factsAt, countMax);
    this.walkedBytes = this.#pass.walkedBytes.value;
  }

  /** Where a record begins, from where the check began. */
  distance(index: number): number {
    return this.#word(index, fact.distance);
  }

  bytes(index: number): number {
    return this.#word(index, fact.bytes);
  }

  queueId(index: number): number {
    return this.#word(index, fact.queueId);
  }

  queueOffset(index: number): number {
    return this.#numbers[(index * this.#factWords) / 2 + fact.queueOffset] as number;
  }

  /** Java's hash of its tag, 0 without one. */
  tagHash(index: number): number {
    return this.#word(index, fact.tagHash);
  }

  /** False for one that has only its body checked. */
  hasChecksum(index: number): boolean {
    return (this.#word(index, fact.marks) & mark.checksum) !== 0;
  }

  /** False for half messages and those that were rolled back: no queue names them. */
  isDispatched(index: number): boolean {
    return (this.#word(index, fact.marks) & mark.dispatched) !== 0;
  }

  /** True when its topic is that of the record before, in the same check. */
  hasSameTopic(index: number): boolean {
    return (this.#word(index, fact.marks) & mark.sameTopic) !== 0;
  }

  /** Its topic; `at` is where the check began. */
  topic(index: number, at: number): string {
    const start = at + this.#word(index, fact.topicAt);
    return this.window.toString("utf8", start, start + this.#word(index, fact.topicBytes));
  }

  #word(index: number, word: number): number {
    return this.#words[index * this.#factWords + word] as number;
  }
}
