/** `mq backup list` */
import { defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import {
  backupColumns,
  backupItem,
  backupSchema,
  fromFlag,
  openBackups,
  withBackups,
} from "./backup-folder.ts";

export const command = defineCommand({
  spec: {
    path: ["backup", "list"],
    summary: "list backups",
    description:
      "Lists the backups of a folder, oldest first. NEW is what no earlier one had. Exit code 8 when one cannot be read.",
    flags: { from: fromFlag },
    output: backupSchema,
    examples: ["mq backup list --from /backup/mq"],
  },
  async run(context, { flags: { from } }) {
    const { backups, broken } = await withBackups(() => openBackups(context, from).backups());
    await context.output.list({
      kind: "BackupList",
      noun: "backup",
      nameKey: "id",
      columns: backupColumns,
      items: backups.map((manifest) => backupItem(manifest, context.global.utc)),
      summary: `${backups.length} backups`,
      missing: broken.map(({ id, reason }) => ({
        from: id,
        address: from,
        error: new CommandError("MQ-E-STORE", exitCode.corrupted, reason),
      })),
    });
    return broken.length > 0 ? exitCode.corrupted : undefined;
  },
});
