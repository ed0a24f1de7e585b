/** `mq backup verify` */
import { byteCount, recordCount } from "../../../src/app/backup/manifest.ts";
import { verifyBackup } from "../../../src/app/backup/verifying.ts";
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { toggle } from "../../flag.ts";
import type { Item } from "../../render/listing.ts";
import { fromFlag, idFlag, openBackups, paceOf, rateFlag, withBackups } from "./backup-folder.ts";

export const command = defineCommand({
  spec: {
    path: ["backup", "verify"],
    summary: "read a backup again and check all of it",
    description:
      "Reads every byte of the newest backup (--id: of that one, --all: of all), compares checksums, and checks each record as a\nstart would. Exit code 8 when something is not as it was copied.",
    flags: {
      from: fromFlag,
      id: idFlag,
      all: toggle("all backups of the folder"),
      rate: rateFlag,
    },
    output: (z) =>
      z.object({
        id: z.string(),
        state: z.enum(["ok", "damaged"]),
        segments: z.number(),
        records: z.number(),
        bytes: z.number(),
        problems: z.array(z.strictObject({ object: z.string(), reason: z.string() })),
      }),
    examples: ["mq backup verify --from /backup/mq", "mq backup verify --from /backup/mq --all -q"],
  },
  async run(context, { flags: { from, id, all, rate } }) {
    const items = await withBackups(async () => {
      const repository = openBackups(context, from);
      const found = repository.backups();
      const chosen = all ? found.backups : [repository.backup(id)];
      const total = chosen.reduce((sum, manifest) => sum + byteCount(manifest), 0);
      const pace = paceOf(context, { rate, total, word: "checked" });
      const rows: Item[] = [];
      for (const manifest of chosen) {
        const problems = await verifyBackup(repository, manifest, pace);
        rows.push({
          id: manifest.id,
          state: problems.length === 0 ? "ok" : "damaged",
          segments: manifest.segments.length,
          records: recordCount(manifest),
          bytes: byteCount(manifest),
          problems,
        });
      }
      pace.done();
      const broken = all ? found.broken : [];
      return [
        ...rows,
        ...broken.map(({ id: object, reason }) => ({
          ...{ id: object, state: "damaged", segments: 0, records: 0, bytes: 0 },
          problems: [{ object, reason }],
        })),
      ];
    });
    await context.output.list({
      kind: "BackupVerification",
      noun: "backup",
      nameKey: "id",
      columns: [
        { key: "state", head: "STATE" },
        { key: "id", head: "ID" },
        { key: "segments", head: "SEGMENTS", align: "right" },
        { key: "records", head: "RECORDS", align: "right" },
        { key: "bytes", head: "BYTES", align: "right" },
        { key: "problems", head: "PROBLEMS", show: problemsText },
      ],
      items,
    });
    return items.some(({ state }) => state === "damaged") ? exitCode.corrupted : undefined;
  },
});

function problemsText(value: unknown): string {
  const problems = value as readonly { readonly object: string; readonly reason: string }[];
  return problems.map(({ object, reason }) => `${object} ${reason}`).join(", ") || "-";
}
