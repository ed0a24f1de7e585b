/**
 * Which files of the key index there are, and how far they can be relied on. What the last checkpoint said of them
 * counts; files that it does not speak of are RocketMQ's, or were begun later and are made again. All of it is derived
 * from the log: what cannot be relied on is removed.
 */
import { civilFromDays } from "../../core/calendar.ts";
import { DecodeError } from "../../core/error.ts";
import { type Disk, joinPath } from "../../io/disk.ts";
import type { Log } from "../../io/log.ts";
import {
  KeyFile,
  type KeyGeometry,
  type KeyHeader,
  keyFileBytes,
  keyHeaderBytes,
  readKeyHeader,
} from "./key-file.ts";

/** How far the index is complete and durable, as a snapshot keeps it. */
export interface KeyMark {
  /** The keys of all records below are in the files. */
  readonly offset: number;
  /** The newest file, undefined before the first. */
  readonly file?: {
    readonly name: string;
    readonly header: Readonly<KeyHeader>;
    readonly areSlotsStored: boolean;
  };
}

export interface OpenedKeyFolder {
  /** Oldest first. */
  readonly files: readonly KeyFile[];
  readonly geometry: KeyGeometry;
  readonly offset: number;
}

export interface KeyFolderOptions {
  readonly disk: Disk;
  readonly log: Log;
  readonly folder: string;
  /** Of files to be made; files that are there keep their own. */
  readonly geometry: KeyGeometry;
  readonly mark: KeyMark | undefined;
  /** The last run stopped as it should. */
  readonly isClean: boolean;
  /** The log's extent. */
  readonly minOffset: number;
  readonly endOffset: number;
}

/** Opens what is there and removes what cannot be relied on. */
export function openKeyFolder(options: KeyFolderOptions): OpenedKeyFolder {
  const { disk, folder, log } = options;
  const found = disk.list(folder).filter(({ name, isFolder }) => !isFolder && isKeyFileName(name));
  const geometry = keyGeometryOf(found[0]?.bytes, options.geometry);
  const files: KeyFile[] = [];
  let doubt: string | undefined;
  for (const { name, bytes } of found) {
    const opened = doubt ?? openOne(options, { geometry, name, bytes, previous: files.at(-1) });
    if (typeof opened === "string") {
      // Files behind one that is missing are not kept: entries of the index lie in the log's order.
      doubt = opened;
      log.info("a file of the key index is made again", { file: name, reason: doubt });
      disk.remove(joinPath(folder, name));
    } else {
      files.push(opened);
    }
  }
  if (doubt !== undefined) {
    disk.syncFolder(folder);
  }
  return { files, geometry, offset: offsetOf(options, files.at(-1)) };
}

/** Removes a file; the log tells again what it held. */
export function removeKeyFile(disk: Disk, folder: string, file: KeyFile): void {
  file.release();
  if (disk.exists(file.path)) {
    disk.remove(file.path);
    disk.syncFolder(folder);
  }
}

/**
 * Name of a file that is made now: the time as yyyyMMddHHmmssSSS (UTC; RocketMQ takes local time), and always greater
 * than the newest name there is, since the names order the files.
 */
export function keyFileName(nowMs: number, newest: string | undefined): string {
  const name = timeDigits(nowMs);
  return newest === undefined || name > newest ? name : String(BigInt(newest) + 1n);
}

function isKeyFileName(name: string): boolean {
  return /^\d{17}$/.test(name);
}

/** One file, or why it cannot be relied on. */
function openOne(
  options: KeyFolderOptions,
  found: {
    readonly name: string;
    readonly bytes: number;
    readonly geometry: KeyGeometry;
    readonly previous: KeyFile | undefined;
  },
): KeyFile | string {
  const { disk, folder, mark, isClean, endOffset } = options;
  const { name, geometry, previous } = found;
  if (mark !== undefined && (mark.file === undefined || name > mark.file.name)) {
    return "it is newer than the last checkpoint";
  }
  if (found.bytes !== keyFileBytes(geometry)) {
    return `it has ${found.bytes} bytes`;
  }
  const stored = storedHeader(disk, joinPath(folder, name));
  const known = mark?.file?.name === name ? mark.file : undefined;
  const header = known?.header ?? stored;
  if (typeof header === "string") {
    return header;
  }
  if (header.nextEntry < 1 || header.nextEntry > geometry.entries) {
    return `${header.nextEntry} is no number of an entry`;
  }
  if (header.beginOffset > header.endOffset || header.endOffset >= Math.max(1, endOffset)) {
    return "it speaks of what the log does not have";
  }
  const previousEnd = previous?.header.endOffset ?? 0;
  if (header.nextEntry > 1 && header.beginOffset < previousEnd) {
    return "it begins before the one before it ends";
  }
  const areSlotsStored =
    known === undefined
      ? isClean || header.nextEntry === geometry.entries
      : known.areSlotsStored && isClean && isSame(known.header, stored);
  return new KeyFile(disk, folder, { name, geometry, header, areSlotsStored });
}

function storedHeader(disk: Disk, path: string): KeyHeader | string {
  const file = disk.open(path, "read");
  try {
    const bytes = Buffer.alloc(keyHeaderBytes);
    file.readInto(bytes, 0, bytes.length, 0);
    return readKeyHeader(bytes);
  } catch (error) {
    if (error instanceof DecodeError) {
      return error.message;
    }
    throw error;
  } finally {
    file.close();
  }
}

/**
 * From where on the log's keys are missing. Without a word of ours a file is complete up to the record that it
 * ends with, whose other keys may be missing.
 */
function offsetOf(options: KeyFolderOptions, last: KeyFile | undefined): number {
  const { mark, minOffset, endOffset } = options;
  const isMarked = mark !== undefined && mark.file?.name === last?.name;
  const offset = isMarked ? mark.offset : (last?.header.endOffset ?? 0);
  return Math.min(endOffset, Math.max(minOffset, offset));
}

/** RocketMQ's brokers may be configured otherwise; four entries a slot is what its default has. */
export function keyGeometryOf(bytes: number | undefined, geometry: KeyGeometry): KeyGeometry {
  if (bytes === undefined || bytes === keyFileBytes(geometry)) {
    return geometry;
  }
  const slots =
    (bytes - keyHeaderBytes) / (keyFileBytes({ slots: 1, entries: 4 }) - keyHeaderBytes);
  return Number.isInteger(slots) && slots > 0 ? { slots, entries: slots * 4 } : geometry;
}

function isSame(known: Readonly<KeyHeader>, stored: KeyHeader | string): boolean {
  return JSON.stringify(known) === JSON.stringify(stored);
}

function timeDigits(ms: number): string {
  const dayMs = 86_400_000;
  const { year, month, day } = civilFromDays(Math.floor(ms / dayMs));
  const inDay = ms % dayMs;
  const parts: readonly (readonly [number, number])[] = [
    [year, 4],
    [month, 2],
    [day, 2],
    [Math.floor(inDay / 3_600_000), 2],
    [Math.floor(inDay / 60_000) % 60, 2],
    [Math.floor(inDay / 1_000) % 60, 2],
    [Math.floor(inDay % 1_000), 3],
  ];
  return parts.map(([value, digits]) => String(value).padStart(digits, "0")).join("");
}
