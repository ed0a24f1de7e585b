/** Backups as commands see them: the folder they lie in, the pace of copying, and how what went wrong is said. */

import type { Pace } from "../../../src/app/backup/copying.ts";
import {
  type BackupManifest,
  byteCount,
  damageOf,
  recordCount,
} from "../../../src/app/backup/manifest.ts";
import { BackupRepository } from "../../../src/app/backup/repository.ts";
import { DecodeError, MqError } from "../../../src/core/error.ts";
import { DiskError, type DiskLock } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, notFound } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { byteSize, flag, text, type Zod } from "../../flag.ts";
import { pause } from "../../pause.ts";
import { progressOf } from "../../progress.ts";
import { formatBytes } from "../../render/format.ts";
import type { Column, Item } from "../../render/listing.ts";
import { formatTime } from "../../render/time.ts";

export const fromFlag = flag(text(1), {
  about: "folder that mq backup create made",
  value: "DIR",
});

export const idFlag = flag(text(1).optional(), {
  about: "the backup of this id; the newest without",
  value: "ID",
});

export const rateFlag = flag(byteSize().optional(), {
  about: "read at most so many bytes a second: 100M",
  value: "SIZE",
});

/** Runs work on backups and stores; what the folders do not allow is said with the exit code of its kind. */
export async function withBackups<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DecodeError) {
      throw new CommandError("MQ-E-STORE", exitCode.corrupted, error.message);
    }
    if (error instanceof MqError && error.kind === "not_found") {
      throw notFound(error.message, "mq backup list shows what there is");
    }
    if (error instanceof MqError && error.kind === "store_unavailable") {
      throw new CommandError("MQ-E-STORE", exitCode.precondition, error.message);
    }
    if (error instanceof DiskError) {
      throw new CommandError("MQ-E-FAILED", exitCode.failed, error.message, {
        hint: "the same command goes on where it ended",
      });
    }
    throw error;
  }
}

/** Throws CommandError `MQ-E-INUSE` while another process changes the backups. */
export function lockBackups(repository: BackupRepository): DiskLock {
  const lock = repository.lock();
  if (lock === undefined) {
    throw new CommandError(
      "MQ-E-INUSE",
      exitCode.precondition,
      `${repository.root}: another process makes or prunes backups`,
    );
  }
  return lock;
}

export function openBackups({ environment }: CommandContext, root: string): BackupRepository {
  return BackupRepository.open(environment.disk, withoutSlash(root));
}

/** A path as it was typed, without what does not matter at its end. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** Bytes between two moments at which Ctrl-C is noticed. */
const stretchBytes = 8 << 20;

/** Reads as fast as is allowed, says how far it is, and ends when it is told to. */
export function paceOf(
  context: CommandContext,
  {
    rate,
    total,
    word,
  }: { readonly rate: number | undefined; readonly total: number; readonly word: string },
): Pace & { readonly done: () => void } {
  const { environment, signal } = context;
  const { clock } = environment;
  const bar = progressOf(context, { max: total, label: word });
  const startedMs = clock.elapsedMs();
  let read = 0;
  let noticed = 0;
  return {
    async after(bytes) {
      read += bytes;
      const seconds = (clock.elapsedMs() - startedMs) / 1_000;
      bar.advance(bytes, seconds > 0 ? `${formatBytes(read / seconds)}/s` : undefined);
      if (read - noticed >= stretchBytes || bytes === 0) {
        noticed = read;
        await new Promise<void>((resolve) => clock.endOfTurn(resolve));
      }
      const dueMs = rate === undefined ? 0 : startedMs + (read * 1_000) / rate;
      if (dueMs > clock.elapsedMs()) {
        await pause(context, dueMs - clock.elapsedMs(), signal);
      }
      if (signal.aborted) {
        throw new CommandError(
          "MQ-E-FAILED",
          exitCode.interrupted,
          "it was stopped; the same command goes on where it ended",
        );
      }
    },
    done: () => bar.stop(),
  };
}

export const backupSchema = (z: Zod) =>
  z.object({
    id: z.string(),
    taken: z.string(),
    kind: z.enum(["mq", "rocketmq"]),
    store: z.string(),
    startOffset: z.number(),
    endOffset: z.number(),
    lastStored: z.string().nullable(),
    segments: z.number(),
    records: z.number(),
    bytes: z.number(),
    newBytes: z.number(),
    damaged: z.number(),
  });

export function backupItem(manifest: BackupManifest, isUtc: boolean): Item {
  const { id, takenMs, kind, store, startOffset, endOffset, lastStoredMs, newBytes } = manifest;
  return {
    ...{ id, taken: formatTime(takenMs, isUtc), kind, store, startOffset, endOffset },
    lastStored: lastStoredMs === 0 ? null : formatTime(lastStoredMs, isUtc),
    segments: manifest.segments.length,
    records: recordCount(manifest),
    bytes: byteCount(manifest),
    newBytes,
    damaged: damageOf(manifest).length,
  };
}

export const backupColumns: readonly Column[] = [
  { key: "id", head: "ID" },
  { key: "kind", head: "KIND", isWide: true },
  { key: "store", head: "STORE", isWide: true },
  { key: "startOffset", head: "FROM", align: "right" },
  { key: "endOffset", head: "TO", align: "right" },
  { key: "segments", head: "SEGMENTS", align: "right" },
  { key: "records", head: "RECORDS", align: "right" },
  { key: "bytes", head: "BYTES", align: "right" },
  { key: "newBytes", head: "NEW", align: "right" },
  { key: "damaged", head: "DAMAGED", align: "right" },
  { key: "lastStored", head: "LAST STORED" },
];
