/**
 * What this machine can do at best, measured in the same run as the brokers, so that a reader sees each
 * figure as a share of it: syncs a second, sequential writing, and round trips over loopback.
 */
import { closeSync, fdatasyncSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Children } from "./children.ts";
import { measureRoundTrips, median } from "./loopback.ts";

const syncBlockBytes = 4096;
const syncFileBytes = 16 << 20;
const writeBlockBytes = 1 << 20;
const writeFileBytes = 512 << 20;

export interface MachineLimits {
  /** `fdatasync` after 4 KiB written into a file that was zero-filled before. */
  readonly syncsPerSecond: number;
  readonly syncP50Us: number;
  /** 512 MiB in pieces of 1 MiB, the final sync included. */
  readonly writeMegabytesPerSecond: number;
  /** 128 bytes there and back between two processes, one at a time. */
  readonly roundTripsPerSecond: number;
  readonly roundTripP50Us: number;
}

function measureSyncs(folder: string, durationMs: number): { perSecond: number; p50Us: number } {
  const path = join(folder, "limit-sync");
  const file = openSync(path, "w");
  const block = Buffer.alloc(syncBlockBytes, 7);
  const fill = Buffer.alloc(writeBlockBytes);
  for (let at = 0; at < syncFileBytes; at += fill.length) {
    writeSync(file, fill, 0, fill.length, at);
  }
  fsyncSync(file);
  const times: number[] = [];
  const startedMs = performance.now();
  let position = 0;
  while (performance.now() - startedMs < durationMs) {
    const atMs = performance.now();
    writeSync(file, block, 0, block.length, position);
    fdatasyncSync(file);
    times.push((performance.now() - atMs) * 1000);
    position = (position + block.length) % syncFileBytes;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  closeSync(file);
  rmSync(path);
  return { perSecond: times.length / seconds, p50Us: median(times) };
}

function measureWriting(folder: string): number {
  const path = join(folder, "limit-write");
  const file = openSync(path, "w");
  const block = Buffer.alloc(writeBlockBytes, 7);
  const startedMs = performance.now();
  for (let at = 0; at < writeFileBytes; at += block.length) {
    writeSync(file, block, 0, block.length, at);
  }
  fdatasyncSync(file);
  const seconds = (performance.now() - startedMs) / 1000;
  closeSync(file);
  rmSync(path);
  return writeFileBytes / 1e6 / seconds;
}

/** Takes about three seconds and leaves no file and no process behind. */
export async function measureMachineLimits(
  folder: string,
  children: Children,
): Promise<MachineLimits> {
  const syncs = measureSyncs(folder, 1000);
  const writeMegabytesPerSecond = measureWriting(folder);
  const roundTrips = await measureRoundTrips(children, 1000);
  return {
    syncsPerSecond: syncs.perSecond,
    syncP50Us: syncs.p50Us,
    writeMegabytesPerSecond,
    roundTripsPerSecond: roundTrips.perSecond,
    roundTripP50Us: roundTrips.p50Us,
  };
}
