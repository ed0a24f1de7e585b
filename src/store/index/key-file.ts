/**
 * One file of the key index, in RocketMQ's format (store `IndexFile`): a hash table whose chains run from the newest
 * entry of a slot to its oldest. All integers are big-endian.
 *
 * | at            | bytes         | field                                                                       |
 * |---------------|---------------|-----------------------------------------------------------------------------|
 * | 0             | 8, 8          | store time of the first and of the last record that was entered             |
 * | 16            | 8, 8          | physical offset of the first and of the last                                |
 * | 32            | 4, 4          | slots in use; number of the next entry, the first being 1                   |
 * | 40            | 4 each slot   | number of the newest entry of the slot, 0 without one                       |
 * | behind slots  | 20 each entry | hash 4, physical offset 8, seconds since the first 4, next older of the slot 4 |
 *
 * Entries are only ever added, so they are written as they come. Slots change at random: those of the file that is
 * written to are kept in memory and stored when it is full or the store stops; after a crash they are made again
 * from the entries.
 */
import { assert } from "../../core/assert.ts";
import { readInt64, writeInt64 } from "../../core/int64.ts";
import { type Disk, type DiskFile, joinPath } from "../../io/disk.ts";

export interface KeyGeometry {
  readonly slots: number;
  /** Numbers of entries; 0 is never used. */
  readonly entries: number;
}

/** What the first 40 bytes say. */
export interface KeyHeader {
  beginTimestampMs: number;
  endTimestampMs: number;
  beginOffset: number;
  endOffset: number;
  usedSlots: number;
  nextEntry: number;
}

export const keyHeaderBytes = 40;
export const keyEntryBytes = 20;
const slotBytes = 4;
const entryInts = 5;
/** Slots and entries read or written at once. */
const pieceBytes = 1 << 20;
/** Slots that are stored together: what of the table was never used stays a hole of the file. */
const slotsInChunk = 1_024;
const stagedEntriesAtFirst = 1_024;
const stagedEntriesKept = 16_384;

/** Size of a file in bytes. */
export function keyFileBytes({ slots, entries }: KeyGeometry): number {
  return keyHeaderBytes + slots * slotBytes + entries * keyEntryBytes;
}

/** The header of a file without entries. */
export function emptyKeyHeader(): KeyHeader {
  return {
    beginTimestampMs: 0,
    endTimestampMs: 0,
    beginOffset: 0,
    endOffset: 0,
    usedSlots: 0,
    nextEntry: 1,
  };
}

/** Reads a header. Throws DecodeError for numbers that no store writes. */
export function readKeyHeader(source: Buffer): KeyHeader {
  return {
    beginTimestampMs: readInt64(source, 0),
    endTimestampMs: readInt64(source, 8),
    beginOffset: readInt64(source, 16),
    endOffset: readInt64(source, 24),
    usedSlots: source.readInt32BE(32),
    // RocketMQ leaves 0 in a file that it has made and not yet written to.
    nextEntry: source.readInt32BE(36) || 1,
  };
}

export class KeyFile {
  readonly name: string;
  readonly path: string;
  readonly geometry: KeyGeometry;
  readonly header: KeyHeader;
  /** The file's slots are those of all its entries; false after a crash and while it is written to. */
  areSlotsStored: boolean;
  readonly #disk: Disk;
  #file: DiskFile | undefined;
  #slots: Int32Array | undefined;
  #dirtyChunks = new Uint8Array(0);
  /** Entries that the file lacks. */
  #staged = new Int32Array(0);
  #stagedCount = 0;

  constructor(
    disk: Disk,
    folder: string,
    parts: {
      readonly name: string;
      readonly geometry: KeyGeometry;
      readonly header: KeyHeader;
      readonly areSlotsStored: boolean;
    },
  ) {
    this.#disk = disk;
    this.name = parts.name;
    this.path = joinPath(folder, parts.name);
    this.geometry = parts.geometry;
    this.header = { ...parts.header };
    this.areSlotsStored = parts.areSlotsStored;
  }

  get isFull(): boolean {
    return this.room <= 0;
  }

  /** Entries that it still takes. */
  get room(): number {
    return this.geometry.entries - this.header.nextEntry;
  }

  /** Entries can be added: the slots are in memory. */
  get isReady(): boolean {
    return this.#slots !== undefined;
  }

  /** Makes the file, with a header, sparse and of full size. Throws DiskError. */
  create(): void {
    const file = this.#disk.open(this.path, "create");
    this.#file = file;
    file.truncate(keyFileBytes(this.geometry));
    this.#slots = new Int32Array(this.geometry.slots);
    this.#dirtyChunks = new Uint8Array(this.#chunkCount);
    this.writeHeader();
  }

