/**
 * What queue files say on their own, without the log: how far each queue reaches, found by looking at few entries. For a
 * store whose files somebody else wrote, so everything is doubted: names, sizes and gaps.
 */
import { type Disk, joinPath } from "../../io/disk.ts";
import { entryBytes, isEntry } from "../consume-queue/entry.ts";
import { offsetFileName, parseOffsetFileName } from "../paths.ts";

/** Why files cannot be taken as they are. */
export class QueuesDoubted extends Error {
  override readonly name = "QueuesDoubted";
}

export interface FoundQueue {
  readonly topic: string;
  readonly queueId: number;
  /** First offset that has a file, and the one behind the last entry. */
  readonly startOffset: number;
  readonly endOffset: number;
}

/** The queues below the folder that hold entries. Throws QueuesDoubted for files that do not fit together. */
export function findQueues(disk: Disk, folder: string, fileBytes: number): readonly FoundQueue[] {
  const found: FoundQueue[] = [];
  for (const topic of disk.list(folder)) {
    for (const queue of topic.isFolder ? disk.list(joinPath(folder, topic.name)) : []) {
      if (!queue.isFolder || !/^\d{1,9}$/.test(queue.name)) {
        throw new QueuesDoubted(`${folder}/${topic.name} holds '${queue.name}', which is no queue`);
      }
      const each = findQueue(disk, folder, topic.name, queue.name, fileBytes);
      if (each !== undefined) {
        found.push(each);
      }
    }
  }
  return found;
}

function findQueue(
  disk: Disk,
  folder: string,
  topic: string,
  queueName: string,
  fileBytes: number,
): FoundQueue | undefined {
  const path = joinPath(folder, topic, queueName);
  const starts: number[] = [];
  for (const { name, bytes } of disk.list(path)) {
    const start = parseOffsetFileName(name);
    const expected = starts.length === 0 ? start : (starts.at(-1) ?? 0) + fileBytes;
    if (
      start === undefined ||
      start !== expected ||
      start % fileBytes !== 0 ||
      bytes !== fileBytes
    ) {
      throw new QueuesDoubted(`${path} holds '${name}' of ${bytes} bytes; files have ${fileBytes}`);
    }
    starts.push(start);
  }
  for (const start of starts.toReversed()) {
    const count = countEntries(disk, joinPath(path, offsetFileName(start)), fileBytes / entryBytes);
    if (count > 0) {
      return {
        topic,
        queueId: Number(queueName),
        startOffset: (starts[0] ?? 0) / entryBytes,
        endOffset: start / entryBytes + count,
      };
    }
  }
  return undefined;
}

/** Entries are written one behind the other, so the first that is none ends them. */
function countEntries(disk: Disk, path: string, entriesMax: number): number {
  const file = disk.open(path, "read");
  const entry = Buffer.alloc(entryBytes);
  try {
    return firstIndex(0, entriesMax, (index) => {
      file.readInto(entry, 0, entryBytes, index * entryBytes);
      return !isEntry(entry, 0);
    });
  } finally {
    file.close();
  }
}

/** The first index in [low, high) for which the test holds, and for all behind it; `high` when it never does. */
function firstIndex(low: number, high: number, test: (index: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    if (test(middle)) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return from;
}
