/** The Node program of `node/`, beside the modules that its lock file names. */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { ClientProgram } from "./program.ts";
import { buildOnce, filesOf } from "./source-stamp.ts";
import { runTool } from "./tool.ts";

const sourceFolder = join(import.meta.dir, "node");
const packageFiles = ["package.json", "package-lock.json"];

export async function buildNodeProgram(
  version: string,
  cacheFolder: string,
): Promise<ClientProgram> {
  const home = join(cacheFolder, `node-${version}`);
  const packages = packageFiles.map((name) => join(sourceFolder, name));
  mkdirSync(home, { recursive: true });
  await buildOnce(join(home, "packages.sha256"), packages, () => {
    rmSync(join(home, "node_modules"), { recursive: true, force: true });
    copyAll(packages, home);
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
    runTool({ words: ["npm", "ci", ...quiet], folder: home, usesNetwork: true });
  });
  // The modules are looked for beside the program.
  copyAll(
    filesOf(sourceFolder).filter((path) => path.endsWith(".js")),
    home,
  );
  return { command: () => ({ words: ["node", join(home, "main.js")] }) };
}

function copyAll(paths: readonly string[], folder: string): void {
  for (const path of paths) {
    cpSync(path, join(folder, basename(path)));
  }
}