  /** Gets the slots into memory. Afterwards the header says less where entries turned out not to be there. */
  async load(): Promise<void> {
    this.#file ??= this.#disk.open(this.path, "write");
    this.#dirtyChunks = new Uint8Array(this.#chunkCount);
    if (this.areSlotsStored) {
      const slots = new Int32Array(this.geometry.slots);
      await this.#eachSlotPiece(this.#file, (first, piece) => slots.set(piece, first));
      this.#slots = slots;
    } else {
      this.#slots = await this.#rebuildSlots(this.#file);
    }
  }

  /** Adds an entry; the file must be ready and not full. */
  put(hash: number, physicalOffset: number, storeTimestampMs: number): void {
    const slots = this.#slots;
    const { header } = this;
    assert(slots !== undefined && !this.isFull, "a key is entered where there is room");
    const entry = header.nextEntry;
    if (entry === 1) {
      header.beginTimestampMs = storeTimestampMs;
      header.beginOffset = physicalOffset;
    }
    const slot = hash % slots.length;
    const previous = slots[slot] as number;
    this.#stage(hash, physicalOffset, secondsSince(header, storeTimestampMs), previous);
    slots[slot] = entry;
    this.#dirtyChunks[Math.floor(slot / slotsInChunk)] = 1;
    header.usedSlots += previous === 0 ? 1 : 0;
    header.endTimestampMs = storeTimestampMs;
    header.endOffset = physicalOffset;
    header.nextEntry = entry + 1;
    this.areSlotsStored = false;
  }

