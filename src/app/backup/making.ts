/**
 * Makes a backup of a store, also while a broker writes it: copies what no earlier backup has of the log, up to its last
 * whole record, and what a start needs besides. Queues and key index are made from the log again, and left out.
 *
 * The order matters: settings first, then the snapshot, then the log's end. So whatever the first two say lies below that end.
 */
import { DecodeError, MqError } from "../../core/error.ts";
import { sha256 } from "../../core/sha256.ts";
import { type Disk, joinPath } from "../../io/disk.ts";
import { readWhole, replaceWhole } from "../../io/whole-file.ts";
import { type Segment, SegmentList } from "../../store/commit-log/segment-list.ts";
import { type StorePaths, storePaths } from "../../store/paths.ts";
import {
  emptySnapshot,
  formatSnapshot,
  readSnapshot,
  type Snapshot,
} from "../../store/state/snapshot.ts";
import { stateTopic } from "../../store/state/state-log.ts";
import { segmentName } from "../log-areas.ts";
import { refuseRocksDb } from "../rocketmq-config.ts";
import { copyFile, type Pace } from "./copying.ts";
import { isGone, type LogExtent, logExtent } from "./log-extent.ts";
import type { BackupFile, BackupManifest, BackupObject, BackupSegment } from "./manifest.ts";
import { recordsIn } from "./object-check.ts";
import type { BackupRepository } from "./repository.ts";

/** Retention takes a segment a time: more rounds than these say that it is faster than the copy. */
const roundsMax = 10;

export interface MakingOptions {
  readonly repository: BackupRepository;
  /** Folder of the store. */
  readonly store: string;
  readonly id: string;
  readonly takenMs: number;
  /** Copies also what earlier backups have. */
  readonly isFull: boolean;
}

/** A segment of the store, and what a backup has of it already. */
interface PlannedSegment {
  readonly segment: Segment;
  readonly name: string;
  /** Bytes that hold records. */
  readonly bytes: number;
  readonly sourceBytes: number;
  readonly sourceModifiedMs: number;
  readonly known: BackupSegment | undefined;
}

/** What a backup that is made now would contain. */
export interface BackupPlan {
  readonly kind: BackupManifest["kind"];
  readonly extent: LogExtent;
  readonly segmentBytes: number;
  readonly segmentCount: number;
  readonly bytes: number;
  /** Of these, what has to be copied. */
  readonly newBytes: number;
}

/** Its segments are open until it is closed. */
interface Plan extends BackupPlan {
  close(): void;
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
  readonly snapshot: Snapshot | undefined;
  readonly segments: readonly PlannedSegment[];
}

/**
 * What a backup of the store would copy, where `known` need not be copied again. Throws DecodeError for a folder that holds no
 * log, MqError `store_unavailable` for one that cannot be backed up.
 */
export function planBackup(disk: Disk, store: string, known: readonly BackupSegment[]): BackupPlan {
  const planned = plan(disk, store, known);
  planned.close();
  return planned;
}

/** Segments that earlier backups have, and what a killed one had copied: the newest last. */
export function knownSegments(repository: BackupRepository): readonly BackupSegment[] {
  const { backups } = repository.backups();
  return [...backups.flatMap(({ segments }) => segments), ...repository.unfinished()];
}

/**
 * Makes the backup; resolves when it is there as a whole. A run that was killed before is gone on with. Throws as `planBackup`.
 */
export async function makeBackup(options: MakingOptions, pace: Pace): Promise<BackupManifest> {
  const { repository, store, isFull } = options;
  for (let round = 1; ; round++) {
    const known = isFull ? repository.unfinished() : knownSegments(repository);
    const planned = plan(repository.disk, store, known);
    try {
      const manifest = await new Making(options, planned, pace).run();
      if (manifest !== undefined) {
        return manifest;
      }
    } finally {
      planned.close();
    }
    if (round === roundsMax) {
      throw new MqError(
        "store_unavailable",
        `${store} loses segments to retention faster than they are copied: raise fileReservedTime or --rate`,
      );
    }
  }
}

