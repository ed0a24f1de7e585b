/** Where a queue begins when the log begins later: a binary search over its entries, whose places only grow. */
import { entryBytes, entryPhysicalOffset, entryRecordBytes, holeBytes } from "./entry.ts";

/** Copies the entry at the offset; false when there is none. */
export type ReadEntry = (offset: number, entry: Buffer) => boolean | Promise<boolean>;

/**
 * The first offset in [from, to) whose record lies at or behind the physical offset; `to` when there is none. An offset
 * without a record lies where the next record does, and is none that a queue can begin with.
 */
export async function firstOffsetAt(
  from: number,
  to: number,
  physicalOffset: number,
  readEntry: ReadEntry,
): Promise<number> {
  const entry = Buffer.alloc(entryBytes);
  /** Where the first record at or behind the offset lies, with its own offset. */
  const nextRecord = async (offset: number): Promise<{ offset: number; place: number }> => {
    for (let at = offset; at < to; at++) {
      if ((await readEntry(at, entry)) && entryRecordBytes(entry, 0) !== holeBytes) {
        return { offset: at, place: entryPhysicalOffset(entry, 0) };
      }
    }
    return { offset: to, place: Number.POSITIVE_INFINITY };
  };
  let low = from;
  let high = to;
  let first = await nextRecord(from);
  if (first.place >= physicalOffset) {
    return first.offset;
  }
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const record = await nextRecord(middle);
    if (record.place >= physicalOffset) {
      high = middle;
      first = record;
    } else {
      low = record.offset + 1;
    }
  }
  return first.place >= physicalOffset ? first.offset : to;
}
