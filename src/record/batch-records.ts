/**
 * The records of a batch, encoded by batch-records.as in one pass: a third of what a message costs when each is read,
 * encoded and summed up by itself. The pass takes what is common: batches of at most 256 KiB whose messages are small
 * (bodies of some hundred bytes are summed up faster by Bun's vector code) and ask for nothing special. For all others
 * `read` returns 0, and the caller takes their messages one by one.
 */
import { limits } from "../core/limits.ts";
import { batchWasm } from "./batch-wasm.ts";
import { encodeHead, headBytes, type RecordParts, type RecordPlace } from "./encode.ts";
import { checksumName, nameEnd } from "./layout.ts";

const sourceBytesMax = 256 * 1024;
const countMax = 4_096;
/** On average, with the inner head and the properties. */
const messageBytesMax = 600;
/** Up to so many bytes behind each range are read or written as well. */
const slackBytes = 16;
/** Room for each of: the bytes of a record before its body, the topic, the checksum's name, the address in message ids. */
const templateBytes = 256;
const pageBytes = 65_536;

interface Pass {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly freeAt: { readonly value: number };
  readonly factBytes: { readonly value: number };
  readonly variableBytes: { readonly value: number };
  setUp(): void;
  read(start: number, end: number, facts: number, countMax: number): number;
  encode(
    facts: number,
    count: number,
    to: number,
    head: number,
    headBytes: number,
    topic: number,
    topicBytes: number,
    checksumName: number,
    ids: number,
    idHost: number,
    idHostBytes: number,
    queueOffset: number,
    physicalOffset: number,
  ): void;
}

/** The longest message id, of an address of 16 bytes, and a comma. */
const idBytesMax = 57;

/** Words of a message's facts. */
const fact = { tagHash: 4, ownBytes: 5 } as const;

/** The pass with its memory, which never grows: about 1.8 MiB, of which only what was used is real. */
class Machine {
  readonly pass: Pass;
  readonly memory: Buffer;
  readonly facts: Int32Array;
  readonly factWords: number;
  readonly headAt: number;
  readonly topicAt: number;
  readonly nameAt: number;
  readonly sourceAt: number;
  readonly factsAt: number;
  readonly recordsAt: number;
  readonly idHostAt: number;
  readonly idsAt: number;
  /** The host whose digits stand at idHostAt. */
  idHost: Buffer = Buffer.alloc(0);

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(batchWasm, "base64"));
    this.pass = new WebAssembly.Instance(module).exports as WebAssembly.Instance["exports"] & Pass;
    const factBytes = this.pass.factBytes.value;
    this.factWords = factBytes / 4;
    this.headAt = this.pass.freeAt.value;
    this.topicAt = this.headAt + templateBytes;
    this.nameAt = this.topicAt + templateBytes;
    this.idHostAt = this.nameAt + templateBytes;
    this.factsAt = this.idHostAt + templateBytes;
    this.sourceAt = this.factsAt + countMax * factBytes;
    this.recordsAt = this.sourceAt + sourceBytesMax + slackBytes;
    this.idsAt = this.recordsAt + limits.tailBufferBytes + slackBytes;
    const bytes = this.idsAt + countMax * idBytesMax + slackBytes;
    const { memory } = this.pass;
    memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / pageBytes));
    this.memory = Buffer.from(memory.buffer);
    this.facts = new Int32Array(memory.buffer, this.factsAt, countMax * this.factWords);
    this.memory.write(`${checksumName}${String.fromCharCode(nameEnd)}`, this.nameAt, "latin1");
    this.pass.setUp();
  }

  /** Has the digits of the address ready; returns how many they are. */
  writeIdHost(host: Buffer): number {
    if (this.idHost !== host) {
      this.idHost = host;
      this.memory.write(host.toString("hex").toUpperCase(), this.idHostAt, "latin1");
    }
    return host.length * 2;
  }
}

export class BatchRecords {
  #machine: Machine | undefined;
  #count = 0;
  #commonBytes = 0;
  /** The ids of the messages that were encoded last, joined by commas (record/message-id.ts). Valid until the next. */
  messageIds: Buffer = Buffer.alloc(0);

  /** Reads the batch in source[start, end). Returns its messages, 0 when they are to be taken one by one. */
  read(source: Buffer, start: number, end: number): number {
    this.#count = 0;
    const bytes = end - start;
    if (bytes > sourceBytesMax) {
      return 0;
    }
    // Made by the first batch: a broker that never gets one has neither the module nor its memory.
    this.#machine ??= new Machine();
    const { pass, memory, sourceAt, factsAt } = this.#machine;
    source.copy(memory, sourceAt, start, end);
    const count = pass.read(sourceAt, sourceAt + bytes, factsAt, countMax);
    if (count > 0 && bytes <= count * messageBytesMax) {
      this.#count = count;
    }
    return this.#count;
  }

  /** Messages of the batch that was read last. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all records, once it is known what they have in common: head, topic, lengths. */
  bytes(bornHost: Buffer, storeHost: Buffer, topicBytes: Buffer): number {
    this.#commonBytes = headBytes(bornHost, storeHost) + 1 + topicBytes.length + 2;
    return (this.#machine?.pass.variableBytes.value ?? 0) + this.#count * this.#commonBytes;
  }

  /** Java's hash of a message's tag, 0 without one. */
  tagHash(index: number): number {
    return this.#fact(index, fact.tagHash);
  }

  /** Bytes of a record; after `bytes`. */
  recordBytes(index: number): number {
    return this.#fact(index, fact.ownBytes) + this.#commonBytes;
  }

  /**
   * Writes the records to target[at, at + bytes), the first with the place's offsets. `bytes` is from `bytes()`, at most
   * limits.tailBufferBytes. Of `parts` everything counts but body, properties and flag.
   */
  encode(target: Buffer, at: number, parts: RecordParts, place: RecordPlace, bytes: number): void {
    const machine = this.#machine;
    if (machine === undefined) {
      return;
    }
    const { memory, headAt, topicAt, recordsAt } = machine;
    const { topicBytes } = place;
    const end = encodeHead(memory, headAt, parts, place, 0, 0);
    const idHostBytes = machine.writeIdHost(place.storeHost);
    memory[topicAt] = topicBytes.length;
    memory.set(topicBytes, topicAt + 1);
    machine.pass.encode(
      machine.factsAt,
      this.#count,
      recordsAt,
      headAt,
      end - headAt,
      topicAt,
      topicBytes.length + 1,
      machine.nameAt,
      machine.idsAt,
      machine.idHostAt,
      idHostBytes,
      place.queueOffset,
      place.physicalOffset,
    );
    memory.copy(target, at, recordsAt, recordsAt + bytes);
    const idsBytes = this.#count * (idHostBytes + 17) - 1;
    this.messageIds = memory.subarray(machine.idsAt, machine.idsAt + idsBytes);
  }

  #fact(index: number, word: number): number {
    const machine = this.#machine;
    return machine === undefined ? 0 : (machine.facts[index * machine.factWords + word] as number);
  }
}
