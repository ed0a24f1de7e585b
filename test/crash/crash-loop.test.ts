/** `make crash` in small, on every change: a few kills, and a cut on each file system where that is possible. */
import { expect, test } from "bun:test";
import { tempFolder } from "../support/temp-folder.ts";
import { runKillLoop } from "./kill-loop.ts";
import type { CrashResult } from "./lives.ts";
import { type FileSystemKind, whyNoPowerCut } from "./loop-file-system.ts";
import { runPowerCuts } from "./power-cut-loop.ts";

const seed = 20_261_122;
const loadMsMax = 200;
const report = () => undefined;
const withinMs = 90_000;
const reason = whyNoPowerCut();
const kinds: readonly FileSystemKind[] = ["ext4", "xfs"];

function expectNothingLost(result: CrashResult): void {
  expect(result.violations).toEqual([]);
  expect(result.acknowledgedCount).toBeGreaterThan(0);
  expect(result.laterCount).toBeGreaterThan(0);
  expect(result.settledCount).toBeGreaterThanOrEqual(result.acknowledgedCount);
}

test(
  "what was acknowledged is there after kills at random moments",
  async () => {
    const options = { seed, kills: 5, folder: tempFolder(), loadMsMax, report };
    expectNothingLost(await runKillLoop(options));
  },
  withinMs,
);

test.skipIf(reason !== undefined).each(kinds)(
  `what was acknowledged is there after power cuts on %s (${reason ?? "possible here"})`,
  async (kind) => {
    const options = {
      seed,
      cuts: 2,
      kind,
      folder: tempFolder(),
      loadMsMax,
      flush: "sync",
      report,
    } as const;
    expectNothingLost(await runPowerCuts(options));
  },
  withinMs,
);

test.skipIf(reason !== undefined)(
  `a broker that answers before it syncs is found by a power cut (${reason ?? "possible here"})`,
  async () => {
    const folder = tempFolder();
    const options = {
      seed,
      cuts: 5,
      kind: "ext4",
      folder,
      loadMsMax,
      flush: "async",
      report,
    } as const;
    const { violations } = await runPowerCuts(options);
    expect(violations.filter((violation) => violation.endsWith("is lost"))).not.toEqual([]);
  },
  withinMs,
);
