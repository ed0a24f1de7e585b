/**
 * The keys of a record and the numbers by which index files know them: its unique key and each word of its `KEYS`.
 * A key is hashed as `topic#key` with Java's String.hashCode, made non-negative (RocketMQ store `IndexFile`).
 */
import { readInt64 } from "../../core/int64.ts";
import { javaHash, javaHashBytes } from "../../core/java-hash.ts";
import { createRecordShape, type RecordShape, readShape } from "../../record/decode.ts";
import { recordAt, sysFlag } from "../../record/layout.ts";
import {
  createPropertyScan,
  keyWords,
  parseProperties,
  propertyNames,
  scanProperties,
} from "../../record/properties.ts";

const separator = "#".charCodeAt(0);
const space = " ".charCodeAt(0);

/** The number of `topic#key`. */
export function keyHash(topic: string, key: string): number {
  return positive(javaHash(`${topic}#${key}`));
}

/** The numbers of one record's keys, filled again for each record. */
export class RecordKeys {
  count = 0;
  hashes = new Int32Array(64);
  readonly #scan = createPropertyScan();

  /** Reads the record at source[at). One that rolls a transaction back has none, as for RocketMQ. */
  read(source: Buffer, at: number, shape: RecordShape): void {
    this.count = 0;
    const flags = source.readInt32BE(at + recordAt.sysFlag);
    const scan = this.#scan;
    scanProperties(source, shape.propertiesStart, shape.propertiesEnd, scan);
    const isKeyless = scan.uniqueKeyStart < 0 && scan.keysStart < 0;
    if (isKeyless || (flags & sysFlag.transactionMask) === sysFlag.transactionRollback) {
      return;
    }
    const topicHash = javaHashBytes(source, shape.topicStart, shape.topicEnd);
    const from = (Math.imul(31, topicHash) + separator) | 0;
    if (scan.uniqueKeyStart >= 0) {
      this.#add(javaHashBytes(source, scan.uniqueKeyStart, scan.uniqueKeyEnd, from));
    }
    let start = scan.keysStart;
    while (start >= 0 && start < scan.keysEnd) {
      let end = start;
      while (end < scan.keysEnd && source[end] !== space) {
        end++;
      }
      if (end > start) {
        this.#add(javaHashBytes(source, start, end, from));
      }
      start = end + 1;
    }
  }

  #add(hash: number): void {
    if (this.count === this.hashes.length) {
      const larger = new Int32Array(this.count * 2);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[this.count++] = positive(hash);
  }
}

/** What a search compares a record with: hashes of different keys may be equal. */
export interface WantedKey {
  readonly topic: string;
  readonly key: string;
  /** Only the unique key counts, not `KEYS`. */
  readonly isUnique: boolean;
  /** Store times in milliseconds, both included. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** True when the record, a whole one, is of the topic and the time and has the key. Throws DecodeError. */
export function isWanted(record: Buffer, wanted: WantedKey): boolean {
  const shape = createRecordShape();
  readShape(record, 0, record.length, shape);
  const storedMs = readInt64(record, shape.storeTimestampAt);
  const topic = record.toString("utf8", shape.topicStart, shape.topicEnd);
  if (topic !== wanted.topic || storedMs < wanted.fromMs || storedMs > wanted.toMs) {
    return false;
  }
  const properties = parseProperties(record, shape.propertiesStart, shape.propertiesEnd);
  return (
    properties.get(propertyNames.uniqueKey) === wanted.key ||
    (!wanted.isUnique && keyWords(properties).includes(wanted.key))
  );
}

/** Java's Math.abs overflows for the smallest int; RocketMQ takes 0 then. */
function positive(hash: number): number {
  return hash < 0 ? -hash & 0x7fff_ffff : hash;
}