function plan(disk: Disk, store: string, known: readonly BackupSegment[]): Plan {
  const paths = storePaths(store);
  refuseRocksDb(disk, paths);
  const files = settingsFiles(disk, paths);
  const isOurs =
    disk.exists(paths.snapshot) || disk.exists(joinPath(paths.consumeQueue, stateTopic));
  const snapshot = wholeSnapshot(disk, paths);
  const segments = SegmentList.open(disk, paths.commitLog, 0, "read");
  try {
    if (segments.first === undefined) {
      refuseSeveral(disk, store);
      throw new DecodeError(`${store} holds no commit log (commitlog/00000000000000000000 …)`);
    }
    const isBefore = (snapshot?.logOffset ?? 0) < segments.first.startOffset;
    const extent = logExtent(segments, isBefore ? undefined : snapshot?.logOffset);
    const planned = plannedSegments(disk, paths, segments, extent, known);
    const bytes = planned.reduce((sum, each) => sum + each.bytes, 0);
    const newBytes = planned.reduce((sum, each) => sum + (each.known ? 0 : each.bytes), 0);
    return {
      kind: isOurs ? "mq" : "rocketmq",
      ...{ extent, files, snapshot, bytes, newBytes },
      segmentBytes: segments.segmentBytes,
      segmentCount: planned.length,
      segments: planned,
      close: () => segments.close(),
    };
  } catch (error) {
    segments.close();
    throw error;
  }
}

/** Throws MqError `store_unavailable` for the folder of mq standalone with several brokers. */
function refuseSeveral(disk: Disk, folder: string): void {
  const names = disk
    .list(folder)
    .map(({ name }) => name)
    .filter((name) => disk.exists(storePaths(joinPath(folder, name)).commitLog));
  if (names.length > 0) {
    throw new MqError(
      "store_unavailable",
      `${folder} holds the stores of ${names.join(", ")}: back up each of them, to a folder of its own`,
    );
  }
}

function plannedSegments(
  disk: Disk,
  paths: StorePaths,
  segments: SegmentList,
  { endOffset }: LogExtent,
  before: readonly BackupSegment[],
): readonly PlannedSegment[] {
  const byName = new Map(before.map((each) => [each.name, each]));
  const sources = new Map(disk.list(paths.commitLog).map((entry) => [entry.name, entry]));
  return segments
    .all()
    .filter(({ startOffset }) => startOffset < endOffset)
    .map((segment) => {
      const name = segmentName(segment);
      const source = sources.get(name);
      const bytes = Math.min(segment.bytes, endOffset - segment.startOffset);
      const same = byName.get(name);
      const isSame =
        same !== undefined &&
        same.bytes === bytes &&
        // The last segment is still written to, whatever its file's time says.
        segment.endOffset <= endOffset &&
        same.sourceBytes === source?.bytes &&
        same.sourceModifiedMs === source.modifiedMs;
      return {
        ...{ segment, name, bytes },
        sourceBytes: source?.bytes ?? 0,
        sourceModifiedMs: source?.modifiedMs ?? 0,
        known: isSame ? same : undefined,
      };
    });
}

function settingsFiles(disk: Disk, { config }: StorePaths): Plan["files"] {
  return disk
    .list(config)
    .filter(({ name, isFolder }) => name.endsWith(".json") && !isFolder)
    .map(({ name }) => ({
      path: `config/${name}`,
      content: readWhole(disk, joinPath(config, name)) ?? Buffer.alloc(0),
    }));
}

/** Without one, or with one that is damaged, a start reads all from the log. */
function wholeSnapshot(disk: Disk, paths: StorePaths): Snapshot | undefined {
  try {
    return readSnapshot(disk, paths);
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    return undefined;
  }
}

class Making {
  readonly #options: MakingOptions;
  readonly #plan: Plan;
  readonly #pace: Pace;
  readonly #copied: BackupSegment[];
  #newBytes = 0;

