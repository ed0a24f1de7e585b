/**
 * The files of one simulated machine. A folder too exists twice: as processes see it, and as the device
 * has it. Creating, renaming and removing change the first at once and the second when the folder is
 * synced; at a power cut a prefix of each folder's unsynced changes survives, as a journal would keep it.
 */
import { DiskError, type FolderEntry } from "../../src/io/disk.ts";
import { type CutOdds, Inode, pageBytes } from "./inode.ts";
import type { SeededRandom } from "./random.ts";

type Entry = Folder | Inode;

/** One step: all of it is on the device, or nothing. */
type FolderChange = readonly { readonly name: string; readonly entry: Entry | undefined }[];

class Folder {
  readonly entries = new Map<string, Entry>();
  readonly durableEntries = new Map<string, Entry>();
  readonly unsynced: FolderChange[] = [];

  change(change: FolderChange): void {
    apply(this.entries, change);
    this.unsynced.push(change);
  }

  sync(): void {
    for (const change of this.unsynced) {
      apply(this.durableEntries, change);
    }
    this.unsynced.length = 0;
  }
}

function apply(entries: Map<string, Entry>, change: FolderChange): void {
  for (const { name, entry } of change) {
    if (entry === undefined) {
      entries.delete(name);
    } else {
      entries.set(name, entry);
    }
  }
}

/** How a process ended: the machine went on, or lost its power. */
export type CrashKind = "kill" | "power";

