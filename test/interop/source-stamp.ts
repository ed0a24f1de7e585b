/** Tells whether what was built from some files is older than they are: a digest beside what was built. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Builds unless the stamp says that it was done from the same files; `build` must leave nothing half done. */
export async function buildOnce(
  stampPath: string,
  files: readonly string[],
  build: () => Promise<void> | void,
): Promise<void> {
  const stamp = digestOf(files);
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) {
    return;
  }
  await build();
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(stampPath, stamp);
}

/** Files of a folder, sorted, so that the digest does not hang on the order in which they are listed. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

function digestOf(files: readonly string[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of files) {
    hasher.update(`${path}\0`);
    hasher.update(readFileSync(path));
  }
  return hasher.digest("hex");
}
