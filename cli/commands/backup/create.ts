/** `mq backup create` */
import {
  type BackupPlan,
  knownSegments,
  makeBackup,
  planBackup,
} from "../../../src/app/backup/making.ts";
import { type BackupManifest, damageOf } from "../../../src/app/backup/manifest.ts";
import { BackupRepository } from "../../../src/app/backup/repository.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle } from "../../flag.ts";
import { formatBytes } from "../../render/format.ts";
import type { Item } from "../../render/listing.ts";
import { formatTime } from "../../render/time.ts";
import { storeFlag } from "../server/server-flags.ts";
import { storeFolder } from "../server/settings.ts";
import { timeOrNull } from "../time-fields.ts";
import {
  backupColumns,
  backupItem,
  backupSchema,
  lockBackups,
  paceOf,
  rateFlag,
  withBackups,
  withoutSlash,
} from "./backup-folder.ts";

export const command = defineCommand({
  spec: {
    path: ["backup", "create"],
    summary: "copy a store, also while a broker writes it",
    description:
      "Copies the log up to its last whole record, with what a broker needs to start on it; queues and key index are made\nagain from the log. Segments that an earlier backup in the same folder has are not copied again. Every copied record is\nchecked: exit code 8 when the store is damaged, and the backup is made all the same. Runs on the broker's machine.\nA run that was killed goes on where it was.",
    flags: {
      store: storeFlag,
      to: flag(text(1), {
        about: "folder of the backups, best on another disk; made when it is missing",
        value: "DIR",
      }),
      full: toggle("copy everything, also what an earlier backup has"),
      rate: rateFlag,
    },
    output: (z) =>
      backupSchema(z).extend({
        records: z.number().nullable(),
        damaged: z.number().nullable(),
        outcome: z.enum(["created", "would create"]),
      }),
    examples: [
      "mq backup create --store /data/mq/store --to /backup/mq",
      "mq backup create --to /backup/mq --rate 100M -q",
    ],
  },
  async run(context, { flags: { store, to, full, rate } }) {
    const folder = storeFolder(context, store);
    if (!context.environment.disk.exists(folder)) {
      throw usageError(`--store: ${folder} is not there`);
    }
    const options = { store: folder, to, isFull: full, rate };
    const shape = {
      ...{ kind: "BackupCreate", noun: "backup", nameKey: "id" },
      columns: [{ key: "outcome", head: "OUTCOME" }, ...backupColumns],
    };
    if (context.global.dryRun) {
      const plan = await plannedBackup(context, options);
      await context.output.list({ ...shape, items: [plannedItem(context, folder, plan)] });
      context.output.note("dry run: nothing was copied");
      return undefined;
    }
    const manifest = await createBackup(context, options);
    const item = { ...backupItem(manifest, context.global.utc), outcome: "created" };
    await context.output.list({ ...shape, items: [item] });
    const damage = damageOf(manifest);
    for (const { offset, bytes, reason } of damage) {
      context.output.note(`the store is damaged: ${bytes} bytes at ${offset}: ${reason}`);
    }
    return damage.length > 0 ? exitCode.corrupted : undefined;
  },
});

/** Makes one. */
export async function createBackup(
  context: CommandContext,
  options: CreateOptions,
): Promise<BackupManifest> {
  const { disk, clock } = context.environment;
  const { store, isFull, rate } = options;
  const to = withoutSlash(options.to);
  return await withBackups(async () => {
    // First, so that a folder which holds no store leaves no folder of backups behind.
    planBackup(disk, store, []);
    const repository = BackupRepository.make(disk, to);
    const lock = lockBackups(repository);
    try {
      const takenMs = Math.floor(clock.nowMs());
      const id = repository.freeId(idOf(takenMs));
      const { newBytes } = planBackup(disk, store, isFull ? [] : knownSegments(repository));
      checkRoom(context, to, newBytes);
      const pace = paceOf(context, { rate, total: newBytes, word: "copied" });
      const manifest = await makeBackup({ repository, store, id, takenMs, isFull }, pace);
      pace.done();
      return manifest;
    } finally {
      lock.release();
    }
  });
}

interface CreateOptions {
  readonly store: string;
  readonly to: string;
  readonly isFull: boolean;
  readonly rate: number | undefined;
}

/** What would be copied. */
export async function plannedBackup(
  { environment: { disk } }: CommandContext,
  { store, to, isFull }: CreateOptions,
): Promise<BackupPlan> {
  return await withBackups(() => {
    const known =
      !isFull && disk.exists(to)
        ? knownSegments(BackupRepository.open(disk, withoutSlash(to)))
        : [];
    return planBackup(disk, store, known);
  });
}

function plannedItem(
  { environment, global }: CommandContext,
  store: string,
  { kind, extent, segmentCount, bytes, newBytes }: BackupPlan,
): Item {
  const takenMs = Math.floor(environment.clock.nowMs());
  return {
    ...{ id: idOf(takenMs), taken: formatTime(takenMs, global.utc), kind, store },
    startOffset: extent.startOffset,
    endOffset: extent.endOffset,
    lastStored: timeOrNull(extent.lastStoredMs || undefined, global.utc),
    ...{ segments: segmentCount, records: null, bytes, newBytes, damaged: null },
    outcome: "would create",
  };
}

function idOf(takenMs: number): string {
  return `${formatTime(takenMs, true).slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Throws CommandError when the folder's disk cannot hold so much. */
export function checkRoom(context: CommandContext, folder: string, bytes: number): void {
  const { freeBytes } = context.environment.disk.space(folder);
  if (bytes > freeBytes) {
    throw noRoom(folder, bytes, freeBytes);
  }
}

function noRoom(folder: string, bytes: number, freeBytes: number): CommandError {
  return new CommandError(
    "MQ-E-FAILED",
    exitCode.precondition,
    `${folder} has ${formatBytes(freeBytes)} free, and ${formatBytes(bytes)} are needed`,
  );
}
