/** `mq backup prune` */
import { type PrunePlan, planPrune, prune } from "../../../src/app/backup/pruning.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, wholeNumber } from "../../flag.ts";
import { formatBytes } from "../../render/format.ts";
import {
  backupColumns,
  backupItem,
  backupSchema,
  fromFlag,
  lockBackups,
  openBackups,
  withBackups,
} from "./backup-folder.ts";

export const command = defineCommand({
  spec: {
    path: ["backup", "prune"],
    summary: "remove old backups",
    description:
      "Keeps the newest backups and removes the others, with what none of those that are kept needs. While one cannot be read\nnothing is removed: nobody knows what it needs.",
    flags: {
      from: fromFlag,
      keep: flag(wholeNumber(1), { about: "how many of the newest stay", value: "N" }),
    },
    output: (z) => backupSchema(z).extend({ outcome: z.enum(["kept", "removed", "would remove"]) }),
    examples: [
      "mq backup prune --from /backup/mq --keep 8 --dry-run",
      "mq backup prune --from /backup/mq --keep 8 --yes -q",
    ],
  },
  async run(context, { flags: { from, keep } }) {
    return await withBackups(async () => {
      const repository = openBackups(context, from);
      const lock = lockBackups(repository);
      try {
        const plan = planPrune(repository, keep);
        const { removed, objects } = plan;
        const freed = objects.reduce((sum, { bytes }) => sum + bytes, 0);
        if (context.global.dryRun || (removed.length === 0 && objects.length === 0)) {
          await show(context, plan, "would remove");
          context.output.note(`${formatBytes(freed)} would be free`);
          return undefined;
        }
        const question = `Remove ${removed.length} of ${removed.length + plan.kept.length} backups in ${from}?`;
        if (removed.length > 0 && !(await context.confirm(question))) {
          context.output.note("nothing changed");
          return exitCode.precondition;
        }
        prune(repository, plan);
        await show(context, plan, "removed");
        context.output.note(`${formatBytes(freed)} are free`);
        return undefined;
      } finally {
        lock.release();
      }
    });
  },
});

async function show(
  { output, global }: CommandContext,
  { removed, kept }: PrunePlan,
  outcome: "removed" | "would remove",
): Promise<void> {
  await output.list({
    kind: "BackupPrune",
    noun: "backup",
    nameKey: "id",
    columns: [{ key: "outcome", head: "OUTCOME" }, ...backupColumns],
    items: [
      ...removed.map((manifest) => ({ ...backupItem(manifest, global.utc), outcome })),
      ...kept.map((manifest) => ({ ...backupItem(manifest, global.utc), outcome: "kept" })),
    ],
    summary: `${removed.length} ${outcome}, ${kept.length} kept`,
  });
}
