/** A folder of its own for a test, removed when the process ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

process.on("exit", () => {
  for (const folder of made) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Makes an empty folder. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mq-test-"));
  made.push(folder);
  return folder;
}
