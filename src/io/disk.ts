/**
 * Files, as the product sees them. Creating, renaming or removing a file is complete only after
 * its folder was synced; written bytes are durable only after `sync` resolved. The simulated disk
 * (test/simulation/disk.ts) punishes forgetting either.
 *
 * Every call may throw `DiskError`.
 */

export type DiskErrorKind =
  | "not_found"
  | "exists"
  | "no_space"
  | "too_many_files"
  | "denied"
  | "failed";

/** What the machine said about a file. `full` disks and failed syncs are told apart by `kind`. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly kind: DiskErrorKind;
  readonly path: string;

  constructor(kind: DiskErrorKind, path: string, message: string) {
    super(`${path}: ${message}`);
    this.kind = kind;
    this.path = path;
  }
}

export interface DiskFile {
  readonly path: string;
  /** Size in bytes now. */
  bytes(): number;
  /** Reads up to `bytes` into target; returns how many were there. Blocks: for start-up and tools. */
  readInto(target: Buffer, at: number, bytes: number, position: number): number;
  /** As `readInto`, but −1 at once when the bytes would have to come from the device. */
  readCached(target: Buffer, at: number, bytes: number, position: number): number;
  /** As `readInto`, on another thread. */
  readLater(target: Buffer, at: number, bytes: number, position: number): Promise<number>;
  /** Begins to bring the bytes into memory where the system can: a hint, back at once. */
  readAhead(position: number, bytes: number): void;
  /**
   * Where something may have been written, at or behind the position: what lies before is a hole, and reads as zeros. The
   * size of the file when there is nothing more in it; the position itself behind its end, and where the system cannot tell.
   */
  nextData(position: number): number;
  /** Writes all of source[start, end). Back when the kernel has it. */
  write(source: Buffer, start: number, end: number, position: number): void;
  /** Back when the device has everything written before the call. Rejection is final for the file. */
  sync(): Promise<void>;
  /** As `sync`, but one at a time and behind cold reads: for checkpoints, which nobody waits for. */
  syncLater(): Promise<void>;
  /** As `sync`, blocking: for start-up, clean stop and small state files. */
  syncNow(): void;
  /** Sets the size; growing makes a hole. */
  truncate(bytes: number): void;
  /** Makes sure that [position, position + bytes) can be written without running out of space. */
  allocate(position: number, bytes: number): void;
  close(): void;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly bytes: number;
  /** When it was written last, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

export interface DiskLock {
  release(): void;
}

export interface Disk {
  /** "read" and "write" need the file; "create" makes it when missing. Makes no folders. */
  open(path: string, mode: "read" | "write" | "create"): DiskFile;
  exists(path: string): boolean;
  /** Entries sorted by name; empty when the folder is missing. */
  list(folder: string): readonly FolderEntry[];
  /** Makes the folder and its parents. */
  makeFolder(folder: string): void;
  remove(path: string): void;
  removeFolder(folder: string): void;
  /** Replaces the target. */
  rename(from: string, to: string): void;
  syncFolder(folder: string): void;
  /** Bytes that are free for this process, and those with what is used: what `df` reckons with. */
  space(folder: string): { readonly freeBytes: number; readonly totalBytes: number };
  /** Takes the exclusive lock on byte 0 of the file (made when missing), or undefined when somebody holds it. */
  lock(path: string): DiskLock | undefined;
}

/** The folder that a path lies in; of `/` and `.` themselves. */
export function parentFolder(path: string): string {
  const at = path.lastIndexOf("/");
  return at > 0 ? path.slice(0, at) : at === 0 ? "/" : ".";
}

/** Joins with `/`; with parentFolder the only path arithmetic outside `io/bun`. */
export function joinPath(...parts: readonly string[]): string {
  return parts.join("/").replace(/\/+/g, "/");
}
