/** Files on Bun: synchronous calls for what the page cache answers, the file pool for what the device must. */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  read as readWithCallback,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import {
  type Disk,
  DiskError,
  type DiskErrorKind,
  type DiskFile,
  type DiskLock,
  type FolderEntry,
} from "../disk.ts";
import { type BackgroundGate, createBackgroundGate } from "./background-gate.ts";
import { adviseReading, allocateSpace, readWithoutWaiting, seekPastHole, tryLock } from "./libc.ts";

const kinds: Readonly<Record<string, DiskErrorKind>> = {
  ENOENT: "not_found",
  EEXIST: "exists",
  ENOSPC: "no_space",
  EDQUOT: "no_space",
  EFBIG: "no_space",
  EMFILE: "too_many_files",
  ENFILE: "too_many_files",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
};

const flags = { read: "r", write: "r+", create: "a+" } as const;
const zeros = Buffer.alloc(1 << 16);

function diskError(path: string, error: unknown): DiskError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new DiskError(kinds[code] ?? "failed", path, String(error));
}

function run<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(path, error);
  }
}

class BunFile implements DiskFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #gate: BackgroundGate;
  #isOpen = true;
  /** Work of the pool that was asked for and is not done. */
  #pendingCount = 0;

  constructor(path: string, descriptor: number, gate: BackgroundGate) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#gate = gate;
  }

  bytes(): number {
    this.#mustBeOpen();
    return run(this.path, () => fstatSync(this.#descriptor).size);
  }

  readInto(target: Buffer, at: number, bytes: number, position: number): number {
    this.#mustBeOpen();
    return run(this.path, () => {
      let done = 0;
      while (done < bytes) {
        const count = readSync(this.#descriptor, target, at + done, bytes - done, position + done);
        if (count === 0) {
          break;
        }
        done += count;
      }
      return done;
    });
  }

  readCached(target: Buffer, at: number, bytes: number, position: number): number {
    this.#mustBeOpen();
    const count = readWithoutWaiting(this.#descriptor, target, at, bytes, position);
    // A short answer means that the rest is not cached, or that the file ends: the slow way tells which.
    return count === bytes ? count : -1;
  }

  readLater(target: Buffer, at: number, bytes: number, position: number): Promise<number> {
    return this.#pending(() => this.#gate.run(() => this.#readOnPool(target, at, bytes, position)));
  }

  #readOnPool(target: Buffer, at: number, bytes: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const step = (done: number): void => {
        readWithCallback(
          this.#descriptor,
          target,
          at + done,
          bytes - done,
          position + done,
          (error, count) => {
            if (error !== null) {
              reject(diskError(this.path, error));
            } else if (count === 0 || done + count === bytes) {
              resolve(done + count);
            } else {
              step(done + count);
            }
          },
        );
      };
      step(0);
    });
  }

  readAhead(position: number, bytes: number): void {
    this.#mustBeOpen();
    adviseReading(this.#descriptor, position, bytes);
  }

  nextData(position: number): number {
    const size = this.bytes();
    if (position >= size) {
      return position;
    }
    const found = seekPastHole(this.#descriptor, position);
    return found < 0 ? size : found;
  }

  write(source: Buffer, start: number, end: number, position: number): void {
    this.#mustBeOpen();
    try {
      let at = start;
      while (at < end) {
        at += writeSync(this.#descriptor, source, at, end - at, position + at - start);
      }
    } catch (error) {
      throw diskError(this.path, error);
    }
  }

  sync(): Promise<void> {
    return this.#pending(() => this.#syncOnPool());
  }

  #syncOnPool(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => {
        if (error === null) {
          resolve();
        } else {
          reject(diskError(this.path, error));
        }
      });
    });
  }

  syncLater(): Promise<void> {
    return this.#pending(() => this.#gate.run(() => this.#syncOnPool()));
  }

  syncNow(): void {
    this.#mustBeOpen();
    run(this.path, () => fdatasyncSync(this.#descriptor));
  }

  truncate(bytes: number): void {
    this.#mustBeOpen();
    run(this.path, () => ftruncateSync(this.#descriptor, bytes));
  }

  allocate(position: number, bytes: number): void {
    this.#mustBeOpen();
    if (allocateSpace(this.#descriptor, position, bytes)) {
      return;
    }
    if (freeBytes(this.path) < bytes) {
      throw new DiskError("no_space", this.path, `no space for ${bytes} bytes`);
    }
    // No such call here: writing zeros gets the space or the truth about it.
    for (let at = 0; at < bytes; at += zeros.length) {
      this.write(zeros, 0, Math.min(zeros.length, bytes - at), position + at);
    }
  }

  /** What the pool has begun or will begin ends first: the number of a closed descriptor soon means another file. */
  close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#closeWhenDone();
    }
  }

  async #pending<T>(work: () => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    this.#pendingCount++;
    try {
      return await work();
    } finally {
      this.#pendingCount--;
      this.#closeWhenDone();
    }
  }

  #closeWhenDone(): void {
    if (!this.#isOpen && this.#pendingCount === 0) {
      run(this.path, () => closeSync(this.#descriptor));
    }
  }

  #mustBeOpen(): void {
    if (!this.#isOpen) {
      throw new DiskError("failed", this.path, "used after it was closed");
    }
  }
}

function freeBytes(path: string): number {
  return run(path, () => {
    const facts = statfsSync(path);
    return facts.bavail * facts.bsize;
  });
}

/** Makes the process's disk. */
export function createBunDisk(): Disk {
  const gate = createBackgroundGate();
  return {
    open(path, mode) {
      return run(path, () => {
        if (mode === "create" && !existsSync(path)) {
          closeSync(openSync(path, flags.create, 0o640));
        }
        return new BunFile(path, openSync(path, mode === "read" ? "r" : "r+"), gate);
      });
    },
    exists: (path) => existsSync(path),
    list: (folder) => listFolder(folder),
    makeFolder(folder) {
      run(folder, () => mkdirSync(folder, { recursive: true, mode: 0o750 }));
    },
    remove: (path) => run(path, () => unlinkSync(path)),
    removeFolder: (folder) => run(folder, () => rmSync(folder, { recursive: true, force: true })),
    rename: (from, to) => run(from, () => renameSync(from, to)),
    syncFolder: (folder) => syncFolder(folder),
    space(folder) {
      return run(folder, () => {
        const { blocks, bfree, bavail, bsize } = statfsSync(folder);
        // As `df` counts: what is kept for others (root, a quota) is neither used nor free.
        return { freeBytes: bavail * bsize, totalBytes: (blocks - bfree + bavail) * bsize };
      });
    },
    lock: (path) => lockFile(path),
  };
}

function listFolder(folder: string): readonly FolderEntry[] {
  return run(folder, () => {
    if (!existsSync(folder)) {
      return [];
    }
    const entries = readdirSync(folder).map((name) => {
      const facts = statSync(join(folder, name), { throwIfNoEntry: false });
      return {
        name,
        isFolder: facts?.isDirectory() ?? false,
        bytes: facts?.size ?? 0,
        modifiedMs: facts?.mtimeMs ?? 0,
      };
    });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}

function syncFolder(folder: string): void {
  run(folder, () => {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } catch (error) {
      // EINVAL says that nothing there can be synced (fsync(2)): a folder of the kernel's own, as /proc.
      if (!(error instanceof Error && "code" in error && error.code === "EINVAL")) {
        throw error;
      }
    } finally {
      closeSync(descriptor);
    }
  });
}

/**
 * Lock files of this process. The system's locks belong to the process: a second one would be granted, and closing
 * any descriptor of the file would drop the first.
 */
const lockedFiles = new Set<string>();

function lockFile(path: string): DiskLock | undefined {
  return run(path, () => {
    const known = statSync(path, { throwIfNoEntry: false });
    if (known !== undefined && lockedFiles.has(`${known.dev}:${known.ino}`)) {
      return undefined;
    }
    const descriptor = openSync(path, flags.create, 0o640);
    if (!tryLock(descriptor)) {
      closeSync(descriptor);
      return undefined;
    }
    const { dev, ino } = fstatSync(descriptor);
    const name = `${dev}:${ino}`;
    lockedFiles.add(name);
    return {
      release() {
        if (lockedFiles.delete(name)) {
          closeSync(descriptor);
        }
      },
    };
  });
}
