/** Jobs on the files of a store, on its broker's machine: a backup, and reading everything again. */
import { byteCount, damageOf } from "../../../src/app/backup/manifest.ts";
import { planPrune, prune } from "../../../src/app/backup/pruning.ts";
import { verifyStore } from "../../../src/app/store-tools.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { lockBackups, openBackups, withBackups } from "../backup/backup-folder.ts";
import { createBackup, plannedBackup } from "../backup/create.ts";
import { checkingStore, readStoreArgument } from "../segment/store-argument.ts";
import { storeFolder } from "../server/settings.ts";
import type { Job, JobFlags, JobReport } from "./job.ts";

export const backup: Job = {
  name: "backup",
  about: "back up a store (--store, --to); --keep N removes old ones",
  changes: ({ keep }) => (keep === undefined ? undefined : `backups but the newest ${keep}`),
  subject: "store",
  run: backUp,
};

export const verify: Job = {
  name: "verify",
  about: "check every record of a store (--store)",
  changes: undefined,
  subject: "store",
  run: verifyAll,
};

async function backUp(context: CommandContext, flags: JobFlags): Promise<JobReport> {
  const { to, keep, rate } = flags;
  if (to === undefined) {
    throw usageError("backup: --to DIR says where backups lie");
  }
  const options = { store: storeFolder(context, flags.store), to, isFull: false, rate };
  if (context.global.dryRun) {
    const { newBytes, bytes } = await plannedBackup(context, options);
    const detail = `${formatBytes(newBytes)} of ${formatBytes(bytes)} would be copied to ${to}`;
    return { outcome: "planned", detail, figures: { bytes, newBytes } };
  }
  const manifest = await createBackup(context, options);
  const removed = keep === undefined ? 0 : await removeOld(context, to, keep);
  const { id, newBytes } = manifest;
  const damaged = damageOf(manifest).length;
  return {
    outcome: damaged > 0 ? "damaged" : "ok",
    detail: damaged > 0 ? `${id}, and the store is damaged: mq segment verify` : id,
    figures: { bytes: byteCount(manifest), newBytes, damaged, removed },
  };
}

async function removeOld(context: CommandContext, to: string, keep: number): Promise<number> {
  return await withBackups(() => {
    const repository = openBackups(context, to);
    const lock = lockBackups(repository);
    try {
      const plan = planPrune(repository, keep);
      prune(repository, plan);
      return plan.removed.length;
    } finally {
      lock.release();
    }
  });
}

function verifyAll(context: CommandContext, flags: JobFlags): Promise<JobReport> {
  const { disk } = context.environment;
  const { folder, isRunning } = readStoreArgument(context, storeFolder(context, flags.store));
  if (context.global.dryRun) {
    return Promise.resolve({ outcome: "planned", detail: `would read ${folder}`, figures: {} });
  }
  const facts = checkingStore(() =>
    verifyStore(disk, folder, { isRunning, onProgress: () => undefined }),
  );
  const { records, bytes } = facts;
  const damaged =
    facts.problems.filter(({ kind }) => kind === "damaged").length +
    (facts.queues?.problems.length ?? 0);
  return Promise.resolve({
    outcome: damaged > 0 ? "damaged" : "ok",
    detail:
      damaged > 0
        ? `${formatCount(damaged)} damaged: mq segment verify ${folder} tells where`
        : `${formatCount(records)} records are whole`,
    figures: { records, bytes, damaged },
  });
}
