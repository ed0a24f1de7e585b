/** Cost of reading a queue from its beginning in pulls of 32, as consumers do. */
import { expect, test } from "bun:test";
import type { MessageStore, QueueHandle } from "../../src/store/message-store.ts";
import { repeats, timeAll, timeoutMs } from "./stopwatch.ts";
import { appendTurns, createDraft, withStore } from "./store-load.ts";

const perPull = 32;
const bytesMax = 4 << 20;

/** Reads all that is there; returns how many records and bytes came. */
async function readAll(
  store: MessageStore,
  queue: QueueHandle,
): Promise<{ count: number; bytes: number }> {
  let count = 0;
  let bytes = 0;
  let offset = queue.minOffset;
  while (offset < queue.maxOffset) {
    const outcome = await store.read({
      queue,
      offset,
      countMax: perPull,
      bytesMax,
      filter: undefined,
    });
    if (outcome.kind !== "found") {
      throw new Error(`${outcome.kind} at ${offset} of ${queue.maxOffset}`);
    }
    count += outcome.count;
    bytes += outcome.end - outcome.start;
    offset = outcome.nextOffset;
  }
  return { count, bytes };
}

for (const bodyBytes of [100, 1024]) {
  test(
    `pulls of ${perPull} x ${bodyBytes} B read back every record once`,
    async () => {
      await withStore("async", async (store) => {
        const queue = store.queue("bench", 0);
        const turns = { count: repeats(4), perTurn: 64 };
        await appendTurns(store, createDraft(queue, bodyBytes), turns);
        const total = turns.count * turns.perTurn;
        let read = { count: 0, bytes: 0 };
        await timeAll(`pull ${perPull} x ${bodyBytes} B`, total, async () => {
          read = await readAll(store, queue);
        });
        expect(read.count).toBe(total);
        expect(read.bytes % total).toBe(0);
        expect(read.bytes).toBeGreaterThan(total * bodyBytes);
      });
    },
    timeoutMs,
  );
}
