/**
 * What recovery cut off, kept beside the log in files named by the offset of their first byte: pieces of a segment, or
 * whole segments. Durable before the log loses it; of too many, those with the lowest offsets go. A disk without room
 * for a piece costs that piece: it is no reason not to start.
 */
import { limits } from "../../core/limits.ts";
import { type Disk, DiskError, joinPath } from "../../io/disk.ts";
import type { Log } from "../../io/log.ts";
import { offsetFileName, type StorePaths } from "../paths.ts";

export class CutFolder {
  readonly #disk: Disk;
  readonly #paths: StorePaths;
  readonly #journal: Log;

  constructor(disk: Disk, paths: StorePaths, journal: Log) {
    this.#disk = disk;
    this.#paths = paths;
    this.#journal = journal;
  }

  /** Keeps the first `bytes` of a piece that lay at the offset. */
  save(offset: number, piece: Buffer, bytes: number): void {
    try {
      this.#save(offset, piece, bytes);
    } catch (error) {
      if (!(error instanceof DiskError && error.kind === "no_space")) {
        throw error;
      }
      this.#journal.error("the disk is full: what is cut off the log is not saved", {
        offset,
        bytes,
      });
      this.#drop(offset);
    }
  }

  #save(offset: number, piece: Buffer, bytes: number): void {
    this.#makeRoom();
    const file = this.#disk.open(this.#pathOf(offset), "create");
    try {
      file.truncate(0);
      file.write(piece, 0, bytes, 0);
      file.syncNow();
    } finally {
      file.close();
    }
    this.#syncFolders();
  }

  /** Moves a whole file here that began at the offset. */
  take(path: string, offset: number): void {
    this.#makeRoom();
    this.#disk.rename(path, this.#pathOf(offset));
    this.#syncFolders();
  }

  #pathOf(offset: number): string {
    return joinPath(this.#paths.cut, offsetFileName(offset));
  }

  /** Takes back what was saved of a piece. */
  #drop(offset: number): void {
    const path = this.#pathOf(offset);
    if (this.#disk.exists(path)) {
      this.#disk.remove(path);
    }
  }

  #makeRoom(): void {
    this.#disk.makeFolder(this.#paths.cut);
    const kept = this.#disk.list(this.#paths.cut);
    for (const old of kept.slice(0, Math.max(0, kept.length + 1 - limits.cutFilesMax))) {
      this.#disk.remove(joinPath(this.#paths.cut, old.name));
    }
  }

  #syncFolders(): void {
    this.#disk.syncFolder(this.#paths.cut);
    this.#disk.syncFolder(this.#paths.own);
  }
}
