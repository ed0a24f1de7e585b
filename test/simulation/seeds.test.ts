/**
 * A few dozen seeds on every change, each run twice: every rule must hold, and the same seed must give the
 * same history. `make simulate MINUTES=…` runs many more.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { describeFailure, replayCommand } from "./report.ts";
import { type RunKind, runKinds } from "./run.ts";

const seedCount = 10;

setDefaultTimeout(60_000);

for (const kind of Object.keys(runKinds) as RunKind[]) {
  describe(`${kind}: whatever fails, every promise is kept, and the same seed gives the same history`, () => {
    for (let seed = 1; seed <= seedCount; seed++) {
      test(`seed ${kind}:${seed}`, () => {
        const report = runKinds[kind](seed);
        expect(report.violations.length === 0 ? "" : describeFailure(report)).toBe("");
        expect(`${replayCommand(report)} gives ${runKinds[kind](seed).hash}`).toBe(
          `${replayCommand(report)} gives ${report.hash}`,
        );
      });
    }
  });

  test(`${kind}: another seed gives another history`, () => {
    expect(runKinds[kind](1).hash).not.toBe(runKinds[kind](2).hash);
  });
}
