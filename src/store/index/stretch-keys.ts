/**
 * The keys of a stretch of the log, found by stretch-keys.as in one pass: a third of what it takes record by record. For
 * small records; of a large one little is looked at, and copying it into the pass's memory would cost more than that.
 */
import { limits } from "../../core/limits.ts";
import { recordAt } from "../../record/layout.ts";
import { stretchWasm } from "./stretch-wasm.ts";

const recordBytesMax = 1_024;
const keysMax = 16_384;
/** Up to so many bytes behind the stretch are read as well. */
const slackBytes = 16;
const pageBytes = 65_536;

interface Pass {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly freeAt: { readonly value: number };
  readonly keyBytes: { readonly value: number };
  readonly walkedBytes: { readonly value: number };
  read(start: number, end: number, offset: number, out: number, keysMax: number): number;
}

/** The pass with its memory, which never grows: half a MiB. */
class Machine {
  readonly pass: Pass;
  readonly memory: Buffer;
  readonly words: Int32Array;
  readonly times: Float64Array;
  readonly keysAt: number;
  readonly stretchAt: number;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(stretchWasm, "base64"));
    const instance = new WebAssembly.Instance(module);
    this.pass = instance.exports as WebAssembly.Instance["exports"] & Pass;
    const { memory } = this.pass;
    this.keysAt = this.pass.freeAt.value;
    const keysBytes = keysMax * this.pass.keyBytes.value;
    this.stretchAt = this.keysAt + keysBytes;
    const bytes = this.stretchAt + limits.keyStretchBytes + slackBytes;
    memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes));
    this.memory = Buffer.from(memory.buffer);
    this.words = new Int32Array(memory.buffer, this.keysAt, keysBytes / 4);
    this.times = new Float64Array(memory.buffer, this.keysAt, keysBytes / 8);
  }
}

export class StretchKeys {
  #machine: Machine | undefined;
  /** Keys that were found. */
  count = 0;
  /** Bytes of the records they are of, and of those without keys between them. */
  walkedBytes = 0;

  /**
   * Reads records of source[start, end), the first at the physical offset, until one is not whole or not plain, or until
   * there are more than `keysMax` keys: no record's are taken in part.
   */
  read(source: Buffer, start: number, end: number, offset: number, room: number): void {
    this.count = 0;
    this.walkedBytes = 0;
    if (end - start < 4 || source.readUInt32BE(start + recordAt.size) > recordBytesMax) {
      return;
    }
    // Made for the first keys: a broker without any has neither the module nor its memory.
    this.#machine ??= new Machine();
    const { pass, memory, stretchAt, keysAt } = this.#machine;
    const bytes = Math.min(end - start, limits.keyStretchBytes);
    source.copy(memory, stretchAt, start, start + bytes);
    const most = Math.min(room, keysMax);
    this.count = pass.read(stretchAt, stretchAt + bytes, offset, keysAt, most);
    this.walkedBytes = pass.walkedBytes.value;
  }

  /** A key's record, as its distance from the first. */
  distance(index: number): number {
    return this.#machine?.words[index * 4] ?? 0;
  }

  /** The number by which index files know a key. */
  hash(index: number): number {
    return this.#machine?.words[index * 4 + 1] ?? 0;
  }

  /** Store time of a key's record. */
  storedMs(index: number): number {
    return this.#machine?.times[index * 2 + 1] ?? 0;
  }
}
