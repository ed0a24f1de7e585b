/** `mq backup restore` */
import { recordCount } from "../../../src/app/backup/manifest.ts";
import { bytesNeeded, checkTarget, restoreBackup } from "../../../src/app/backup/restoring.ts";
import { defineCommand } from "../../command.ts";
import { flag, text } from "../../flag.ts";
import { absolutePath } from "../server/settings.ts";
import {
  fromFlag,
  idFlag,
  openBackups,
  paceOf,
  rateFlag,
  withBackups,
  withoutSlash,
} from "./backup-folder.ts";
import { checkRoom } from "./create.ts";

export const command = defineCommand({
  spec: {
    path: ["backup", "restore"],
    summary: "make a store of a backup",
    description:
      "Copies the newest backup (--id: that one) into an empty folder, checked byte by byte; exit code 8 when it is damaged. No\nbroker starts there until it is whole. A restore that was killed goes on when the same command is run again. The first\nstart of a broker reads the whole log once, to make queues and key index.",
    flags: {
      from: fromFlag,
      id: idFlag,
      store: flag(text(1), { about: "the new store: an empty folder, or none yet", value: "DIR" }),
      rate: rateFlag,
    },
    output: (z) =>
      z.object({
        id: z.string(),
        store: z.string(),
        segments: z.number(),
        segmentsBefore: z.number(),
        records: z.number(),
        endOffset: z.number(),
        outcome: z.enum(["restored", "would restore"]),
      }),
    examples: [
      "mq backup restore --from /backup/mq --store /data/mq/store --dry-run",
      "mq backup restore --from /backup/mq --id 20261123T031700Z --store ./store",
    ],
  },
  async run(context, { flags }) {
    const { output, environment, global } = context;
    const store = absolutePath(context, withoutSlash(flags.store));
    const { manifest, segmentsBefore } = await withBackups(async () => {
      const repository = openBackups(context, flags.from);
      const chosen = repository.backup(flags.id);
      checkTarget(environment.disk, store, chosen.id);
      if (global.dryRun) {
        return { manifest: chosen, segmentsBefore: 0 };
      }
      const total = bytesNeeded(chosen);
      environment.disk.makeFolder(store);
      if (environment.disk.list(store).length === 0) {
        checkRoom(context, store, total);
      }
      const pace = paceOf(context, { rate: flags.rate, total, word: "restored" });
      const restored = await restoreBackup(repository, chosen, store, pace);
      pace.done();
      return { manifest: chosen, ...restored };
    });
    output.item("BackupRestore", {
      id: manifest.id,
      store,
      segments: manifest.segments.length,
      segmentsBefore,
      records: recordCount(manifest),
      endOffset: manifest.endOffset,
      outcome: global.dryRun ? "would restore" : "restored",
    });
    output.note(
      global.dryRun ? "dry run: nothing changed" : `start it: mq broker start --store ${store}`,
    );
    return undefined;
  },
});
