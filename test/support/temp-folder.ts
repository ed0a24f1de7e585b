/** A folder of its own for a test; clean-up.ts removes them all when the tests are over. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const tempFolders: string[] = [];

/** Makes an empty folder. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mq-test-"));
  tempFolders.push(folder);
  return folder;
}
