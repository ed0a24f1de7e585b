/** Cost of appending, by size, by how many share a turn, and with or without a sync behind each turn. */
import { expect, test } from "bun:test";
import { repeats, timeAll, timeoutMs } from "./stopwatch.ts";
import { appendTurns, createDraft, withStore } from "./store-load.ts";

for (const flush of ["async", "sync"] as const) {
  for (const bodyBytes of [100, 1024]) {
    for (const perTurn of [1, 64]) {
      const title = `append ${bodyBytes} B, ${perTurn} a turn, flush ${flush}`;
      test(
        `${title}: every record is acknowledged and readable`,
        async () => {
          await withStore(flush, async (store) => {
            const queue = store.queue("bench", 0);
            const turns = { count: repeats(4), perTurn };
            const total = turns.count * perTurn;
            await timeAll(title, total, () =>
              appendTurns(store, createDraft(queue, bodyBytes), turns),
            );
            expect(queue.maxOffset).toBe(total);
            expect(store.facts().appendedCount).toBeGreaterThanOrEqual(total);
          });
        },
        timeoutMs,
      );
    }
  }
}
