/** The commands of stores, their backups and their upkeep. */
import { files, lists, local, type ModeRow } from "./mode-row.ts";

const backupId = /\d{8}T\d{6}Z/;
const backups = { mask: backupId, without: files } as const;

export const storesRows: Readonly<Record<string, ModeRow>> = {
  "segment list": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "segment dump": {
    ok: "$STORE --count 2",
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "segment grep": {
    ok: "TAGS $STORE --count 2",
    missing: "nothing-like-it $STORE",
    without: files,
  },
  "segment inspect": {
    ok: "$STORE --count 2",
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "segment repair": {
    ok: "$STORE --plan $PLAN",
    missing: "$DIR/nowhere --plan $PLAN",
    missingExit: 2,
    without: files,
  },
  "segment verify": {
    ok: "$STORE",
    exit: 8,
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "store checkpoint": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "store index rebuild": {
    ok: "$STORE",
    exit: 8,
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "store index verify": {
    ok: "$STORE",
    exit: 8,
    missing: "$DIR/nowhere",
    missingExit: 2,
    without: files,
  },
  "store queue rebuild": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "store usage": { ok: "$STORE", missing: "$DIR/nowhere", missingExit: 2, without: files },
  "backup create": {
    ok: "--store $STORE --to $DIR/fresh --dry-run",
    mask: backupId,
    missing: "--store $DIR/nowhere --to $DIR/fresh",
    missingExit: 2,
    without: files,
  },
  "backup list": { ...backups, ok: "--from $BACKUPS", missing: "--from $DIR/nowhere" },
  "backup verify": { ...backups, ok: "--from $BACKUPS", missing: "--from $BACKUPS --id x" },
  "backup restore": {
    ...backups,
    ok: "--from $BACKUPS --store $DIR/restored --dry-run",
    missing: "--from $DIR/nowhere --store $DIR/restored",
  },
  "backup prune": {
    ...backups,
    ok: "--from $BACKUPS --keep 1 --dry-run",
    missing: "--from $DIR/nowhere --keep 1",
  },
  "maint list": { ok: "", without: { ...lists, ...local } },
  "maint run": {
    ok: "offsets,dead-letters --dry-run",
    mask: /%3A\d+/,
    missing: "no-such-job",
    missingExit: 2,
  },
  "maint schedule add": {
    ok: "nightly --with systemd --at daily --dry-run -- offsets",
    missing: "nightly --at @daily --print -- no-such-job",
    missingExit: 2,
    without: local,
  },
  "maint schedule list": { ok: "", without: { ...lists, ...local } },
  "maint schedule remove": { ok: "weekly --dry-run", missing: "nowhere", without: local },
};
