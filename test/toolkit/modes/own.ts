/** The commands of the tool itself. */
import { lists, local, type ModeRow, names } from "./mode-row.ts";

const noFile = "test/integration/profiles.test.ts has a file and an editor";

export const ownRows: Readonly<Record<string, ModeRow>> = {
  mqadmin: {
    ok: "topicStatus -t orders",
    without: {
      json: "-o json is its own: test/integration/mqadmin.test.ts",
      table: "prints what the official tool prints: make interop SCENARIO=mqadmin-compat",
      missing: "fails as the official tool does",
      flag: "takes the official tool's options",
      down: "takes the official tool's options",
    },
  },
  "profile list": { ok: "", without: { ...local, ...lists } },
  "profile create": { ok: "spare --at $NAMESERVER --dry-run", without: { ...local, ...names } },
  "profile use": { ok: "local", missing: "nobody", without: local },
  "profile show": { ok: "local", missing: "nobody", without: local },
  "profile edit": { ok: "local --unprotected", missing: "nobody --unprotected", without: local },
  "profile copy": { ok: "local other --dry-run", missing: "nobody other", without: local },
  "profile rename": { ok: "local other --dry-run", missing: "nobody other", without: local },
  "profile delete": { ok: "local --dry-run", missing: "nobody --yes", without: local },
  "profile check": { ok: "-P local", missing: "-P nobody", downExit: 10 },
  "profile prompt": { ok: "", without: { ...local, ...names } },
  "config show": { ok: "", without: { ...local, ...names } },
  "config explain": { ok: "", without: { ...local, ...names } },
  "config set": { ok: "timeout 3s --dry-run", without: { ...local, ...names } },
  "config trust": { ok: "", exit: 3, without: { ...local, ...names, json: noFile, pipe: noFile } },
  "config edit": { ok: "", exit: 2, without: { ...local, ...names, json: noFile, pipe: noFile } },
  "config path": { ok: "", without: { ...local, ...names } },
  "config validate": { ok: "", without: { ...local, ...names } },
  completion: {
    ok: "bash",
    missing: "tcsh",
    missingExit: 2,
    without: { ...local, table: "prints a script" },
  },
  __complete: {
    ok: "-- 'topic desc'",
    without: {
      ...names,
      json: "prints words for a shell",
      flag: "completes whatever is typed",
      down: "then offers nothing",
    },
  },
  man: {
    ok: "topic tail",
    missing: "no such",
    without: { ...local, json: "prints a page", table: "prints a page" },
  },
  errors: { ok: "noroute", missing: "nothing", without: local },
  cheat: { ok: "version", missing: "nothing", without: local },
  shell: {
    ok: "-e 'topic list'",
    missing: "-e 'topic describe nowhere'",
    without: { json: "prints what its commands print", table: "prints what its commands print" },
  },
  version: { ok: "", without: { ...local, ...names } },
};
