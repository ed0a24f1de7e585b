/** Files that hold records back to back and nothing else, as the logs of RocketMQ's compacted topics do. */
import { DecodeError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { Disk, DiskFile } from "../io/disk.ts";
import { decodeRecord, type MessageRecord } from "../record/decode.ts";
import { formatOffsetMessageId } from "../record/message-id.ts";

const sizeBytes = 4;

/** A record and RocketMQ's id of it. */
export interface FileRecord extends MessageRecord {
  readonly offsetMessageId: string;
}

/**
 * Visits the records of a file one after the other, until its end or until there is nothing but zeros. Throws DiskError,
 * and DecodeError with the place where no record is.
 */
export function readRecordFile(
  disk: Disk,
  path: string,
  visit: (record: FileRecord) => void,
): void {
  const file = disk.open(path, "read");
  try {
    const end = file.bytes();
    for (let at = 0; at + sizeBytes <= end; ) {
      const record = recordAt(file, at, end);
      if (record === undefined) {
        return;
      }
      visit(record);
      at += record.bytes;
    }
  } finally {
    file.close();
  }
}

function recordAt(file: DiskFile, at: number, end: number): FileRecord | undefined {
  const head = Buffer.alloc(sizeBytes);
  file.readInto(head, 0, sizeBytes, at);
  const bytes = head.readInt32BE(0);
  if (bytes === 0) {
    return undefined;
  }
  if (bytes < sizeBytes || bytes > limits.recordBytesMax || bytes > end - at) {
    throw new DecodeError(`no record at byte ${at}: its size would be ${bytes}`);
  }
  const source = Buffer.alloc(bytes);
  file.readInto(source, 0, bytes, at);
  try {
    const record = decodeRecord(source, 0);
    const offsetMessageId = formatOffsetMessageId(record.storeHost, record.physicalOffset);
    return { ...record, offsetMessageId };
  } catch (error) {
    throw error instanceof DecodeError
      ? new DecodeError(`no record at byte ${at}: ${error.message}`)
      : error;
  }
}
