/** `dist/mq standalone start` on an empty store: nameserver and broker in one process. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Children } from "./children.ts";
import { type Contender, ourName, type RunningContender } from "./contender.ts";
import type { Durability } from "./options.ts";
import { firstAcknowledgedSend } from "./wire-probe.ts";

const brokerPort = 10_911;
const nameserverPort = 9876;
/** A start takes tens of milliseconds; polling much faster would take the processor from it. */
const pollMs = 1;
const startTimeoutMs = 30_000;

export function mqContender(options: {
  readonly executable: string;
  readonly folder: string;
  readonly durability: Durability;
  readonly children: Children;
}): Contender {
  const setting = `--flush ${options.durability}`;
  const start = async (): Promise<RunningContender> => {
    const store = join(options.folder, "mq-store");
    rmSync(store, { recursive: true, force: true });
    mkdirSync(store, { recursive: true });
    // What the broker says is kept until its next start: it explains sends that failed.
    const logPath = join(options.folder, "mq-broker.log");
    writeFileSync(logPath, "");
    const command = [
      options.executable,
      "standalone",
      "start",
      "--store",
      store,
      "--listen",
      `127.0.0.1:${brokerPort}`,
      "--nameserver-listen",
      `127.0.0.1:${nameserverPort}`,
      "--flush",
      options.durability,
    ];
    const startedMs = performance.now();
    const child = options.children.start(command, {
      onErrorLine: (line) => appendFileSync(logPath, `${line}\n`),
    });
    const acknowledgedMs = await firstAcknowledgedSend({
      port: brokerPort,
      pollMs,
      timeoutMs: startTimeoutMs,
      isAlive: child.isAlive,
    }).catch((error: unknown) => {
      throw new Error(`${command.join(" ")}: ${String(error)}\n${readFileSync(logPath, "utf8")}`);
    });
    return {
      nameserver: `127.0.0.1:${nameserverPort}`,
      brokerPort,
      brokerPids: [child.pid],
      allPids: [child.pid],
      storeFolder: store,
      startMs: acknowledgedMs - startedMs,
      stop: async () => {
        await child.stop();
        rmSync(store, { recursive: true, force: true });
      },
    };
  };
  return { name: ourName, durability: options.durability, setting, start };
}
