/**
 * `make soak MINUTES=10`: one broker under steady load, and whether its memory, its file handles and its latencies stay
 * where they are. The figures behind the third minute count (behind the first third in a shorter run).
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeAddresses, MqProcess } from "../test/crash/mq-process.ts";
import { readAnonymousBytes } from "./bench/process-usage.ts";
import { SoakLoad } from "./soak/load.ts";
import { judgeSoak, type Sample } from "./soak/verdict.ts";

const sampleMs = 10_000;
const warmUpMinutes = 3;

function minutesFrom(text: string | undefined): number {
  const minutes = Number(text ?? "10");
  if (!(minutes >= 1 && minutes <= 10_000)) {
    throw new Error(`MINUTES=${text}: a number from 1 on is needed`);
  }
  return minutes;
}

async function main(): Promise<number> {
  const minutes = minutesFrom(process.env["MINUTES"]);
  const folder = mkdtempSync(join(tmpdir(), "mq-soak-"));
  const [broker, nameserver] = await freeAddresses();
  const life = MqProcess.start({
    storeFolder: join(folder, "store"),
    logPath: join(folder, "log"),
    broker,
    nameserver,
    flush: "sync",
    settings: [],
  });
  const load = new SoakLoad(`${nameserver.host}:${nameserver.port}`);
  try {
    await load.start();
    const samples = await watch(life, load, minutes);
    await load.stop();
    return report(samples, load, minutes);
  } finally {
    await life.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watch(life: MqProcess, load: SoakLoad, minutes: number): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startMs = performance.now();
  while (performance.now() - startMs < minutes * 60_000) {
    await Bun.sleep(sampleMs);
    if (life.hasExited) {
      throw new Error(`the broker ended:\n${life.logTail()}`);
    }
    const latencies = load.takeLatencies();
    const sample: Sample = {
      atMs: performance.now() - startMs,
      anonymousBytes: readAnonymousBytes([life.pid]),
      handleCount: readdirSync(`/proc/${life.pid}/fd`).length,
      p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    };
    samples.push(sample);
    const memory = (sample.anonymousBytes / 1024 / 1024).toFixed(1);
    console.log(
      `${(sample.atMs / 60_000).toFixed(1)} min  ${memory} MiB  ${sample.handleCount} handles  p99 ${sample.p99Ms.toFixed(2)} ms  sent ${load.sentCount}  read ${load.readCount}  visits ${load.visitCount}  failed ${load.failedCount}`,
    );
  }
  return samples;
}

function report(samples: readonly Sample[], load: SoakLoad, minutes: number): number {
  const verdicts = judgeSoak(samples, Math.min(warmUpMinutes, minutes / 3) * 60_000);
  for (const { name, text, isKept } of verdicts) {
    console.log(`${isKept ? "kept  " : "MISSED"}  ${name}: ${text}`);
  }
  const isWhole = load.failedCount === 0;
  console.log(`${isWhole ? "kept  " : "MISSED"}  requests that failed: ${load.failedCount}`);
  return verdicts.every(({ isKept }) => isKept) && isWhole ? 0 : 1;
}

process.exit(await main());
