/**
 * A folder of backups of one store:
 *
 * ```
 * DIR/
 *   mq-backup        says what the folder is
 *   lock             held while a backup is made or pruned
 *   backups/ID       a manifest each, written last (manifest.ts)
 *   objects/NAME     segments and files, named by place and content; shared by all backups that contain them
 *   unfinished       what a backup under way has copied: the next run goes on there
 * ```
 */
import { DecodeError, MqError } from "../../core/error.ts";
import { type Disk, type DiskLock, joinPath } from "../../io/disk.ts";
import { readWhole, replaceWhole } from "../../io/whole-file.ts";
import {
  type BackupManifest,
  type BackupSegment,
  formatManifest,
  objectsOf,
  readManifest,
} from "./manifest.ts";

const mark = "mq-backup 1\n";

/** A manifest that cannot be read, and why. */
export interface BrokenBackup {
  readonly id: string;
  readonly reason: string;
}

export interface BackupsFound {
  /** Oldest first. */
  readonly backups: readonly BackupManifest[];
  readonly broken: readonly BrokenBackup[];
}

export class BackupRepository {
  readonly disk: Disk;
  readonly root: string;

  private constructor(disk: Disk, root: string) {
    this.disk = disk;
    this.root = root;
  }

  /** Opens what is there. Throws MqError `not_found`. */
  static open(disk: Disk, root: string): BackupRepository {
    const repository = new BackupRepository(disk, root);
    const text = readWhole(disk, repository.#markPath)?.toString("latin1");
    if (text === undefined) {
      throw new MqError("not_found", `${root} holds no backups`);
    }
    if (text !== mark) {
      throw new MqError("store_unavailable", `${root} was written by a later mq`);
    }
    return repository;
  }

  /** Opens it, or makes it of a folder that is missing or empty. Throws MqError `store_unavailable` for any other. */
  static make(disk: Disk, root: string): BackupRepository {
    const repository = new BackupRepository(disk, root);
    if (disk.exists(repository.#markPath)) {
      return BackupRepository.open(disk, root);
    }
    if (disk.list(root).length > 0) {
      throw new MqError(
        "store_unavailable",
        `${root} is not empty, and holds no backups: choose a folder of its own`,
      );
    }
    disk.makeFolder(joinPath(root, "objects"));
    disk.makeFolder(joinPath(root, "backups"));
    replaceWhole(disk, repository.#markPath, Buffer.from(mark, "latin1"));
    return repository;
  }

  /** Undefined while another process makes or prunes backups. */
  lock(): DiskLock | undefined {
    return this.disk.lock(joinPath(this.root, "lock"));
  }

  objectPath(name: string): string {
    return joinPath(this.root, "objects", name);
  }

  /** Its size; undefined when it is not there. */
  objectBytes(name: string): number | undefined {
    if (!this.disk.exists(this.objectPath(name))) {
      return undefined;
    }
    const file = this.disk.open(this.objectPath(name), "read");
    try {
      return file.bytes();
    } finally {
      file.close();
    }
  }

  /** All backups; those that cannot be read are told, and nothing else fails because of them. */
  backups(): BackupsFound {
    const backups: BackupManifest[] = [];
    const broken: BrokenBackup[] = [];
    for (const { name } of this.disk.list(joinPath(this.root, "backups"))) {
      if (name.endsWith(".next")) {
        continue;
      }
      try {
        const path = joinPath(this.root, "backups", name);
        backups.push(readManifest(path, readWhole(this.disk, path) ?? Buffer.alloc(0)));
      } catch (error) {
        if (!(error instanceof DecodeError)) {
          throw error;
        }
        broken.push({ id: name, reason: error.message });
      }
    }
    return { backups, broken };
  }

  /** The backup of the id, or the newest. Throws MqError `not_found`, DecodeError for one that cannot be read. */
  backup(id: string | undefined): BackupManifest {
    const { backups, broken } = this.backups();
    if (id === undefined) {
      const newest = backups.at(-1);
      if (newest === undefined) {
        throw new MqError("not_found", `${this.root} holds no backup that can be read`);
      }
      return newest;
    }
    const reason = broken.find((each) => each.id === id)?.reason;
    if (reason !== undefined) {
      throw new DecodeError(reason);
    }
    const found = backups.find((each) => each.id === id);
    if (found === undefined) {
      throw new MqError("not_found", `${this.root} holds no backup '${id}'`);
    }
    return found;
  }

  /** An id that no backup has yet. */
  freeId(wanted: string): string {
    const taken = new Set(this.disk.list(joinPath(this.root, "backups")).map(({ name }) => name));
    for (let number = 1; ; number++) {
      const id = number === 1 ? wanted : `${wanted}-${number}`;
      if (!taken.has(id)) {
        return id;
      }
    }
  }

  /** The backup is there when this returns. */
  add(manifest: BackupManifest): void {
    this.disk.syncFolder(joinPath(this.root, "objects"));
    replaceWhole(this.disk, joinPath(this.root, "backups", manifest.id), formatManifest(manifest));
    if (this.disk.exists(this.#unfinishedPath)) {
      this.disk.remove(this.#unfinishedPath);
    }
  }

  /** Removes manifests only: afterwards the backups are not there any more, whatever becomes of their objects. */
  removeManifests(ids: readonly string[]): void {
    const folder = joinPath(this.root, "backups");
    for (const id of ids) {
      this.disk.remove(joinPath(folder, id));
    }
    this.disk.syncFolder(folder);
  }

  /** Objects that no backup needs, with their sizes. */
  unneeded(
    kept: readonly BackupManifest[],
  ): readonly { readonly name: string; readonly bytes: number }[] {
    const needed = new Set(kept.flatMap(objectsOf).map(({ object }) => object));
    return this.disk
      .list(joinPath(this.root, "objects"))
      .filter(({ name }) => !needed.has(name))
      .map(({ name, bytes }) => ({ name, bytes }));
  }

  removeObjects(names: readonly string[]): void {
    for (const name of names) {
      this.disk.remove(this.objectPath(name));
    }
    if (this.disk.exists(this.#unfinishedPath)) {
      // It may speak of what was removed.
      this.disk.remove(this.#unfinishedPath);
    }
  }

  /** Segments that an unfinished backup has copied. */
  unfinished(): readonly BackupSegment[] {
    const text = readWhole(this.disk, this.#unfinishedPath)?.toString("utf8") ?? "";
    // A kill may have left half a line: what it was about to say is copied again.
    return text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as BackupSegment);
  }

  /** Notes what was copied, so that a killed backup need not copy it again. */
  noteUnfinished(segments: readonly BackupSegment[]): void {
    const lines = segments.map((segment) => `${JSON.stringify(segment)}\n`).join("");
    replaceWhole(this.disk, this.#unfinishedPath, Buffer.from(lines, "utf8"));
  }

  get #markPath(): string {
    return joinPath(this.root, "mq-backup");
  }

  get #unfinishedPath(): string {
    return joinPath(this.root, "unfinished");
  }
}
