/** A damaged fixture store, planned and repaired with the executable. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type DamagedStore,
  damage,
  isTouched,
  type Manifest,
  type ManifestRow,
  unpackStore,
} from "../support/rocketmq-stores.ts";
import { type Printed, runCommand } from "./command-run.ts";

export interface RepairedStore {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Messages that the damage left whole. */
  readonly whole: readonly ManifestRow[];
  /** Messages in whose place something else lies now. */
  readonly filled: readonly ManifestRow[];
  /** Places of the log that hold a whole record: without fillers before the repair, and after it. */
  readonly readableBefore: readonly number[];
  readonly readableAfter: readonly number[];
  /** Exit codes of the repair: 7 when something could not be mended; undefined when nothing was to be done. */
  readonly repairExit: number | undefined;
  /** Queue and offset that each filler says, by its place. */
  readonly fillers: ReadonlyMap<number, string>;
}

const fillerTopic = "MQ_DAMAGED";

/** Unpacks the store into a folder of its own, damages and repairs it. */
export async function repairedStore(version: string, each: DamagedStore): Promise<RepairedStore> {
  const { folder, manifest } = unpackStore(version, "main-clean");
  damage(folder, each.edits);
  const run = (...words: readonly string[]): Promise<Printed> =>
    runCommand(words, { folder, nameserver: "127.0.0.1:1" });
  const before = await records(run, folder);
  const plan = join(folder, "plan.json");
  await run("segment", "verify", folder, "--fix-plan", plan);
  const isPlanned = existsSync(plan);
  const repair = isPlanned
    ? await run("segment", "repair", folder, "--plan", plan, "--write")
    : undefined;
  const after = await records(run, folder);
  const offsets = (rows: readonly DumpedRecord[]): readonly number[] =>
    rows.filter(({ topic }) => topic !== fillerTopic).map(({ commitOffset }) => commitOffset);
  const fillers = new Map(
    after
      .filter(({ topic }) => topic === fillerTopic)
      .map(({ commitOffset, queue, queueOffset }) => [commitOffset, `${queue}@${queueOffset}`]),
  );
  return {
    folder,
    manifest,
    whole: manifest.messages.filter((row) => !isTouched(row, each)),
    filled: manifest.messages.filter(([, , , physicalOffset]) => fillers.has(physicalOffset)),
    readableBefore: offsets(before),
    readableAfter: offsets(after),
    repairExit: repair?.exit,
    fillers,
  };
}

interface DumpedRecord {
  readonly topic: string;
  readonly queue: number;
  readonly queueOffset: number;
  readonly commitOffset: number;
}

async function records(
  run: (...words: readonly string[]) => Promise<Printed>,
  folder: string,
): Promise<readonly DumpedRecord[]> {
  const { stdout } = await run("segment", "dump", folder, "-o", "jsonl");
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): DumpedRecord => JSON.parse(line));
}
