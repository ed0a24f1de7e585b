/** The user's own small files on Bun: mode 0600 in folders of mode 0700. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { UserFiles } from "../process.ts";

const mode = 0o600;

export const userFiles: UserFiles = {
  read: (path) => attempt(() => readFileSync(path, "utf8")),
  append(path, text) {
    attempt(() => {
      makeFolder(path);
      appendFileSync(path, text, { mode });
    });
  },
  replace(path, text) {
    attempt(() => {
      makeFolder(path);
      const fresh = `${path}.${process.pid}`;
      writeFileSync(fresh, text, { mode });
      renameSync(fresh, path);
    });
  },
};

function makeFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // A home that is missing or read-only costs the history, not the session.
    return undefined;
  }
}
