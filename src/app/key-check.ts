/**
 * Compares a store's key index with its log: each key of each record has its entry, each entry names a record with such a
 * key, and each is found from its slot. Entries lie in the log's order, so both are walked side by side.
 *
 * Entries behind the last one that the index has are no damage: a start adds them.
 */
import { readInt64 } from "../core/int64.ts";
import { limits } from "../core/limits.ts";
import type { Disk, DiskFile } from "../io/disk.ts";
import { joinPath } from "../io/disk.ts";
import type { RecordShape } from "../record/decode.ts";
import { parseProperties, propertyNames } from "../record/properties.ts";
import {
  type KeyGeometry,
  type KeyHeader,
  keyEntryBytes,
  keyHeaderBytes,
  readKeyHeader,
} from "../store/index/key-file.ts";
import { keyGeometryOf } from "../store/index/key-folder.ts";
import { keyHash, RecordKeys } from "../store/index/record-keys.ts";
import { storePaths } from "../store/paths.ts";

const pieceEntries = 8_192;
const slotBytes = 4;

export interface KeyProblem {
  readonly file: string;
  /** The first entry that is concerned, by number; for a key without entry, the one that comes next. */
  readonly entry: number;
  readonly entries: number;
  readonly kind: "wrong_entry" | "missing_entry" | "broken_chain";
}

export interface KeyFacts {
  readonly files: number;
  readonly entries: number;
  /** Keys behind the last entry: a start enters them. */
  readonly entriesMissing: number;
  readonly problems: readonly KeyProblem[];
}

interface Entry {
  readonly file: string;
  readonly number: number;
  readonly hash: number;
  readonly physicalOffset: number;
}

export class KeyCheck {
  readonly #keys = new RecordKeys();
  readonly #problems = new Map<string, KeyProblem>();
  readonly #walk: Generator<Entry>;
  #next: Entry | undefined;
  #fileCount = 0;
  #entryCount = 0;
  #missing = 0;

  constructor(disk: Disk, storeFolder: string) {
    this.#walk = this.#entries(disk, storePaths(storeFolder).keyIndex);
    this.#advance();
  }

  /** Compares the next record of the log. */
  record(source: Buffer, at: number, shape: RecordShape, physicalOffset: number): void {
    while (this.#next !== undefined && this.#next.physicalOffset < physicalOffset) {
      this.#note(this.#next, "wrong_entry");
      this.#advance();
    }
    this.#keys.read(source, at, shape);
    const { count, hashes } = this.#keys;
    const inOrder = this.#passInOrder(physicalOffset);
    if (inOrder === count && this.#next?.physicalOffset !== physicalOffset) {
      return;
    }
    const wanted = new Set(hashes.subarray(0, count));
    const found = new Set<number>(hashes.subarray(0, inOrder));
    while (this.#next?.physicalOffset === physicalOffset) {
      if (wanted.has(this.#next.hash)) {
        found.add(this.#next.hash);
      } else if (this.#next.hash !== tagKeyHash(source, shape)) {
        this.#note(this.#next, "wrong_entry");
      }
      this.#advance();
    }
    const lacking = wanted.size - found.size;
    if (lacking > 0 && this.#next !== undefined) {
      this.#note(this.#next, "missing_entry");
    } else {
      this.#missing += lacking;
    }
  }

  /** Passes entries that are those of the record's keys one by one, as they nearly always are; how many. */
  #passInOrder(physicalOffset: number): number {
    const { count, hashes } = this.#keys;
    let index = 0;
    while (
      index < count &&
      this.#next?.physicalOffset === physicalOffset &&
      this.#next.hash === hashes[index]
    ) {
      index++;
      this.#advance();
    }
    return index;
  }

  /** The log begins here: what entries say of before is gone. */
  skipBelow(logMinOffset: number): void {
    while (this.#next !== undefined && this.#next.physicalOffset < logMinOffset) {
      this.#advance();
    }
  }

