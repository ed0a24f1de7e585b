/**
 * How fast a folder's disk is, measured as a broker uses it: records appended to a file whose space is allocated, each
 * made durable by fdatasync before the next; and a long sequential write with one sync at its end.
 */
import { Latencies } from "../../../src/client/index.ts";
import type { Clock } from "../../../src/io/clock.ts";
import { type Disk, type DiskFile, joinPath } from "../../../src/io/disk.ts";

const pieceBytes = 1 << 20;

export interface ProbeOptions {
  /** Bytes of one write before its sync. */
  readonly writeBytes: number;
  /** Ends after so many synced writes, or so long. */
  readonly syncCount: number;
  readonly durationMs: number;
  /** Size of the sequential write; 0 leaves it out. */
  readonly sequentialBytes: number;
  readonly signal: AbortSignal;
}

export interface ProbeReport {
  /** Of a write with its sync. */
  readonly syncs: Latencies;
  readonly syncSeconds: number;
  readonly sequentialBytes: number;
  /** With the sync; 0 without a sequential write. */
  readonly sequentialSeconds: number;
}

/** Writes to a file of its own in the folder and removes it. Throws DiskError. */
export async function probeDisk(
  { disk, clock }: { readonly disk: Disk; readonly clock: Clock },
  folder: string,
  name: string,
  options: ProbeOptions,
): Promise<ProbeReport> {
  const path = joinPath(folder, name);
  const file = disk.open(path, "create");
  try {
    return await measure(file, clock, options);
  } finally {
    file.close();
    disk.remove(path);
  }
}

async function measure(file: DiskFile, clock: Clock, options: ProbeOptions): Promise<ProbeReport> {
  const { writeBytes, syncCount, durationMs, signal } = options;
  file.allocate(0, writeBytes * Math.min(syncCount, 1_024));
  const source = Buffer.alloc(Math.max(writeBytes, pieceBytes), 0x5a);
  const syncs = new Latencies();
  const startMs = clock.elapsedMs();
  // Over the same space again and again: a probe must not fill the disk.
  for (let index = 0; index < syncCount && !signal.aborted; index++) {
    const beganMs = clock.elapsedMs();
    if (beganMs - startMs >= durationMs) {
      break;
    }
    file.write(source, 0, writeBytes, (index % 1_024) * writeBytes);
    await file.sync();
    syncs.add(clock.elapsedMs() - beganMs);
  }
  const syncSeconds = (clock.elapsedMs() - startMs) / 1_000;
  const sequentialStartMs = clock.elapsedMs();
  let written = 0;
  while (written < options.sequentialBytes && !signal.aborted) {
    const bytes = Math.min(pieceBytes, options.sequentialBytes - written);
    file.write(source, 0, bytes, written);
    written += bytes;
  }
  if (written > 0) {
    await file.sync();
  }
  const sequentialSeconds = written === 0 ? 0 : (clock.elapsedMs() - sequentialStartMs) / 1_000;
  return { syncs, syncSeconds, sequentialBytes: written, sequentialSeconds };
}
