/** The Python program of `python/`, and the package whose native library is RocketMQ's client for C++. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ClientProgram } from "./program.ts";
import { buildOnce } from "./source-stamp.ts";
import { runTool } from "./tool.ts";

const sourceFolder = join(import.meta.dir, "python");
const requirements = join(sourceFolder, "requirements.txt");

export async function buildPythonProgram(
  version: string,
  cacheFolder: string,
): Promise<ClientProgram> {
  const home = join(cacheFolder, `python-${version}`);
  const packages = join(home, "site");
  await buildOnce(join(home, "requirements.sha256"), [requirements], () => {
    rmSync(home, { recursive: true, force: true });
    const quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"];
    const what = ["--require-hashes", "--only-binary=:all:", "-r", requirements];
    runTool({
      words: ["python3", "-m", "pip", "install", ...quiet, ...what, "--target", packages],
      folder: sourceFolder,
      usesNetwork: true,
    });
  });
  return {
    command: () => ({
      words: ["python3", "-B", "-u", join(sourceFolder, "main.py")],
      environment: { PYTHONPATH: packages },
    }),
  };
}
