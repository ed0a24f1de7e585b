/** Commands that read and mend stores off line, on stores that a real RocketMQ wrote: whole and damaged. */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { runMq } from "../support/mq-command.ts";
import { checkedRows, mqRows } from "../support/mq-rows.ts";
import { damage, storeNames, type UnpackedStore, unpackStore } from "../support/rocketmq-stores.ts";

setDefaultTimeout(60_000);

const environment = { TZ: "UTC" };
let store: UnpackedStore;

beforeAll(() => {
  store = unpackStore("5.5.0", "main-clean");
});

test("segment dump prints the records that the manifest of each store names", async () => {
  for (const [archive, name] of storeNames) {
    const { folder, manifest } = unpackStore(archive, name);
    const rows = await mqRows("segment dump", [folder], { environment });
    expect([archive, name, rows.length]).toEqual([archive, name, manifest.records]);
    const byOffset = new Map(rows.map((row) => [row["commitOffset"], row]));
    for (const [
      topic,
      queue,
      queueOffset,
      offset,
      bytes,
      tag,
      ,
      ,
      recordTopic,
    ] of manifest.messages) {
      const row = byOffset.get(offset);
      expect(row).toMatchObject({ topic: recordTopic ?? topic, bytes });
      if (recordTopic === null) {
        expect(row).toMatchObject({ queue, queueOffset, tag });
      }
    }
  }
});

test("segment dump keeps to a range of places, a topic, a queue, a time and a count", async () => {
  const { folder, manifest } = store;
  const all = await mqRows("segment dump", [folder], { environment });
  const offsets = all.map((row) => Number(row["commitOffset"]));
  const [first = 0, last = 0] = [offsets[10], offsets[20]];
  // One byte behind the start of a record the next one is the first.
  const words = [folder, "--from", String(first + 1), "--to", String(last)];
  const range = await mqRows("segment dump", words, { environment });
  expect(range.map((row) => row["commitOffset"])).toEqual(offsets.slice(11, 20));
  const [topic, queueId] = manifest.messages[0] ?? ["", 0];
  const queue = ["--topic", topic, "--queue", String(queueId)];
  const wanted = all.filter((row) => row["topic"] === topic && row["queue"] === queueId);
  expect(await mqRows("segment dump", [folder, ...queue], { environment })).toEqual(wanted);
  expect(await mqRows("segment dump", [folder, ...queue, "--count", "2"], { environment })).toEqual(
    wanted.slice(0, 2),
  );
  const since = String(all[30]?.["stored"]);
  const later = all.filter((row) => Date.parse(String(row["stored"])) >= Date.parse(since));
  expect(await mqRows("segment dump", [folder, "--since", since], { environment })).toEqual(later);
  expect(later.length).toBeLessThan(all.length);
  const second = "00000000000001048576";
  const named = await mqRows("segment dump", [join(folder, "commitlog", second)], { environment });
  expect(named.map((row) => row["commitOffset"])).toEqual(
    offsets.filter((each) => each >= 1_048_576 && each < 2_097_152),
  );
});

test("segment grep finds keys, properties and bodies, and says by its exit code when it found nothing", async () => {
  const { folder } = store;
  const all = await mqRows("segment dump", [folder, "--body"], { environment });
  const keyed = all.find((row) => row["keys"] !== null);
  const key = String(keyed?.["keys"]);
  const found = await mqRows("segment grep", [`^${key}$`, folder, "--body"], { environment });
  expect(found).toContainEqual(keyed);
  const tagged = await mqRows("segment grep", ["^TAGS=", folder], { environment });
  expect(tagged.length).toBe(all.filter((row) => row["tag"] !== null).length);
  const spoken = all.find((row) => row["encoding"] === "utf8" && String(row["body"]).length > 8);
  const piece = String(spoken?.["body"]).slice(0, 8).replace(/\W/g, ".");
  const bodies = await mqRows("segment grep", [piece, folder, "--body"], { environment });
  expect(bodies).toContainEqual(spoken);
  const nothing = await runMq(["segment", "grep", "no such words", folder], { environment });
  expect([nothing.exitCode, nothing.stdout]).toEqual([3, ""]);
  const wrong = await runMq(["segment", "grep", "(", folder], { environment });
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("PATTERN")]);
});

test("damaged stores are read over the damage, and each place of it is told", async () => {
  const { folder, manifest } = unpackStore("5.5.0", "main-clean");
  const [, , , offset = 0, bytes = 0] = manifest.messages[100] ?? [];
  const name = String(offset - (offset % 1_048_576)).padStart(20, "0");
  const path = join("commitlog", name);
  damage(folder, [{ op: "write", path, offset: offset % 1_048_576, hex: "7fffffff00112233" }]);
  const dumped = await runMq(["segment", "dump", folder], { environment });
  expect([dumped.exitCode, dumped.stderr]).toEqual([0, expect.stringContaining(String(offset))]);
  const rows = await checkedRows("segment dump", dumped.stdout);
  expect(rows.length).toBe(manifest.records - 1);
  const verified = await runMq(["segment", "verify", folder], { environment });
  const [facts] = await checkedRows("segment verify", verified.stdout);
  expect([verified.exitCode, facts?.["problems"]]).toEqual([
    8,
    [expect.objectContaining({ kind: "damaged", segment: name, offset, bytes })],
  ]);
});