  /** Writes the entries that the file lacks. Throws DiskError; they are kept then. */
  flush(): void {
    const count = this.#stagedCount;
    if (count === 0) {
      return;
    }
    const bytes = Buffer.from(this.#staged.buffer, 0, count * keyEntryBytes).swap32();
    try {
      this.#open().write(bytes, 0, bytes.length, this.#entryAt(this.header.nextEntry - count));
    } catch (error) {
      bytes.swap32();
      throw error;
    }
    this.#stagedCount = 0;
    if (this.#staged.length > stagedEntriesKept * entryInts) {
      this.#staged = new Int32Array(0);
    }
  }

  writeHeader(): void {
    const { header } = this;
    const bytes = Buffer.alloc(keyHeaderBytes);
    writeInt64(bytes, 0, header.beginTimestampMs);
    writeInt64(bytes, 8, header.endTimestampMs);
    writeInt64(bytes, 16, header.beginOffset);
    writeInt64(bytes, 24, header.endOffset);
    bytes.writeInt32BE(header.usedSlots, 32);
    bytes.writeInt32BE(header.nextEntry, 36);
    this.#open().write(bytes, 0, bytes.length, 0);
  }

  /** Stores what changed of the slots, and the header. Nothing may be added meanwhile. Throws DiskError. */
  async storeSlots(pause: () => Promise<void>): Promise<void> {
    const slots = this.#slots;
    if (slots === undefined || this.areSlotsStored) {
      return;
    }
    const file = this.#open();
    const chunksInPiece = pieceBytes / slotBytes / slotsInChunk;
    for (let chunk = 0; chunk < this.#dirtyChunks.length; chunk++) {
      if (this.#dirtyChunks[chunk] === 1) {
        const first = chunk * slotsInChunk;
        const some = slots.slice(first, first + slotsInChunk);
        const bytes = Buffer.from(some.buffer).swap32();
        file.write(bytes, 0, bytes.length, keyHeaderBytes + first * slotBytes);
        this.#dirtyChunks[chunk] = 0;
      }
      if (chunk % chunksInPiece === chunksInPiece - 1) {
        await pause();
      }
    }
    this.writeHeader();
    this.areSlotsStored = true;
  }

  /** Lets go of memory and file: nothing more is added in this life. */
  release(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#slots = undefined;
  }

  /** Number of the newest entry of the hash's slot, 0 without one. `file` is the reader's own. */
  async newest(file: DiskFile, hash: number): Promise<number> {
    const slot = hash % this.geometry.slots;
    const kept = this.#slots?.[slot];
    if (kept !== undefined) {
      return kept;
    }
    const bytes = Buffer.alloc(slotBytes);
    await readAnyhow(file, bytes, keyHeaderBytes + slot * slotBytes);
    return bytes.readInt32BE(0);
  }

  /** Reads an entry into the target. */
  async readEntry(file: DiskFile, entry: number, target: Buffer): Promise<void> {
    const firstStaged = this.header.nextEntry - this.#stagedCount;
    if (entry >= firstStaged) {
      const from = (entry - firstStaged) * keyEntryBytes;
      Buffer.from(this.#staged.buffer, from, keyEntryBytes).copy(target);
      target.subarray(0, keyEntryBytes).swap32();
      return;
    }
    await readAnyhow(file, target.subarray(0, keyEntryBytes), this.#entryAt(entry));
  }

  get #chunkCount(): number {
    return Math.ceil(this.geometry.slots / slotsInChunk);
  }

  #open(): DiskFile {
    assert(this.#file !== undefined, "a file of keys is open while it is written to");
    return this.#file;
  }

  #entryAt(entry: number): number {
    return keyHeaderBytes + this.geometry.slots * slotBytes + entry * keyEntryBytes;
  }

  #stage(hash: number, physicalOffset: number, seconds: number, previous: number): void {
    let at = this.#stagedCount * entryInts;
    if (at === this.#staged.length) {
      const larger = new Int32Array(Math.max(stagedEntriesAtFirst * entryInts, at * 2));
      larger.set(this.#staged);
      this.#staged = larger;
    }
    const staged = this.#staged;
    staged[at++] = hash;
    staged[at++] = physicalOffset / 0x1_0000_0000;
    staged[at++] = physicalOffset;
    staged[at++] = seconds;
    staged[at] = previous;
    this.#stagedCount++;
  }

  /** The slots that the entries make; entries end where one is none. */
  async #rebuildSlots(file: DiskFile): Promise<Int32Array> {
    const { header } = this;
    const slots = new Int32Array(this.geometry.slots);
    const perPiece = Math.floor(pieceBytes / keyEntryBytes);
    const piece = Buffer.allocUnsafeSlow(perPiece * keyEntryBytes);
    let usedSlots = 0;
    let last = header.beginOffset;
    let entry = 1;
    let isWhole = true;
    while (isWhole && entry < header.nextEntry) {
      const stop = Math.min(header.nextEntry, entry + perPiece);
      const wanted = (stop - entry) * keyEntryBytes;
      const bytes = await file.readLater(piece, 0, wanted, this.#entryAt(entry));
      for (let at = 0; isWhole && entry < stop; at += keyEntryBytes) {
        isWhole = at + keyEntryBytes <= bytes && isSound(piece, at, last, entry);
        if (isWhole) {
          const slot = piece.readInt32BE(at) % slots.length;
          usedSlots += slots[slot] === 0 ? 1 : 0;
          slots[slot] = entry;
          last = readInt64(piece, at + 4);
          entry++;
        }
      }
    }
    this.#endAt(entry, last, usedSlots);
    await this.#eachSlotPiece(file, (first, stored) => {
      for (let index = 0; index < stored.length; index++) {
        if (stored[index] !== slots[first + index]) {
          this.#dirtyChunks[Math.floor((first + index) / slotsInChunk)] = 1;
        }
      }
    });
    return slots;
  }

  #endAt(nextEntry: number, endOffset: number, usedSlots: number): void {
    if (nextEntry === 1) {
      Object.assign(this.header, emptyKeyHeader());
      return;
    }
    this.header.endOffset = nextEntry < this.header.nextEntry ? endOffset : this.header.endOffset;
    this.header.nextEntry = nextEntry;
    this.header.usedSlots = usedSlots;
  }

  async #eachSlotPiece(
    file: DiskFile,
    visit: (first: number, slots: Int32Array) => void,
  ): Promise<void> {
    const perPiece = pieceBytes / slotBytes;
    for (let first = 0; first < this.geometry.slots; first += perPiece) {
      const count = Math.min(perPiece, this.geometry.slots - first);
      const piece = Buffer.alloc(count * slotBytes);
      await file.readLater(piece, 0, piece.length, keyHeaderBytes + first * slotBytes);
      piece.swap32();
      visit(first, new Int32Array(piece.buffer, piece.byteOffset, count));
    }
  }
}

function secondsSince(header: KeyHeader, storeTimestampMs: number): number {
  const seconds = Math.trunc((storeTimestampMs - header.beginTimestampMs) / 1_000);
  return Math.min(0x7fff_ffff, Math.max(0, seconds));
}

/** What every entry is: its offset does not go back, and its chain does. */
function isSound(source: Buffer, at: number, lastOffset: number, entry: number): boolean {
  const previous = source.readInt32BE(at + 16);
  return (
    source.readInt32BE(at) >= 0 &&
    source.readUInt32BE(at + 4) < 0x20_0000 &&
    readInt64(source, at + 4) >= lastOffset &&
    previous >= 0 &&
    previous < entry
  );
}

/** From the page cache, or from the device when it has to be. What the file lacks reads as zeros. */
async function readAnyhow(file: DiskFile, target: Buffer, position: number): Promise<void> {
  let bytes = file.readCached(target, 0, target.length, position);
  if (bytes < 0) {
    bytes = await file.readLater(target, 0, target.length, position);
  }
  target.fill(0, bytes);
}
