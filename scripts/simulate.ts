/**
 * `make simulate MINUTES=5` runs new seeds for that long; `make simulate SEED=store:17` replays one. Prints
 * what was reached and exits 1 when a rule was broken.
 */
import { describeFailure, type RunReport, replayCommand } from "../test/simulation/report.ts";
import { type RunKind, runKinds, runSeed } from "../test/simulation/run.ts";

const progressMs = 15_000;
const failuresMax = 3;

class Tally {
  seedCount = 0;
  crashCount = 0;
  messageCount = 0;
  acknowledgedCount = 0;
  eventCount = 0;
  virtualMs = 0;
  readonly faults = new Map<string, number>();
  readonly failures: RunReport[] = [];

  add(report: RunReport): void {
    this.seedCount++;
    this.crashCount += report.crashCount;
    this.messageCount += report.messageCount;
    this.acknowledgedCount += report.acknowledgedCount;
    this.eventCount += report.eventCount;
    this.virtualMs += report.virtualMs;
    for (const [fault, count] of report.faults) {
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + count);
    }
    if (report.violations.length > 0) {
      this.failures.push(report);
    }
  }

  line(): string {
    return (
      `${this.seedCount} seeds, ${this.crashCount} crashes, ${this.messageCount} messages ` +
      `(${this.acknowledgedCount} acknowledged), ${this.eventCount} events, ` +
      `${(this.virtualMs / 60_000).toFixed(1)} simulated minutes, ${this.failures.length} failed`
    );
  }
}

function isRunKind(text: string): text is RunKind {
  return Object.hasOwn(runKinds, text);
}

/** `17` runs every kind with that seed, `store:17` one. */
function parseSeed(text: string): readonly { readonly kind: RunKind; readonly seed: number }[] {
  const [left = "", right] = text.split(":");
  const seed = Number(right ?? left);
  const kinds = right === undefined ? Object.keys(runKinds) : [left];
  if (!Number.isSafeInteger(seed) || seed < 0 || !kinds.every(isRunKind)) {
    throw new Error(`SEED=${text} is none; write SEED=17 or SEED=${Object.keys(runKinds)[0]}:17`);
  }
  return kinds.filter(isRunKind).map((kind) => ({ kind, seed }));
}

async function replay(text: string): Promise<number> {
  let failed = 0;
  for (const { kind, seed } of parseSeed(text)) {
    const report = await runSeed(kind, seed);
    const again = await runSeed(kind, seed);
    console.log(`${kind}:${seed} hash ${report.hash}, plan ${JSON.stringify(report.plan)}`);
    if (report.hash !== again.hash) {
      failed++;
      console.log(`${kind}:${seed} is not deterministic: a second run gave ${again.hash}`);
    }
    if (report.violations.length > 0) {
      failed++;
      console.log(describeFailure(report));
    } else {
      console.log(
        `${kind}:${seed} kept every rule: ${report.crashCount} crashes, ${report.messageCount} messages`,
      );
    }
  }
  return failed;
}

async function sweep(minutes: number): Promise<number> {
  const kinds = Object.keys(runKinds).filter(isRunKind);
  const tally = new Tally();
  const endMs = performance.now() + minutes * 60_000;
  const first = Math.floor(Date.now() / 1_000) * 1_000;
  let nextProgressMs = performance.now() + progressMs;
  console.log(`seeds from ${first} on, for ${minutes} minutes`);
  for (let seed = first; performance.now() < endMs; seed++) {
    const kind = kinds[seed % kinds.length] as RunKind;
    const report = await runSeed(kind, seed);
    tally.add(report);
    if (report.violations.length > 0) {
      console.log(describeFailure(report));
      if (tally.failures.length >= failuresMax) {
        break;
      }
    }
    if (performance.now() >= nextProgressMs) {
      nextProgressMs += progressMs;
      console.log(tally.line());
    }
  }
  console.log("faults and rare paths reached:");
  for (const [fault, count] of [...tally.faults].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${fault}: ${count}`);
  }
  console.log(tally.line());
  for (const report of tally.failures) {
    console.log(`replay with: ${replayCommand(report)}`);
  }
  return tally.seedCount === 0 ? 1 : tally.failures.length;
}

const seedText = process.env["SEED"] ?? "";
const minutes = Number(process.env["MINUTES"] || "1");
const failed = seedText === "" ? await sweep(minutes) : await replay(seedText);
process.exit(failed === 0 ? 0 : 1);
