/**
 * Which messages lay where the log is damaged: entries of consume queues still name their places. Reads every queue file
 * once, from its start; they are a small part of what the log is.
 */
import { type Disk, joinPath } from "../io/disk.ts";
import { fixedBytes } from "../record/layout.ts";
import {
  entryBytes,
  entryPhysicalOffset,
  entryRecordBytes,
  isEntry,
  isHole,
} from "../store/consume-queue/entry.ts";
import { findQueueLayout } from "../store/consume-queue/queue-layout.ts";
import { parseOffsetFileName, storePaths } from "../store/paths.ts";

/** A message of which the record is gone. */
export interface LostMessage {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  /** Where its record lay. */
  readonly physicalOffset: number;
  readonly bytes: number;
}

interface Area {
  readonly offset: number;
  readonly bytes: number;
}

const pieceEntries = 32_768;
/** Beyond so many the places of further ones count as unknown. */
const lostMax = 1_000_000;

/** The messages whose places lie in the areas, which are in the log's order; in that order, none over another. */
export function lostMessages(
  disk: Disk,
  storeFolder: string,
  areas: readonly Area[],
): readonly LostMessage[] {
  if (areas.length === 0) {
    return [];
  }
  const lost: LostMessage[] = [];
  const paths = storePaths(storeFolder);
  const layout = findQueueLayout(disk, paths, undefined);
  for (const folder of layout.isRocksDb
    ? [paths.ownConsumeQueue]
    : [paths.consumeQueue, paths.ownConsumeQueue]) {
    for (const topic of foldersIn(disk, folder)) {
      for (const queue of foldersIn(disk, joinPath(folder, topic))) {
        readQueue(disk, joinPath(folder, topic, queue), areas, (found) => {
          if (lost.length < lostMax) {
            lost.push({ topic, queueId: Number(queue), ...found });
          }
        });
      }
    }
  }
  return inLogOrder(lost);
}

function foldersIn(disk: Disk, folder: string): readonly string[] {
  return disk
    .list(folder)
    .filter(({ isFolder }) => isFolder)
    .map(({ name }) => name);
}

/** Tells the entries of a queue that name a place in one of the areas. */
function readQueue(
  disk: Disk,
  folder: string,
  areas: readonly Area[],
  tell: (found: Pick<LostMessage, "queueOffset" | "physicalOffset" | "bytes">) => void,
): void {
  const piece = Buffer.allocUnsafeSlow(pieceEntries * entryBytes);
  for (const { name, isFolder, bytes: fileBytes } of disk.list(folder)) {
    const start = parseOffsetFileName(name);
    if (isFolder || start === undefined) {
      continue;
    }
    const file = disk.open(joinPath(folder, name), "read");
    try {
      for (let at = 0; at < fileBytes; at += piece.length) {
        const found = file.readInto(piece, 0, Math.min(piece.length, fileBytes - at), at);
        for (let entry = 0; entry + entryBytes <= found; entry += entryBytes) {
          const bytes = entryRecordBytes(piece, entry);
          if (bytes <= fixedBytes || isHole(bytes) || !isEntry(piece, entry)) {
            continue;
          }
          const physicalOffset = entryPhysicalOffset(piece, entry);
          if (isInside(areas, physicalOffset, bytes)) {
            tell({ queueOffset: (start + at + entry) / entryBytes, physicalOffset, bytes });
          }
        }
      }
    } finally {
      file.close();
    }
  }
}

/** True when one of the areas holds all of the place. */
function isInside(areas: readonly Area[], offset: number, bytes: number): boolean {
  let [low, high] = [0, areas.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((areas[middle]?.offset ?? 0) <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const area = areas[low - 1];
  return area !== undefined && offset + bytes <= area.offset + area.bytes;
}

/** A record can stand in several queues, and a damaged entry can name anything: the first to claim a place has it. */
function inLogOrder(lost: readonly LostMessage[]): readonly LostMessage[] {
  let end = 0;
  return lost
    .toSorted((left, right) => left.physicalOffset - right.physicalOffset)
    .filter(({ physicalOffset, bytes }) => {
      const isFree = physicalOffset >= end;
      end = isFree ? physicalOffset + bytes : end;
      return isFree;
    });
}
