/**
 * Walks the files of the key index for one hash, from the newest entry to the oldest. What is found is a guess: keys
 * with equal hashes share a chain, and a torn or foreign file may say anything. So each step of a chain must lead
 * backwards inside its file, the number of steps is bounded, and whoever asks compares the record itself.
 */
import { readInt64 } from "../../core/int64.ts";
import { limits } from "../../core/limits.ts";
import type { Disk, DiskFile } from "../../io/disk.ts";
import { type KeyFile, keyEntryBytes } from "./key-file.ts";

export interface KeySearch {
  readonly disk: Disk;
  /** Newest first. */
  readonly files: readonly KeyFile[];
  readonly hash: number;
  /** Store times in milliseconds, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Begin of the log: what lies before is gone. */
  readonly minOffset: number;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  /** A chain led where none can. */
  readonly onDamage: (file: KeyFile, reason: string) => void;
}

/** Steps between two pauses. */
const stepsInTurn = 256;

/** Physical offsets of records that may have the key, newest first; a record may come twice. */
export async function* searchKeyFiles(search: KeySearch): AsyncGenerator<number> {
  const budget = { steps: limits.keySearchStepsMax };
  for (const keyFile of search.files) {
    const { beginTimestampMs, endTimestampMs, endOffset, nextEntry } = keyFile.header;
    const isInTime = endTimestampMs >= search.fromMs && beginTimestampMs <= search.toMs;
    if (endOffset < search.minOffset) {
      return;
    }
    if (isInTime && nextEntry > 1) {
      const file = search.disk.open(keyFile.path, "read");
      try {
        yield* walkChain(search, keyFile, file, budget);
      } finally {
        file.close();
      }
    }
  }
}

async function* walkChain(
  search: KeySearch,
  keyFile: KeyFile,
  file: DiskFile,
  budget: { steps: number },
): AsyncGenerator<number> {
  const { header } = keyFile;
  const bytes = Buffer.alloc(keyEntryBytes);
  let entry = await keyFile.newest(file, search.hash);
  let limit = header.nextEntry;
  while (entry !== 0 && budget.steps > 0) {
    if (entry < 0 || entry >= limit) {
      search.onDamage(keyFile, `entry ${limit} is followed by ${entry}`);
      return;
    }
    limit = entry;
    budget.steps--;
    if (budget.steps % stepsInTurn === 0) {
      await search.pause();
    }
    await keyFile.readEntry(file, entry, bytes);
    const offset = offsetIn(bytes);
    if (offset < header.beginOffset || offset > header.endOffset) {
      search.onDamage(keyFile, `entry ${entry} points to ${offset}`);
      return;
    }
    // Store times never go back, and seconds were cut: what is older than this ends the chain.
    const sinceMs = header.beginTimestampMs + bytes.readInt32BE(12) * 1_000;
    if (offset < search.minOffset || sinceMs + 1_000 <= search.fromMs) {
      return;
    }
    if (bytes.readInt32BE(0) === search.hash && sinceMs <= search.toMs) {
      yield offset;
    }
    entry = bytes.readInt32BE(16);
  }
}

/** −1 for what is no offset. */
function offsetIn(entry: Buffer): number {
  return entry.readUInt32BE(4) < 0x20_0000 ? readInt64(entry, 4) : -1;
}
