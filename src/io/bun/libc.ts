/**
 * The calls of libc that Bun lacks, through bun:ffi (settled 10): locks, space allocation, reads that never wait for
 * the device, reading ahead, and finding holes. Opened on first use. Only Linux has all but the first; elsewhere the
 * callers fall back.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

const rwfNowait = 0x8;
const fallocKeepSize = 0x1;
const fTlock = 2;
const fadvWillNeed = 3;
const seekData = 3;
const seekHole = 4;
/** The kernel reads no more for one call: its limit is that of the device, often about a MiB. */
const adviceBytesMax = 512 << 10;

const names = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

function openLinux() {
  for (const name of names) {
    try {
      return dlopen(name, {
        preadv2: {
          args: ["i32", "ptr", "i32", FFIType.i64_fast, FFIType.i64_fast, "i32"],
          returns: FFIType.i64_fast,
        },
        lseek: { args: ["i32", FFIType.i64_fast, "i32"], returns: FFIType.i64_fast },
        posix_fadvise: {
          args: ["i32", FFIType.i64_fast, FFIType.i64_fast, "i32"],
          returns: "i32",
        },
        fallocate: { args: ["i32", "i32", FFIType.i64_fast, FFIType.i64_fast], returns: "i32" },
        lockf: { args: ["i32", "i32", FFIType.i64_fast], returns: "i32" },
      }).symbols;
    } catch {
      // Another C library: try its name.
    }
  }
  return undefined;
}

function openDarwin() {
  return dlopen("libSystem.B.dylib", {
    lockf: { args: ["i32", "i32", FFIType.i64_fast], returns: "i32" },
  }).symbols;
}

type Linux = ReturnType<typeof openLinux>;
let linux: Linux | "closed" = "closed";

function linuxCalls(): Linux {
  if (linux === "closed") {
    linux = process.platform === "linux" ? openLinux() : undefined;
  }
  return linux;
}

const vectorBuffer = new ArrayBuffer(16);
const vectorWords = new Uint32Array(vectorBuffer);
const vectorBytes = new Uint8Array(vectorBuffer);

/** Reads what the page cache has: bytes read, 0 at the end of the file, −1 when the device is needed. */
export function readWithoutWaiting(
  descriptor: number,
  target: Buffer,
  at: number,
  bytes: number,
  position: number,
): number {
  const calls = linuxCalls();
  if (calls === undefined) {
    return -1;
  }
  const address = ptr(target) + at;
  vectorWords[0] = address >>> 0;
  vectorWords[1] = Math.floor(address / 0x1_0000_0000);
  vectorWords[2] = bytes;
  vectorWords[3] = 0;
  return Number(calls.preadv2(descriptor, vectorBytes, 1, position, 0, rwfNowait));
}

/** Has the kernel read what it does not have yet, and returns. Nothing where the system cannot. */
export function adviseReading(descriptor: number, position: number, bytes: number): void {
  const calls = linuxCalls();
  for (let at = 0; calls !== undefined && at < bytes; at += adviceBytesMax) {
    calls.posix_fadvise(
      descriptor,
      position + at,
      Math.min(bytes - at, adviceBytesMax),
      fadvWillNeed,
    );
  }
}

/** First byte at or behind the position that is not in a hole; −1 when only a hole follows, the position when unknown. */
export function seekPastHole(descriptor: number, position: number): number {
  const calls = linuxCalls();
  const found = Number(calls?.lseek(descriptor, position, seekData) ?? position);
  if (found >= 0) {
    return found;
  }
  // An error: of the many there are, only "no data follows" leaves the position in a hole.
  return Number(calls?.lseek(descriptor, position, seekHole)) === position ? -1 : position;
}

/** Reserves space without changing the file's size; false when the system cannot. */
export function allocateSpace(descriptor: number, position: number, bytes: number): boolean {
  return linuxCalls()?.fallocate(descriptor, fallocKeepSize, position, bytes) === 0;
}

/** Takes the lock on byte 0 without waiting; false when another process holds it. */
export function tryLock(descriptor: number): boolean {
  const calls = linuxCalls() ?? (process.platform === "darwin" ? openDarwin() : undefined);
  if (calls === undefined) {
    throw new Error("file locks are not available on this system");
  }
  return calls.lockf(descriptor, fTlock, 1) === 0;
}
