/** Starts test/support/standalone-main.ts and looks at it from outside. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "../../src/io/network.ts";
import { tempFolder } from "./temp-folder.ts";

export interface StandaloneProcess {
  readonly broker: Address;
  readonly nameserver: Address;
  /** Anonymous memory of the process now, in bytes. */
  anonymousBytes(): number;
  stop(): Promise<void>;
}

export async function startStandaloneProcess(
  flush: "sync" | "async" = "sync",
): Promise<StandaloneProcess> {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "standalone-main.ts"), tempFolder(), flush],
    { stdout: "pipe", stderr: "inherit", env: { ...process.env, MALLOC_ARENA_MAX: "1" } },
  );
  const { value } = await child.stdout.getReader().read();
  const ports = JSON.parse(new TextDecoder().decode(value)) as {
    broker: number;
    nameserver: number;
  };
  return {
    broker: { host: "127.0.0.1", port: ports.broker },
    nameserver: { host: "127.0.0.1", port: ports.nameserver },
    anonymousBytes() {
      const status = readFileSync(`/proc/${child.pid}/status`, "latin1");
      return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    },
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}
