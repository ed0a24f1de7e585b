/**
 * The disk as one simulated process sees it. It works on the machine's image and does what the plan
 * says: syncs that take time, fail or lie; a full device; reads that must wait; a crash in the middle of
 * the n-th change.
 */
import { type Disk, DiskError, type DiskFile, type DiskLock } from "../../src/io/disk.ts";
import type { DiskImage } from "./disk-image.ts";
import { type Inode, pageBytes } from "./inode.ts";
import type { Kernel, Life } from "./kernel.ts";
import type { SeededRandom } from "./random.ts";

/** What the disk of one machine does; the nemesis changes it while the machine runs. */
export interface DiskPlan {
  /** Reads that the page cache does not answer. */
  coldReadChance: number;
  readDelayMs: number;
  syncDelayMs: number;
  /** Now and then a sync takes this long. */
  slowSyncMs: number;
  slowSyncChance: number;
  /** Syncs from now on that fail; Infinity: all. */
  failingSyncs: number;
  /** Writes from now on that fail after a part of them. */
  failingWrites: number;
  /** A device that says "done" and has done nothing: proves the checkers. */
  isLying: boolean;
  /** Chance at each write that the system writes dirty sectors back by itself. */
  writeBackChance: number;
  /** Changes until `crash` is called in the middle of one; 0: never. */
  changesUntilCrash: number;
}

/** A disk without faults. */
export function calmDisk(): DiskPlan {
  return {
    coldReadChance: 0,
    readDelayMs: 0.1,
    syncDelayMs: 0.3,
    slowSyncMs: 0,
    slowSyncChance: 0,
    failingSyncs: 0,
    failingWrites: 0,
    isLying: false,
    writeBackChance: 0.02,
    changesUntilCrash: 0,
  };
}

export interface DiskOptions {
  readonly kernel: Kernel;
  readonly life: Life;
  readonly image: DiskImage;
  readonly plan: DiskPlan;
  readonly random: SeededRandom;
  /** Locks of the machine by path; a dead holder has released its own. */
  readonly locks: Map<string, Life>;
  /** Ends this life; what it does afterwards has no effect on the machine. */
  readonly crash: () => void;
  /** The device answered an error to a write or a sync. */
  readonly failed: () => void;
}

/** Makes the disk of one incarnation. */
export function createSimulatedDisk(options: DiskOptions): Disk {
  const { image, life, locks } = options;
  /** A change is about to happen: the machine may stop right before it. */
  const change = (what: string): void => {
    note(options, what);
    if (isCrashDue(options)) {
      options.crash();
    }
  };
  return {
    open(path, mode): DiskFile {
      const existing = image.file(path);
      if (existing !== undefined) {
        return new SimulatedFile(path, existing, options);
      }
      if (mode !== "create") {
        throw new DiskError("not_found", path, "no such file");
      }
      change(`create ${path}`);
      return new SimulatedFile(path, image.create(path), options);
    },
    exists: (path) => image.exists(path),
    list: (folder) => image.list(folder),
    makeFolder(folder) {
      change(`folder ${folder}`);
      image.makeFolder(folder);
    },
    remove(path) {
      change(`remove ${path}`);
      image.remove(path);
    },
    removeFolder(folder) {
      change(`remove folder ${folder}`);
      image.removeFolder(folder);
    },
    rename(from, to) {
      change(`rename ${from} ${to}`);
      image.rename(from, to);
    },
    syncFolder(folder) {
      change(`sync folder ${folder}`);
      if (!options.plan.isLying) {
        image.syncFolder(folder);
      }
    },
    space: () => ({ freeBytes: image.freeBytes, totalBytes: image.totalBytes }),
    lock(path): DiskLock | undefined {
      if (locks.get(path)?.isAlive) {
        return undefined;
      }
      image.create(path);
      locks.set(path, life);
      return { release: () => void locks.delete(path) };
    },
  };
}

function note({ kernel, life }: DiskOptions, what: string): void {
  if (life.isAlive) {
    kernel.trace.note(`${life.node} ${what}`);
  }
}

function isCrashDue({ plan, life }: DiskOptions): boolean {
  if (plan.changesUntilCrash === 0 || !life.isAlive) {
    return false;
  }
  plan.changesUntilCrash--;
  return plan.changesUntilCrash === 0;
}

class SimulatedFile implements DiskFile {
  readonly path: string;
  readonly #file: Inode;
  readonly #options: DiskOptions;
  #isOpen = true;

  constructor(path: string, file: Inode, options: DiskOptions) {
    this.path = path;
    this.#file = file;
    this.#options = options;
  }

  bytes(): number {
    this.#mustBeOpen();
    return this.#file.bytes;
  }

  readInto(target: Buffer, at: number, bytes: number, position: number): number {
    this.#mustBeOpen();
    return this.#file.read(target, at, bytes, position);
  }

