/** More queues than files may be open. */
import { afterEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { limits } from "../../src/core/limits.ts";
import { appendAll, recordDraft } from "../support/builders.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { close, closeAll, copyOf, openAt, readAll, withFiles } from "./opened-stores.ts";

afterEach(closeAll);

const queueCount = 2_000;
/** Thousands of small files take the device seconds to sync; what is lost without is not what this test asks. */
const environment = withFiles((file) =>
  file.path.includes("/consumequeue/") ? { syncLater: () => Promise.resolve() } : {},
);

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
  const filesOpen = (): number => readdirSync("/proc/self/fd").length;
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
