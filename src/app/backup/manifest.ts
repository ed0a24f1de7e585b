/**
 * What one backup is made of: the last file that is written, so that a backup is there as a whole or not at all. One text
 * file: `mq-backup VERSION SHA256 BYTES`, a line end, JSON of that many bytes with that checksum.
 */
import { DecodeError, MqError } from "../../core/error.ts";
import { sha256 } from "../../core/sha256.ts";

const version = 1;

/** A file of the repository, shared by the backups that contain it. */
export interface BackupObject {
  /** Name in `objects/`. */
  readonly object: string;
  readonly bytes: number;
  /** Of all its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A segment of the commit log; the last one as far as it was written. */
export interface BackupSegment extends BackupObject {
  /** Name below `commitlog/`: the offset of its first byte. */
  readonly name: string;
  readonly startOffset: number;
  readonly records: number;
  /** What was not whole when it was copied. */
  readonly damage: readonly BackupDamage[];
  /** Size and time of the file in the store when it was read: while they stay, it is the same. */
  readonly sourceBytes: number;
  readonly sourceModifiedMs: number;
}

/** A file of `config/`, where RocketMQ keeps topics, groups and offsets. */
export interface BackupFile extends BackupObject {
  /** Below the store's folder. */
  readonly path: string;
}

/** Bytes of the log that held no whole record when they were read. */
export interface BackupDamage {
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

export interface BackupManifest {
  /** Also its file's name: the time at which it was taken. */
  readonly id: string;
  readonly takenMs: number;
  /** The store's folder. */
  readonly store: string;
  /** Who wrote the store: `rocketmq` when mq never opened it. */
  readonly kind: "mq" | "rocketmq";
  /** Bytes of a whole segment. */
  readonly segmentBytes: number;
  /** First byte of the log, and where its last record ends. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly lastStoredMs: number;
  readonly segments: readonly BackupSegment[];
  readonly files: readonly BackupFile[];
  /** The snapshot with which a broker opens the restored store. */
  readonly snapshot: BackupObject;
  /** Bytes that no earlier backup had. */
  readonly newBytes: number;
}

/** All files of the repository that it needs. */
export function objectsOf({ segments, files, snapshot }: BackupManifest): readonly BackupObject[] {
  return [...segments, ...files, snapshot];
}

/** What was damaged in the store already. */
export function damageOf({ segments }: BackupManifest): readonly BackupDamage[] {
  return segments.flatMap(({ damage }) => damage);
}

export function recordCount({ segments }: BackupManifest): number {
  return segments.reduce((sum, { records }) => sum + records, 0);
}

export function byteCount(manifest: BackupManifest): number {
  return objectsOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
}

export function formatManifest(manifest: BackupManifest): Buffer {
  const body = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`, "utf8");
  const head = `mq-backup ${version} ${sha256(body)} ${body.length}\n`;
  return Buffer.from(`${head}${body.toString("utf8")}`, "utf8");
}

/** Throws DecodeError for bytes that are no whole manifest, MqError `store_unavailable` for one of a later mq. */
export function readManifest(name: string, bytes: Buffer): BackupManifest {
  const lineEnd = bytes.indexOf(0x0a);
  const [word, found, checksum, length] = bytes
    .toString("latin1", 0, Math.max(0, lineEnd))
    .split(" ");
  if (word === "mq-backup" && Number(found) > version) {
    throw new MqError("store_unavailable", `${name} was written by a later mq (format ${found})`);
  }
  const body = bytes.subarray(lineEnd + 1);
  if (word !== "mq-backup" || Number(length) !== body.length || sha256(body) !== checksum) {
    throw new DecodeError(`${name} is no whole manifest, or does not match its checksum`);
  }
  return JSON.parse(body.toString("utf8")) as BackupManifest;
}
