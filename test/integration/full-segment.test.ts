/** The segment tools over a gibibyte of messages of 100 bytes: all are seen, and what is damaged is found and mended in place. */
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { closeAll, openAt } from "../store/opened-stores.ts";
import { fillSegment, segmentBytes } from "../support/full-segment.ts";
import { runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(180_000);
afterEach(closeAll);

const environment = { TZ: "UTC" };
const log = "commitlog/00000000000000000000";

test("a full segment of small messages is verified, and a damaged one repaired", async () => {
  const folder = tempFolder();
  const store = await openAt(folder, { flush: "async", segmentBytes });
  const count = await fillSegment(store);
  expect(count).toBeGreaterThan(3_500_000);
  await store.close();

  const [sound] = await mqRows("segment verify", [folder], { environment });
  // The next segment is there already, and empty.
  expect(sound).toMatchObject({ segments: 2, recordsWithoutChecksum: 0, problems: [] });
  expect(sound?.["queues"]).toEqual({ queues: 8, entriesMissing: 0, problems: [] });
  const records = Number(sound?.["records"]);
  expect(records).toBeGreaterThanOrEqual(count);

  // A record near the start, one in the middle and one near the end: a body's byte, the size, a page of zeros.
  const places = await Promise.all(
    [1_000, 512 << 20, segmentBytes - (1 << 20)].map((from) => recordBehind(folder, from)),
  );
  const [first, middle, last] = places as [Place, Place, Place];
  const file = openSync(join(folder, log), "r+");
  writeSync(file, Buffer.alloc(1), 0, 1, first.offset + 120);
  writeSync(file, Buffer.from("7fffffff", "hex"), 0, 4, middle.offset);
  writeSync(file, Buffer.alloc(4_096), 0, 4_096, last.offset);
  closeSync(file);
  const plan = join(folder, "plan.json");
  const words = [folder, "--fix-plan", plan];
  const found = await runMq(["segment", "verify", ...words, "-o", "json"], { environment });
  expect(found.exitCode).toBe(8);
  const { problems, ...facts } = JSON.parse(found.stdout);
  expect(problems).toMatchObject([
    { offset: first.offset, bytes: first.bytes, kind: "damaged" },
    { offset: middle.offset, bytes: middle.bytes, kind: "damaged" },
    { offset: last.offset, kind: "damaged" },
  ]);
  // 4,096 bytes are so many records, the last of them in part.
  const lost = 2 + Math.ceil(4_096 / last.bytes);
  expect(facts.records).toBe(records - lost);

  const repaired = await mqRows("segment repair", [folder, "--plan", plan, "--write"], {
    environment,
  });
  expect(repaired.every(({ state }) => state === "done")).toBe(true);
  expect(await mqRows("segment verify", [folder], { environment })).toMatchObject([
    { records, problems: [] },
  ]);
  const again = await openAt(folder, { flush: "async" });
  const sizes = Array.from({ length: 8 }, (_, queueId) => again.queue("orders", queueId).maxOffset);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
});

interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** The first record at or behind an offset of the log. */
async function recordBehind(folder: string, from: number): Promise<Place> {
  const words = [folder, "--from", String(from), "--count", "1"];
  const [row] = await mqRows("segment dump", words, { environment });
  return { offset: Number(row?.["commitOffset"]), bytes: Number(row?.["bytes"]) };
}