  readCached(target: Buffer, at: number, bytes: number, position: number): number {
    this.#mustBeOpen();
    const { kernel, plan, random } = this.#options;
    if (plan.coldReadChance > 0 && random.chance(plan.coldReadChance)) {
      kernel.reached("cold read");
      return -1;
    }
    return position + bytes > this.#file.bytes ? -1 : this.#file.read(target, at, bytes, position);
  }

  readLater(target: Buffer, at: number, bytes: number, position: number): Promise<number> {
    this.#mustBeOpen();
    const { kernel, life, plan, random } = this.#options;
    return new Promise((resolve) => {
      kernel.after(life, random.between(0.02, 2 * plan.readDelayMs), () => {
        resolve(this.#file.read(target, at, bytes, position));
      });
    });
  }

  readAhead(): void {
    this.#mustBeOpen();
  }

  nextData(position: number): number {
    this.#mustBeOpen();
    return position;
  }

  write(source: Buffer, start: number, end: number, position: number): void {
    this.#mustBeOpen();
    const { kernel, life, image, plan, random } = this.#options;
    if (life.isAlive) {
      kernel.trace.noteBytes(`${life.node} write ${this.path} ${position}`, source, start, end);
    }
    if (isCrashDue(this.#options)) {
      const part = start + random.below(end - start + 1);
      this.#file.write(source, start, part, position);
      this.#options.crash();
    }
    if (plan.failingWrites > 0 && life.isAlive) {
      plan.failingWrites--;
      kernel.reached("failed write");
      this.#options.failed();
      this.#file.write(source, start, start + random.below(end - start), position);
      throw new DiskError("failed", this.path, "the device answered an error");
    }
    const missing = this.#pagesMissing(position, end - start);
    if (missing.length > 0 && missing.length * pageBytes > image.freeBytes) {
      kernel.reached("no space for a write");
      throw new DiskError("no_space", this.path, "no space left on the device");
    }
    this.#take(missing);
    this.#file.write(source, start, end, position);
    if (random.chance(plan.writeBackChance)) {
      this.#file.writeBack(random, random.between(0, 1));
    }
  }

  sync(): Promise<void> {
    this.#mustBeOpen();
    const { kernel, life, plan, random } = this.#options;
    note(this.#options, `sync ${this.path}`);
    if (isCrashDue(this.#options)) {
      this.#options.crash();
    }
    const isSlow = random.chance(plan.slowSyncChance);
    if (isSlow) {
      kernel.reached("slow sync");
    }
    const delayMs = isSlow ? plan.slowSyncMs : random.between(0.3, 1.7) * plan.syncDelayMs;
    const finish = this.#beginSync();
    return new Promise((resolve, reject) => {
      kernel.after(life, delayMs, () => {
        const error = finish();
        if (error === undefined) {
          resolve();
        } else {
          reject(error);
        }
      });
    });
  }

  syncLater(): Promise<void> {
    return this.sync();
  }

  syncNow(): void {
    this.#mustBeOpen();
    note(this.#options, `sync now ${this.path}`);
    if (isCrashDue(this.#options)) {
      this.#options.crash();
    }
    const error = this.#beginSync()();
    if (error !== undefined) {
      throw error;
    }
  }

  truncate(bytes: number): void {
    this.#mustBeOpen();
    note(this.#options, `truncate ${this.path} ${bytes}`);
    if (isCrashDue(this.#options)) {
      this.#options.crash();
    }
    this.#file.truncate(bytes);
  }

  allocate(position: number, bytes: number): void {
    this.#mustBeOpen();
    const { kernel, image } = this.#options;
    const missing = this.#pagesMissing(position, bytes);
    if (missing.length > 0 && missing.length * pageBytes > image.freeBytes) {
      kernel.reached("no space to allocate");
      throw new DiskError("no_space", this.path, "no space left on the device");
    }
    this.#take(missing);
  }

  close(): void {
    this.#isOpen = false;
  }

  /** What is dirty now; calling the result lets the device have it, or not. */
  #beginSync(): () => DiskError | undefined {
    const { kernel, plan } = this.#options;
    const snapshot = this.#file.snapshot();
    const isFailing = plan.failingSyncs > 0;
    if (isFailing) {
      plan.failingSyncs--;
      kernel.reached("failed sync");
    }
    return () => {
      if (isFailing) {
        this.#options.failed();
        this.#file.syncFailed(snapshot);
        return new DiskError("failed", this.path, "the device answered an error");
      }
      if (!plan.isLying) {
        this.#file.syncDone(snapshot);
      }
      return undefined;
    };
  }

  #pagesMissing(position: number, bytes: number): number[] {
    const missing: number[] = [];
    const last = Math.floor((position + bytes - 1) / pageBytes);
    for (let page = Math.floor(position / pageBytes); page <= last; page++) {
      if (!this.#file.allocated.has(page)) {
        missing.push(page);
      }
    }
    return missing;
  }

  #take(pages: readonly number[]): void {
    for (const page of pages) {
      this.#file.allocated.add(page);
    }
  }

  #mustBeOpen(): void {
    if (!this.#isOpen) {
      throw new DiskError("failed", this.path, "used after it was closed");
    }
  }
}
