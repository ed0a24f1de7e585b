/**
 * Every damaged fixture store, repaired with the executable: nothing that was readable is lost, fillers say which message
 * they stand for, and mq serves all the others at their offsets. `make toolkit-interop` lets a real RocketMQ read them.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { readInt64 } from "../../src/core/int64.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { recordAt } from "../../src/record/layout.ts";
import { openLogStore } from "../../src/store/open-log-store.ts";
import { type ManifestRow, unpackStore } from "../support/rocketmq-stores.ts";
import { requireExecutable } from "./command-run.ts";
import { repairedStore } from "./repaired-store.ts";

setDefaultTimeout(60_000);
requireExecutable();

const environment = createBunEnvironment({ level: "error", format: "text" });
const fixtureQueueFileBytes = 2_000;
/** Exit codes where it is not 0: a file that is missing cannot be mended, and without checksums nobody notices a header. */
const repairExits: Readonly<Record<string, number | undefined>> = {
  "missing-middle-segment": 7,
  "bitflip-header": undefined,
};

for (const version of ["4.9.7", "5.5.0"] as const) {
  const { damaged } = unpackStore(version, "main-clean").manifest;
  for (const each of damaged.filter(({ edits }) => edits.some(({ path }) => isLog(path)))) {
    test(`${version} ${each.kind}: what is whole is served after the repair`, async () => {
      const store = await repairedStore(version, each);
      expect(store.readableAfter).toEqual(store.readableBefore);
      const exit = each.kind in repairExits ? repairExits[each.kind] : 0;
      expect([each.kind, store.repairExit]).toEqual([each.kind, exit]);
      // Records that went one by one are all known to the queues.
      expect([each.kind, store.filled.length > 0]).toEqual([
        each.kind,
        /^bitflip-(body|size)|^zeroed/.test(each.kind),
      ]);
      const saidBy = store.filled.map(([, , , offset]) => store.fillers.get(offset));
      const wanted = store.filled.map(([, queue, queueOffset]) => `${queue}@${queueOffset}`);
      expect(saidBy).toEqual(wanted);
      // RocketMQ refuses to start on queue files of another size than its own.
      expect([...queueFileSizes(store.folder)]).toEqual([fixtureQueueFileBytes]);
      expect(await notServed(store.folder, store.whole)).toEqual([]);
      rmSync(store.folder, { recursive: true });
    });
  }
}

function queueFileSizes(folder: string): ReadonlySet<number> {
  const queues = join(folder, "consumequeue");
  const names = readdirSync(queues, { recursive: true, encoding: "utf8" });
  return new Set(
    names.filter((name) => /\d{20}$/.test(name)).map((name) => statSync(join(queues, name)).size),
  );
}

function isLog(path: string): boolean {
  return path.startsWith("commitlog/");
}

/** Of the messages those that a broker on the store would not serve at their offsets. */
async function notServed(
  folder: string,
  messages: readonly ManifestRow[],
): Promise<readonly ManifestRow[]> {
  const store = await openLogStore(environment, {
    folder,
    flush: "async",
    storeHost: { host: "127.0.0.1", port: 10_911 },
  });
  const missing: ManifestRow[] = [];
  for (const row of messages) {
    const [topic, queueId, offset, physicalOffset, bytes] = row;
    const outcome = await store.read({
      queue: store.queue(topic, queueId),
      offset,
      countMax: 1,
      bytesMax: 1 << 22,
      filter: undefined,
    });
    const isThere =
      outcome.kind === "found" &&
      outcome.records.readInt32BE(outcome.start) === bytes &&
      readInt64(outcome.records, outcome.start + recordAt.physicalOffset) === physicalOffset;
    if (!isThere) {
      missing.push(row);
    }
  }
  await store.close();
  return missing;
}
