/**
 * The files of the key index while a store runs: entries go into the newest, a full one is followed by another, a
 * damaged one is dropped with those behind it. Knows how far the files are complete, for snapshots.
 */
import type { Clock } from "../../io/clock.ts";
import { type Disk, parentFolder } from "../../io/disk.ts";
import type { Log } from "../../io/log.ts";
import { emptyKeyHeader, KeyFile } from "./key-file.ts";
import { type KeyMark, keyFileName, type OpenedKeyFolder, removeKeyFile } from "./key-folder.ts";

/** Paths to be synced before a snapshot may speak of them. */
export interface DirtyPaths {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface KeyFilesOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: string;
  readonly opened: OpenedKeyFolder;
}

export class KeyFiles {
  readonly #options: KeyFilesOptions;
  readonly #files: KeyFile[];
  #mark: KeyMark;
  readonly #dirtyFiles = new Set<string>();
  #hasNewFile = false;

  constructor(options: KeyFilesOptions) {
    const { files, offset } = options.opened;
    this.#options = options;
    this.#files = [...files];
    this.#mark = markOf(offset, files.at(-1));
  }

  get newest(): KeyFile | undefined {
    return this.#files.at(-1);
  }

  newestFirst(): readonly KeyFile[] {
    return [...this.#files].reverse();
  }

  /** How far the files are complete, once `takeDirty` is synced. */
  get mark(): KeyMark {
    return this.#mark;
  }

  /** Something was written that no snapshot knows of. */
  get isDirty(): boolean {
    return this.#dirtyFiles.size > 0;
  }

  /** Takes the paths written since the last call. */
  takeDirty(): DirtyPaths {
    const { folder } = this.#options;
    const files = [...this.#dirtyFiles];
    const folders = this.#hasNewFile ? [folder, parentFolder(folder)] : [];
    this.#dirtyFiles.clear();
    this.#hasNewFile = false;
    return { files, folders };
  }

  /** Takes back what could not be synced. */
  putBack(dirty: DirtyPaths): void {
    for (const path of dirty.files) {
      this.#dirtyFiles.add(path);
    }
    this.#hasNewFile ||= dirty.folders.length > 0;
  }

  /** Writes entries: those of all records below the offset are in the files then. Throws DiskError. */
  flush(offset: number): void {
    const { newest } = this;
    if (newest?.isReady) {
      newest.flush();
      this.#dirtyFiles.add(newest.path);
    }
    this.#mark = markOf(offset, newest);
  }

  /** Stores the newest file whole, so that a start need not make its slots again. Throws DiskError. */
  async store(offset: number): Promise<void> {
    const { newest } = this;
    if (newest?.isReady) {
      this.flush(offset);
      await newest.storeSlots(() => this.#pause());
      this.#dirtyFiles.add(newest.path);
      this.#mark = markOf(offset, newest);
    }
  }

  /**
   * Gets the newest file ready for entries, or makes one behind it. Returns the offset to go on from: an earlier one
   * where entries turned out to be lost. Throws DiskError.
   */
  async makeRoom(offset: number): Promise<number> {
    const { disk, folder, clock, opened } = this.#options;
    const { newest } = this;
    if (newest !== undefined && !newest.isFull) {
      return await this.#load(newest, offset);
    }
    if (newest?.isReady) {
      newest.flush();
      await newest.storeSlots(() => this.#pause());
      newest.release();
      this.#dirtyFiles.add(newest.path);
    }
    disk.makeFolder(folder);
    const made = new KeyFile(disk, folder, {
      name: keyFileName(clock.nowMs(), newest?.name),
      geometry: opened.geometry,
      header: emptyKeyHeader(),
      areSlotsStored: false,
    });
    made.create();
    this.#files.push(made);
    this.#dirtyFiles.add(made.path);
    this.#hasNewFile = true;
    return offset;
  }

  /** Makes the slots of the newest file again where they are not stored. Returns as `makeRoom` does. */
  async mend(offset: number): Promise<number> {
    const { newest } = this;
    return newest === undefined || newest.areSlotsStored || newest.isReady
      ? offset
      : await this.#load(newest, offset);
  }

  /** Drops a file and those behind it. Returns the offset to go on from. */
  drop(file: KeyFile, offset: number): number {
    const index = this.#files.indexOf(file);
    if (index < 0) {
      return offset;
    }
    const { disk, folder } = this.#options;
    for (const each of this.#files.splice(index)) {
      this.#dirtyFiles.delete(each.path);
      removeKeyFile(disk, folder, each);
    }
    return this.#goBack(offset, this.newest?.header.endOffset ?? 0);
  }

  /** Removes files that speak only of records below the offset: the log does not have them any more. */
  removeBelow(offset: number): void {
    const { disk, folder } = this.#options;
    for (
      let first = this.#files[0];
      this.#files.length > 1 && first !== undefined && first.header.endOffset < offset;
      first = this.#files[0]
    ) {
      this.#files.shift();
      removeKeyFile(disk, folder, first);
    }
  }

  close(): void {
    for (const file of this.#files) {
      file.release();
    }
  }

  async #load(file: KeyFile, offset: number): Promise<number> {
    const { nextEntry } = file.header;
    await file.load();
    if (file.header.nextEntry === nextEntry) {
      return offset;
    }
    this.#options.log.error("the key index is damaged", {
      file: file.name,
      reason: `it has ${file.header.nextEntry - 1} of ${nextEntry - 1} entries`,
    });
    const before = this.#files.at(-2)?.header.endOffset ?? 0;
    return this.#goBack(offset, Math.max(file.header.endOffset, before));
  }

  #goBack(offset: number, soundOffset: number): number {
    const back = Math.min(offset, soundOffset);
    this.#mark = markOf(back, this.newest);
    return back;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.endOfTurn(resolve));
  }
}

function markOf(offset: number, file: KeyFile | undefined): KeyMark {
  return file === undefined
    ? { offset }
    : {
        offset,
        file: {
          name: file.name,
          header: { ...file.header },
          areSlotsStored: file.areSlotsStored,
        },
      };
}