  constructor(options: MakingOptions, planned: Plan, pace: Pace) {
    this.#options = options;
    this.#plan = planned;
    this.#pace = pace;
    this.#copied = [...options.repository.unfinished()];
  }

  /**
   * Undefined when retention removed a segment before it was copied: what was in it of the tables may be in a snapshot
   * that was taken since, so that all begins anew.
   */
  async run(): Promise<BackupManifest | undefined> {
    const { repository, store, id, takenMs } = this.#options;
    const { kind, extent, segmentBytes, files, snapshot = emptySnapshot } = this.#plan;
    const segments = await this.#segments();
    if (segments === undefined) {
      return undefined;
    }
    const manifest: BackupManifest = {
      ...{ id, takenMs, store, kind, segmentBytes },
      startOffset: segments[0]?.startOffset ?? extent.startOffset,
      endOffset: extent.endOffset,
      lastStoredMs: Math.max(extent.lastStoredMs, snapshot.storeTimestampMs),
      segments,
      files: files.map(({ path, content }): BackupFile => ({ path, ...this.#small(content) })),
      snapshot: this.#small(this.#restoredSnapshot(snapshot)),
      newBytes: this.#newBytes,
    };
    repository.add(manifest);
    return manifest;
  }

  async #segments(): Promise<readonly BackupSegment[] | undefined> {
    const segments: BackupSegment[] = [];
    for (const planned of this.#plan.segments) {
      const { disk } = this.#options.repository;
      try {
        segments.push(this.#reused(planned) ?? (await this.#copy(planned)));
      } catch (error) {
        if (!isGone(disk, planned.segment, error)) {
          throw error;
        }
        return undefined;
      }
    }
    return segments;
  }

  #reused({ known: same }: PlannedSegment): BackupSegment | undefined {
    const { repository } = this.#options;
    return same !== undefined && repository.disk.exists(repository.objectPath(same.object))
      ? same
      : undefined;
  }

  async #copy(planned: PlannedSegment): Promise<BackupSegment> {
    const { segment, name, bytes, sourceBytes, sourceModifiedMs } = planned;
    const { repository } = this.#options;
    const { disk } = repository;
    const { startOffset } = segment;
    const part = repository.objectPath("segment.part");
    const checksum = await copyFile(
      disk,
      { path: segment.path, bytes },
      { path: part, fileBytes: bytes },
      this.#pace,
    );
    const extent = { startOffset, bytes, segmentBytes: this.#plan.segmentBytes };
    const { records, damage } = recordsIn(disk, part, extent);
    const object = `${name}-${checksum.slice(0, 32)}`;
    disk.rename(part, repository.objectPath(object));
    disk.syncFolder(joinPath(repository.root, "objects"));
    this.#newBytes += bytes;
    const copied: BackupSegment = {
      ...{ name, startOffset, bytes, object, records, damage, sourceBytes, sourceModifiedMs },
      sha256: checksum,
    };
    this.#copied.push(copied);
    repository.noteUnfinished(this.#copied);
    return copied;
  }

  /** A small file under the name of its content. */
  #small(content: Buffer): BackupObject {
    const { repository } = this.#options;
    const checksum = sha256(content);
    const object = `file-${checksum.slice(0, 32)}`;
    const path = repository.objectPath(object);
    if (!(repository.disk.exists(path) && readWhole(repository.disk, path)?.equals(content))) {
      replaceWhole(repository.disk, path, content);
      this.#newBytes += content.length;
    }
    return { object, bytes: content.length, sha256: checksum };
  }

  /** All of the copy is durable, and its queues and keys are still to be made. */
  #restoredSnapshot({ keys: _, ...snapshot }: Snapshot): Buffer {
    return formatSnapshot({
      ...snapshot,
      logOffset: this.#plan.extent.endOffset,
      queues: [],
      areQueuesDoubted: true,
    });
  }
}
