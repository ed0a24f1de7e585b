/** Entries of a queue for people to look at: page by page, from memory or the device. */
import { limits } from "../../core/limits.ts";
import type { QueueEntry } from "../message-store.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  entryTagHash,
  isEntry,
  isHole,
} from "./entry.ts";

/** What is listed: a queue whose entries are read from memory or the page cache, or loaded. */
interface EntrySource {
  readonly minOffset: number;
  readonly maxOffset: number;
  readEntries(offset: number, count: number, target: Buffer): number;
  loadEntries(offset: number, count: number, target: Buffer): Promise<number>;
}

/** At most `countMax` entries from the offset on; ends early at one that cannot be read. */
export async function listEntries(
  queue: EntrySource,
  offset: number,
  countMax: number,
): Promise<readonly QueueEntry[]> {
  const entries: QueueEntry[] = [];
  const wanted = Math.min(countMax, limits.scanEntriesMax);
  const page = Buffer.alloc(wanted * entryBytes);
  let at = offset;
  while (entries.length < wanted && at >= queue.minOffset && at < queue.maxOffset) {
    const count = Math.min(wanted - entries.length, queue.maxOffset - at);
    const cached = queue.readEntries(at, count, page);
    const found = cached < 0 ? await queue.loadEntries(at, count, page) : cached;
    for (let index = 0; index < found; index++) {
      if (!isEntry(page, index * entryBytes)) {
        return entries;
      }
      entries.push(entryAt(page, index * entryBytes));
    }
    if (found === 0) {
      return entries;
    }
    at += found;
  }
  return entries;
}

function entryAt(page: Buffer, at: number): QueueEntry {
  const sizeBytes = entryRecordBytes(page, at);
  return {
    physicalOffset: entryPhysicalOffset(page, at),
    sizeBytes,
    tagHash: entryTagHash(page, at),
    isHole: isHole(sizeBytes),
  };
}
