/** More queues than files may be open. */
import { afterEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { openStore } from "../../src/app/open-store.ts";
import { limits } from "../../src/core/limits.ts";
import type { Disk } from "../../src/io/disk.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { VirtualWorld } from "../support/virtual-world.ts";
import { close, closeAll, copyOf, openAt, readAll, withFiles } from "./opened-stores.ts";

afterEach(closeAll);

const queueCount = 2_000;
/** Thousands of small files take the device seconds to sync; what is lost without is not what this test asks. */
const done = (): Promise<void> => Promise.resolve();
const environment = withFiles((file) =>
  file.path.includes("/consumequeue/") ? { sync: done, syncLater: done } : {},
);
const filesOpen = (): number => readdirSync("/proc/self/fd").length;

test("2,000 queues are served, checkpointed and recovered with 512 files open", async () => {
  const folder = tempFolder();
  const first = await openAt(folder, { flush: "async", environment });
  const queues = Array.from({ length: queueCount }, (_, index) =>
    first.queue(`topic-${index % 20}`, Math.floor(index / 20)),
  );
  // 130 messages fill a queue's memory once, so that its file is written before any checkpoint.
  for (const queue of queues.slice(0, 700)) {
    await appendAll(first, queue, Array<string>(130).fill(`${queue.topic} ${queue.queueId}`));
  }
  for (const queue of queues) {
    first.append(recordDraft(queue, { body: `last of ${queue.topic} ${queue.queueId}` }));
  }
  await first.state.commit();
  const before = filesOpen();
  for (const queue of queues) {
    await readAll(first, queue);
  }
  expect(filesOpen() - before).toBeLessThanOrEqual(limits.queueFilesOpenMax);
  const killed = copyOf(folder);
  await close(first);
  expect(filesOpen()).toBeLessThan(before + 20);
  for (const each of [folder, killed]) {
    const second = await openAt(each, { environment });
    for (const { topic, queueId } of queues) {
      const found = await readAll(second, second.queue(topic, queueId));
      expect(found.at(-1)).toBe(`${found.length - 1} last of ${topic} ${queueId}`);
      expect(found.slice(0, -1).every((body) => body.endsWith(` ${topic} ${queueId}`))).toBe(true);
    }
    await close(second);
  }
}, 60_000);

test("10,000 queues are opened again without a look at the log or at their files", () => {
  const world = new VirtualWorld();
  const names = Array.from({ length: 10_000 }, (_, index) => ({
    topic: `topic-${index % 1_250}`,
    queueId: Math.floor(index / 1_250),
  }));
  const options = {
    folder: "/data/store",
    flush: "async",
    storeHost: { host: "127.0.0.1", port: 10_911 },
  } as const;
  let queueReads = 0;
  let bytesRead = 0;
  world.run(async () => {
    const first = await openStore(world.boot("broker"), options);
    for (const { topic, queueId } of names) {
      first.append(recordDraft(first.queue(topic, queueId), { body: `${topic} ${queueId}` }));
    }
    await first.state.commit();
    await first.close();
    world.machine("broker").stopped();
    const again = world.boot("broker");
    const disk: Disk = {
      ...again.disk,
      open(path, mode) {
        const file = again.disk.open(path, mode);
        const readInto = file.readInto.bind(file);
        queueReads += path.includes("/consumequeue/") ? 1 : 0;
        file.readInto = (...args) => {
          bytesRead += path.includes("/commitlog/") ? args[2] : 0;
          return readInto(...args);
        };
        return file;
      },
    };
    const second = await openStore({ ...again, disk }, options);
    expect([queueReads, bytesRead < 200_000]).toEqual([0, true]);
    for (const { topic, queueId } of names) {
      expect(second.queue(topic, queueId).maxOffset).toBe(1);
    }
    for (const { topic, queueId } of names.filter((_, index) => index % 100 === 0)) {
      const found = await readAll(second, second.queue(topic, queueId));
      expect(found).toEqual([`0 ${topic} ${queueId}`]);
    }
    await second.close();
  });
}, 60_000);
