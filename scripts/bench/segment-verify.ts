/**
 * How fast `mq segment verify` checks a full segment of small messages, beside what is asked of it: the rate at which the
 * machine reads the same file, or 500 MB/s, whichever is less. From the page cache and from the device.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { openAt } from "../../test/store/opened-stores.ts";
import { fillSegment, segmentBytes } from "../../test/support/full-segment.ts";
import { median } from "./loopback.ts";

const wantedMegabytes = 500;
const runs = 3;

export interface VerifyRates {
  readonly messages: number;
  /** Megabytes a second, medians of three runs that take turns: of the whole command, and of `dd` over the log. */
  readonly cached: { readonly verify: number; readonly read: number };
  readonly device: { readonly verify: number; readonly read: number };
}

/** Writes a store of 1.1 GB to the folder, measures, and removes it. Takes about 20 seconds. */
export async function measureVerify(folder: string, executable: string): Promise<VerifyRates> {
  const store = join(folder, "verify-store");
  rmSync(store, { recursive: true, force: true });
  try {
    const filled = await openAt(store, { flush: "sync", segmentBytes });
    const messages = await fillSegment(filled);
    await filled.close();
    const cached = measure(store, executable, () => undefined);
    const device = measure(store, executable, () => {
      for (const path of filesIn(store)) {
        run(["dd", `of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
      }
    });
    return { messages, cached, device };
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

function measure(store: string, executable: string, before: () => void): VerifyRates["cached"] {
  const verify: number[] = [];
  const read: number[] = [];
  const log = join(store, "commitlog", "0".repeat(20));
  for (let index = 0; index < runs; index++) {
    before();
    verify.push(rate([executable, "segment", "verify", store, "--quiet"]));
    before();
    read.push(rate(["dd", `if=${log}`, "of=/dev/null", "bs=1M"]));
  }
  return { verify: median(verify), read: median(read) };
}

function rate(command: readonly string[]): number {
  const startedMs = performance.now();
  run(command);
  return segmentBytes / 1e3 / (performance.now() - startedMs);
}

function run(command: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...command], { stdout: "ignore", stderr: "pipe" });
  if (!success) {
    throw new Error(`${command.join(" ")} failed: ${stderr.toString("utf8").trim()}`);
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Two lines: what was measured, and its share of what is asked. */
export function formatVerify({ messages, cached, device }: VerifyRates): string {
  const line = (name: string, { verify, read }: VerifyRates["cached"]) => {
    const limit = Math.min(wantedMegabytes, read);
    const share = verify / limit;
    const verdict = share >= 1 ? "met" : "missed";
    return `segment verify, ${messages} messages of 100 B, ${name}: ${verify.toFixed(0)} MB/s; dd ${read.toFixed(0)} MB/s, asked ${limit.toFixed(0)}: ${share.toFixed(2)}, ${verdict}`;
  };
  return `${line("from the page cache", cached)}\n${line("from the device", device)}`;
}
