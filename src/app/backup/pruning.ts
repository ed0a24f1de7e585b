/** Removes old backups, and the objects that none of the kept ones needs. */
import { DecodeError } from "../../core/error.ts";
import type { BackupManifest } from "./manifest.ts";
import type { BackupRepository } from "./repository.ts";

export interface PrunePlan {
  readonly removed: readonly BackupManifest[];
  readonly kept: readonly BackupManifest[];
  /** Objects that nothing needs afterwards, and their sizes; leftovers of killed runs among them. */
  readonly objects: readonly { readonly name: string; readonly bytes: number }[];
}

/** Keeps the newest so many. Throws DecodeError while a manifest cannot be read: nobody knows what it needs. */
export function planPrune(repository: BackupRepository, keepCount: number): PrunePlan {
  const { backups, broken } = repository.backups();
  const [first] = broken;
  if (first !== undefined) {
    throw new DecodeError(
      `${first.reason}: nobody knows what it needs, so nothing is removed; take that file away first`,
    );
  }
  const kept = backups.slice(Math.max(0, backups.length - keepCount));
  return {
    kept,
    removed: backups.slice(0, backups.length - kept.length),
    objects: repository.unneeded(kept),
  };
}

/** Manifests first: a kill in between leaves objects that the next prune removes, and no backup without its objects. */
export function prune(repository: BackupRepository, { removed, objects }: PrunePlan): void {
  repository.removeManifests(removed.map(({ id }) => id));
  repository.removeObjects(objects.map(({ name }) => name));
}
