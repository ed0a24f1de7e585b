/** The Go program of `go/`: one executable, built with the locked modules of `go.sum`. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ClientProgram } from "./program.ts";
import { buildOnce, filesOf } from "./source-stamp.ts";
import { runTool } from "./tool.ts";

const sourceFolder = join(import.meta.dir, "go");

export async function buildGoProgram(version: string, cacheFolder: string): Promise<ClientProgram> {
  const home = join(cacheFolder, `go-${version}`);
  const executable = join(home, "interop");
  const stamp = join(home, "sources.sha256");
  if (!existsSync(executable)) {
    rmSync(stamp, { force: true });
  }
  await buildOnce(stamp, filesOf(sourceFolder), () => {
    mkdirSync(home, { recursive: true });
    runTool({
      words: ["go", "build", "-mod=readonly", "-trimpath", "-o", executable, "."],
      folder: sourceFolder,
      // The toolchain that is there builds it; another one is not fetched.
      environment: { GOTOOLCHAIN: "local", GOWORK: "off", CGO_ENABLED: "0" },
      usesNetwork: true,
    });
  });
  // Its log level is read from the environment; warnings go to standard error.
  return {
    command: () => ({ words: [executable], environment: { ROCKETMQ_GO_LOG_LEVEL: "warn" } }),
  };
}
