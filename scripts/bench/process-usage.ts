/**
 * What a process and the machine have used, read from /proc at two moments and subtracted.
 *
 * Processor time of a process counts all its threads, also those that have ended. `write_bytes` counts
 * pages when they are made dirty, whether by a write or through a mapping. It counts the whole of a large
 * folio for one dirty byte, and again each time after the folio was written out: where the page cache holds
 * a file in large folios, it says many times what the device gets. The device's own count is therefore read
 * as well; that one holds what everybody else wrote, too.
 */
import { readFileSync, statSync } from "node:fs";

const ticksPerSecond = 100;
const pageFieldKiB = 1024;

export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly writtenBytes: number;
}

export interface MachineUsage {
  readonly totalTicks: number;
  readonly idleTicks: number;
  readonly stealTicks: number;
}

export interface MachineShares {
  readonly idle: number;
  readonly steal: number;
  /** Processor seconds that passed on all cores together. */
  readonly coreSeconds: number;
}

/** Sums of one moment over the given processes. A process that is gone is an error: its figures are lost. */
export function readProcessUsage(pids: readonly number[]): ProcessUsage {
  let cpuSeconds = 0;
  let writtenBytes = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the name in parentheses and may hold blanks; counting starts behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    cpuSeconds += (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    writtenBytes += numberAfter(readFileSync(`/proc/${pid}/io`, "latin1"), "write_bytes:");
  }
  return { cpuSeconds, writtenBytes };
}

/** Memory that only these processes hold and that no file backs. */
export function readAnonymousBytes(pids: readonly number[]): number {
  let bytes = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
    bytes += numberAfter(text, "Anonymous:") * pageFieldKiB;
  }
  return bytes;
}

/** When a process was executed, in milliseconds of the machine's clock since boot (steps of 10 ms). */
export function readStartMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[19]) * 1000) / ticksPerSecond;
}

/** Milliseconds since boot, on the clock of `readStartMs`. */
export function readUptimeMs(): number {
  return Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]) * 1000;
}

const sectorBytes = 512;

/** Bytes that the device below the folder has written for anybody; NaN where no device is to be seen. */
export function readDeviceWrittenBytes(folder: string): number {
  const { dev } = statSync(folder);
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  for (const line of readFileSync("/proc/diskstats", "latin1").split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (Number(fields[0]) === major && Number(fields[1]) === minor) {
      return Number(fields[9]) * sectorBytes;
    }
  }
  return Number.NaN;
}

export function readMachineUsage(): MachineUsage {
  const line = readFileSync("/proc/stat", "latin1").split("\n", 1)[0] ?? "";
  const ticks = line.trim().split(/\s+/).slice(1).map(Number);
  // Guest time (fields 9 and 10) is part of user time already.
  const totalTicks = ticks.slice(0, 8).reduce((sum, value) => sum + value, 0);
  return {
    totalTicks,
    idleTicks: (ticks[3] ?? 0) + (ticks[4] ?? 0),
    stealTicks: ticks[7] ?? 0,
  };
}

export function machineShares(before: MachineUsage, after: MachineUsage): MachineShares {
  const total = Math.max(after.totalTicks - before.totalTicks, 1);
  return {
    idle: (after.idleTicks - before.idleTicks) / total,
    steal: (after.stealTicks - before.stealTicks) / total,
    coreSeconds: total / ticksPerSecond,
  };
}

function numberAfter(text: string, label: string): number {
  const at = text.indexOf(label);
  if (at < 0) {
    throw new Error(`/proc shows no "${label}"`);
  }
  return Number.parseInt(text.slice(at + label.length), 10);
}