export class DiskImage {
  /** Space of the device, and what others have taken of it. */
  readonly totalBytes: number;
  takenByOthersBytes = 0;
  #root = new Folder();

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  get freeBytes(): number {
    return Math.max(
      0,
      this.totalBytes - this.takenByOthersBytes - countPages(this.#root) * pageBytes,
    );
  }

  /** The image that the next incarnation starts from; this one stays as the dying process sees it. */
  afterCrash(kind: CrashKind, random: SeededRandom, odds: CutOdds): DiskImage {
    const next = new DiskImage(this.totalBytes);
    next.takenByOthersBytes = this.takenByOthersBytes;
    next.#root =
      kind === "kill"
        ? folderAfterKill(this.#root, random)
        : folderAfterCut(this.#root, random, odds);
    return next;
  }

  file(path: string): Inode | undefined {
    const entry = this.#find(path);
    return entry instanceof Inode ? entry : undefined;
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  create(path: string): Inode {
    const { folder, name } = this.#parent(path);
    const entry = folder.entries.get(name);
    if (entry instanceof Folder) {
      throw new DiskError("failed", path, "is a folder");
    }
    if (entry !== undefined) {
      return entry;
    }
    const file = new Inode();
    folder.change([{ name, entry: file }]);
    return file;
  }

  list(path: string): readonly FolderEntry[] {
    const folder = this.#find(path);
    if (!(folder instanceof Folder)) {
      return [];
    }
    return [...folder.entries]
      .map(([name, entry]) => ({
        name,
        isFolder: entry instanceof Folder,
        bytes: entry instanceof Folder ? 0 : entry.bytes,
        modifiedMs: 0,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  makeFolder(path: string): void {
    let folder = this.#root;
    for (const name of partsOf(path)) {
      let entry = folder.entries.get(name);
      if (entry instanceof Inode) {
        throw new DiskError("exists", path, "a file is in the way");
      }
      if (entry === undefined) {
        entry = new Folder();
        folder.change([{ name, entry }]);
      }
      folder = entry;
    }
  }

  /** A folder that the device has had for long. */
  giveFolder(path: string): void {
    this.makeFolder(path);
    const parts = partsOf(path);
    for (let depth = 0; depth < parts.length; depth++) {
      this.syncFolder(parts.slice(0, depth).join("/"));
    }
  }

  remove(path: string): void {
    const { folder, name } = this.#parent(path);
    if (!(folder.entries.get(name) instanceof Inode)) {
      throw new DiskError("not_found", path, "no such file");
    }
    folder.change([{ name, entry: undefined }]);
  }

  removeFolder(path: string): void {
    const target = this.#find(path);
    if (!(target instanceof Folder)) {
      return;
    }
    for (const [name, entry] of target.entries) {
      if (entry instanceof Folder) {
        this.removeFolder(`${path}/${name}`);
      } else {
        target.change([{ name, entry: undefined }]);
      }
    }
    const { folder, name } = this.#parent(path);
    folder.change([{ name, entry: undefined }]);
  }

  rename(from: string, to: string): void {
    const source = this.#parent(from);
    const target = this.#parent(to);
    const entry = source.folder.entries.get(source.name);
    if (entry === undefined) {
      throw new DiskError("not_found", from, "no such file");
    }
    if (source.folder === target.folder) {
      source.folder.change([
        { name: source.name, entry: undefined },
        { name: target.name, entry },
      ]);
    } else {
      target.folder.change([{ name: target.name, entry }]);
      source.folder.change([{ name: source.name, entry: undefined }]);
    }
  }

  syncFolder(path: string): void {
    const folder = this.#find(path);
    if (!(folder instanceof Folder)) {
      throw new DiskError("not_found", path, "no such folder");
    }
    folder.sync();
  }

  /** Every file with its path, in order. */
  files(): readonly { readonly path: string; readonly file: Inode }[] {
    return collectFiles(this.#root, "");
  }

  #find(path: string): Entry | undefined {
    let entry: Entry | undefined = this.#root;
    for (const name of partsOf(path)) {
      entry = entry instanceof Folder ? entry.entries.get(name) : undefined;
    }
    return entry;
  }

  #parent(path: string): { readonly folder: Folder; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    const folder = this.#find(parts.join("/"));
    if (name === undefined || !(folder instanceof Folder)) {
      throw new DiskError("not_found", path, "its folder is missing");
    }
    return { folder, name };
  }
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function countPages(folder: Folder): number {
  let count = 0;
  for (const entry of folder.entries.values()) {
    count += entry instanceof Folder ? countPages(entry) : entry.allocated.size;
  }
  return count;
}

function collectFiles(folder: Folder, path: string): { path: string; file: Inode }[] {
  return [...folder.entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, entry]) =>
      entry instanceof Folder
        ? collectFiles(entry, `${path}/${name}`)
        : [{ path: `${path}/${name}`, file: entry }],
    );
}

/** Copies share inodes that two names lead to, so that a later sync reaches both. */
function folderAfterKill(
  folder: Folder,
  random: SeededRandom,
  copies = new Map<Entry, Entry>(),
): Folder {
  const copyOf = (entry: Entry): Entry => {
    let copy = copies.get(entry);
    if (copy === undefined) {
      copy =
        entry instanceof Folder ? folderAfterKill(entry, random, copies) : entry.afterKill(random);
      copies.set(entry, copy);
    }
    return copy;
  };
  const next = new Folder();
  for (const [name, entry] of folder.entries) {
    next.entries.set(name, copyOf(entry));
  }
  for (const [name, entry] of folder.durableEntries) {
    next.durableEntries.set(name, copyOf(entry));
  }
  for (const change of folder.unsynced) {
    next.unsynced.push(change.map(({ name, entry }) => ({ name, entry: entry && copyOf(entry) })));
  }
  return next;
}

function folderAfterCut(folder: Folder, random: SeededRandom, odds: CutOdds): Folder {
  const survivors = new Map(folder.durableEntries);
  const keptCount = random.below(folder.unsynced.length + 1);
  for (const change of folder.unsynced.slice(0, keptCount)) {
    apply(survivors, change);
  }
  const next = new Folder();
  for (const [name, entry] of survivors) {
    const after =
      entry instanceof Folder
        ? folderAfterCut(entry, random, odds)
        : entry.afterPowerCut(random, odds);
    next.entries.set(name, after);
    next.durableEntries.set(name, after);
  }
  return next;
}