  /** What was found, when the whole log was walked. */
  finish(): KeyFacts {
    while (this.#next !== undefined) {
      this.#note(this.#next, "wrong_entry");
      this.#advance();
    }
    return {
      files: this.#fileCount,
      entries: this.#entryCount,
      entriesMissing: this.#missing,
      problems: [...this.#problems.values()],
    };
  }

  #advance(): void {
    const step = this.#walk.next();
    this.#next = step.done === true ? undefined : step.value;
  }

  /** All entries, file by file; the slots of a file are compared when its last one was given. */
  *#entries(disk: Disk, folder: string): Generator<Entry> {
    for (const { name, bytes, isFolder } of disk.list(folder)) {
      if (isFolder || !/^\d{17}$/.test(name)) {
        continue;
      }
      this.#fileCount++;
      const geometry = keyGeometryOf(bytes, {
        slots: limits.keySlotsDefault,
        entries: limits.keyEntriesDefault,
      });
      const file = disk.open(joinPath(folder, name), "read");
      try {
        yield* this.#entriesOf(file, name, geometry);
      } finally {
        file.close();
      }
    }
  }

  *#entriesOf(file: DiskFile, name: string, geometry: KeyGeometry): Generator<Entry> {
    const header = headerOf(file);
    const slots = new Int32Array(geometry.slots);
    const piece = Buffer.alloc(pieceEntries * keyEntryBytes);
    const entriesAt = keyHeaderBytes + geometry.slots * slotBytes;
    const end = Math.min(header.nextEntry, geometry.entries);
    for (let first = 1; first < end; first += pieceEntries) {
      const count = Math.min(pieceEntries, end - first);
      piece.fill(0);
      file.readInto(piece, 0, count * keyEntryBytes, entriesAt + first * keyEntryBytes);
      for (let index = 0; index < count; index++) {
        const at = index * keyEntryBytes;
        const number = first + index;
        const hash = piece.readInt32BE(at);
        const slot = (hash & 0x7fff_ffff) % slots.length;
        const entry = { file: name, number, hash, physicalOffset: placeOf(piece, at + 4) };
        if (piece.readInt32BE(at + 16) !== slots[slot]) {
          this.#note(entry, "broken_chain");
        }
        slots[slot] = number;
        this.#entryCount++;
        yield entry;
      }
    }
    this.#compareSlots(file, name, slots);
  }

  #compareSlots(file: DiskFile, name: string, slots: Int32Array): void {
    const piece = Buffer.alloc(slots.length * slotBytes);
    file.readInto(piece, 0, piece.length, keyHeaderBytes);
    for (let slot = 0; slot < slots.length; slot++) {
      if (piece.readInt32BE(slot * slotBytes) !== slots[slot]) {
        const number = slots[slot] as number;
        this.#note({ file: name, number, hash: 0, physicalOffset: 0 }, "broken_chain");
      }
    }
  }

  #note(entry: Entry, kind: KeyProblem["kind"]): void {
    const key = `${kind} ${entry.file}`;
    const known = this.#problems.get(key);
    this.#problems.set(key, {
      file: entry.file,
      entry: Math.min(entry.number, known?.entry ?? entry.number),
      entries: (known?.entries ?? 0) + 1,
      kind,
    });
  }
}

/** RocketMQ 5 enters tags, too, under a name of their own. */
function tagKeyHash(source: Buffer, shape: RecordShape): number | undefined {
  const properties = parseProperties(source, shape.propertiesStart, shape.propertiesEnd);
  const tag = properties.get(propertyNames.tags);
  const topic = source.toString("utf8", shape.topicStart, shape.topicEnd);
  return tag === undefined ? undefined : keyHash(topic, `T#${tag}`);
}

function headerOf(file: DiskFile): KeyHeader {
  const bytes = Buffer.alloc(keyHeaderBytes);
  file.readInto(bytes, 0, bytes.length, 0);
  return readKeyHeader(bytes);
}

/** −1 for a place that no log has. */
function placeOf(source: Buffer, at: number): number {
  return source.readUInt32BE(at) < 0x20_0000 ? readInt64(source, at) : -1;
}
