/**
 * Restores a backup into a folder that holds nothing. A mark says that it is under way, and no broker starts meanwhile; the log
 * comes into place last, whole. A restore that was killed goes on when it is run again.
 */
import { DecodeError, MqError } from "../../core/error.ts";
import { sha256 } from "../../core/sha256.ts";
import { type Disk, joinPath } from "../../io/disk.ts";
import { readWhole, replaceWhole } from "../../io/whole-file.ts";
import { type StorePaths, storePaths } from "../../store/paths.ts";
import { copyFile, type Pace } from "./copying.ts";
import type { BackupManifest, BackupObject, BackupSegment } from "./manifest.ts";
import type { BackupRepository } from "./repository.ts";

/** What a restore makes. */
const ownNames: ReadonlySet<string> = new Set(["commitlog", "commitlog.restoring", "config", "mq"]);

export interface Restored {
  /** Segments that an earlier run had copied. */
  readonly segmentsBefore: number;
}

/**
 * Throws MqError `store_unavailable` for a folder that holds something else or has no room, DecodeError for a backup whose
 * bytes are not what was copied.
 */
export async function restoreBackup(
  repository: BackupRepository,
  manifest: BackupManifest,
  folder: string,
  pace: Pace,
): Promise<Restored> {
  const { disk } = repository;
  const paths = storePaths(folder);
  checkTarget(disk, folder, manifest.id);
  disk.makeFolder(paths.own);
  const lock = disk.lock(paths.lock);
  if (lock === undefined) {
    throw new MqError("store_unavailable", `${folder} is in use`);
  }
  try {
    // A second look under the lock: whoever held it until now may have put something there.
    checkTarget(disk, folder, manifest.id);
    return await new Restoring(repository, manifest, paths, pace).run();
  } finally {
    lock.release();
  }
}

/** How many bytes the folder has to have room for. */
export function bytesNeeded({ segments }: BackupManifest): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Throws MqError `store_unavailable` unless the folder is empty, or a restore of the same backup was begun there. */
export function checkTarget(disk: Disk, folder: string, id: string): void {
  const paths = storePaths(folder);
  const names = disk
    .list(folder)
    .map(({ name }) => name)
    .filter((name) => name !== "lock" && name !== "lost+found");
  const begun = readWhole(disk, paths.restoring)?.toString("utf8").trim();
  // A kill may come before the mark is written.
  const isBarelyBegun = disk.list(paths.own).every(({ name }) => name === "restoring.next");
  const isOurs =
    begun === undefined
      ? names.every((name) => name === "mq") && isBarelyBegun
      : names.every((name) => ownNames.has(name));
  if (!isOurs) {
    throw new MqError("store_unavailable", `${folder} is not empty: choose a folder that is`);
  }
  if (begun !== undefined && begun !== id) {
    throw new MqError(
      "store_unavailable",
      `a restore of the backup ${begun} was begun in ${folder}: finish it, or empty the folder`,
    );
  }
}

class Restoring {
  readonly #repository: BackupRepository;
  readonly #manifest: BackupManifest;
  readonly #paths: StorePaths;
  readonly #pace: Pace;

  constructor(
    repository: BackupRepository,
    manifest: BackupManifest,
    paths: StorePaths,
    pace: Pace,
  ) {
    this.#repository = repository;
    this.#manifest = manifest;
    this.#paths = paths;
    this.#pace = pace;
  }

  async run(): Promise<Restored> {
    const { disk } = this.#repository;
    const { root, own, commitLog, restoring } = this.#paths;
    const { id, snapshot, segments, files } = this.#manifest;
    replaceWhole(disk, restoring, Buffer.from(`${id}\n`, "utf8"));
    disk.syncFolder(root);
    replaceWhole(disk, this.#paths.snapshot, this.#small(snapshot));
    let segmentsBefore = 0;
    // A broker that was refused may have made the folder; with a segment in it the log is in its place.
    if (disk.list(commitLog).length === 0) {
      const making = joinPath(root, "commitlog.restoring");
      disk.makeFolder(making);
      for (const segment of segments) {
        segmentsBefore += (await this.#segment(segment, making)) ? 0 : 1;
      }
      disk.syncFolder(making);
      for (const file of files) {
        disk.makeFolder(this.#paths.config);
        replaceWhole(disk, joinPath(root, file.path), this.#small(file));
      }
      disk.syncFolder(root);
      disk.rename(making, commitLog);
      disk.syncFolder(root);
    }
    disk.remove(restoring);
    disk.syncFolder(own);
    return { segmentsBefore };
  }

  /** False when it was there already: under its name it is whole. */
  async #segment(segment: BackupSegment, folder: string): Promise<boolean> {
    const { disk } = this.#repository;
    const path = joinPath(folder, segment.name);
    if (disk.exists(path)) {
      return false;
    }
    const part = joinPath(folder, "segment.part");
    const source = this.#repository.objectPath(segment.object);
    if (!disk.exists(source)) {
      throw new DecodeError(`${source} is missing`);
    }
    const checksum = await copyFile(
      disk,
      { path: source, bytes: segment.bytes },
      { path: part, fileBytes: this.#manifest.segmentBytes },
      this.#pace,
    );
    if (checksum !== segment.sha256) {
      disk.remove(part);
      throw new DecodeError(`${source} does not match its checksum`);
    }
    disk.rename(part, path);
    return true;
  }

  #small({ object, sha256: expected }: BackupObject): Buffer {
    const path = this.#repository.objectPath(object);
    const content = readWhole(this.#repository.disk, path);
    if (content === undefined || sha256(content) !== expected) {
      throw new DecodeError(`${path} is missing, or does not match its checksum`);
    }
    return content;
  }
}
