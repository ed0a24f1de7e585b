/** Reads a backup again, byte by byte: that every object is what was copied, and every record in it is whole. */
import { checksumOf, type Pace } from "./copying.ts";
import {
  type BackupManifest,
  type BackupObject,
  type BackupSegment,
  objectsOf,
} from "./manifest.ts";
import { recordsIn } from "./object-check.ts";
import type { BackupRepository } from "./repository.ts";

export interface BackupProblem {
  /** Name of the object, or of the segment that is missing. */
  readonly object: string;
  readonly reason: string;
}

/** What is wrong with a backup; nothing when it can be restored as it was taken. */
export async function verifyBackup(
  repository: BackupRepository,
  manifest: BackupManifest,
  pace: Pace,
): Promise<readonly BackupProblem[]> {
  const problems: BackupProblem[] = gapsOf(manifest);
  for (const object of objectsOf(manifest)) {
    const reason = await checkObject(repository, object, pace);
    if (reason !== undefined) {
      problems.push({ object: object.object, reason });
    }
  }
  const bad = new Set(problems.map(({ object }) => object));
  for (const segment of manifest.segments) {
    const reason = bad.has(segment.object)
      ? undefined
      : checkRecords(repository, segment, manifest.segmentBytes);
    if (reason !== undefined) {
      problems.push({ object: segment.object, reason });
    }
    await pace.after(0);
  }
  return problems;
}

/** Why the object is not what was copied; undefined when it is. */
async function checkObject(
  repository: BackupRepository,
  { object, bytes, sha256 }: BackupObject,
  pace: Pace,
): Promise<string | undefined> {
  const { disk } = repository;
  const path = repository.objectPath(object);
  const found = repository.objectBytes(object);
  if (found !== bytes) {
    return found === undefined ? "is missing" : `has ${found} bytes, not ${bytes}`;
  }
  const checksum = await checksumOf(disk, path, bytes, pace);
  return checksum === sha256 ? undefined : "does not match its checksum";
}

function checkRecords(
  repository: BackupRepository,
  { object, startOffset, bytes, records, damage }: BackupSegment,
  segmentBytes: number,
): string | undefined {
  const found = recordsIn(repository.disk, repository.objectPath(object), {
    ...{ startOffset, bytes, segmentBytes },
  });
  if (found.records === records && found.damage.length === damage.length) {
    return undefined;
  }
  const [first] = found.damage;
  const where = first === undefined ? "" : `; at ${first.offset}: ${first.reason}`;
  return `holds ${found.records} whole records where ${records} were copied${where}`;
}

/** Segments follow each other without a gap, up to the end. */
function gapsOf({ segments, startOffset, endOffset }: BackupManifest): BackupProblem[] {
  const problems: BackupProblem[] = [];
  let expected = startOffset;
  for (const { name, startOffset: found, bytes } of segments) {
    if (found !== expected) {
      problems.push({ object: name, reason: `begins at ${found}; the log goes on at ${expected}` });
    }
    expected = found + bytes;
  }
  if (segments.length > 0 && expected !== endOffset) {
    problems.push({
      object: "log",
      reason: `ends at ${expected}; the backup goes to ${endOffset}`,
    });
  }
  return problems;
}
