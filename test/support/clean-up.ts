/** Loaded before any test (bunfig.toml): takes away what tests left in the machine's folder for temporary files. */
import { afterAll } from "bun:test";
import { rmSync } from "node:fs";
import { tempFolders } from "./temp-folder.ts";

/** Hundreds of stores with thousands of files, on a machine that has other work. */
const timeoutMs = 120_000;

afterAll(() => {
  for (const folder of tempFolders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
}, timeoutMs);
