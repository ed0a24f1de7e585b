/** Tests of the merge: whatever the batches are, messages come by store time and none is missing. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { backlog } from "./tail-backlog.ts";
import type { TailRange } from "./tail-start.ts";

function message(queueId: number, queueOffset: number, place: number): ReceivedMessage {
  return {
    topic: "orders",
    brokerName: "broker-a",
    queueId,
    queueOffset,
    physicalOffset: place,
    offsetMessageId: "",
    uniqueKey: undefined,
    tag: undefined,
    keys: [],
    bornTimestampMs: 0,
    bornHost: "",
    // Several messages share a millisecond.
    storeTimestampMs: 1_000 + Math.floor(place / 3),
    storeHost: "",
    reconsumeTimes: 0,
    flag: 0,
    sysFlag: 0,
    properties: new Map(),
    body: Buffer.alloc(0),
    isCompressed: false,
    storedBytes: 100,
  };
}

const queuesOfMessages = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 });

test("messages of several queues come in the order of the log, each once, up to the end of each range", async () => {
  await fc.assert(
    fc.asyncProperty(
      queuesOfMessages,
      fc.integer({ min: 1, max: 5 }),
      async (queueOfPlace, batchMax) => {
        const queues: ReceivedMessage[][] = [[], [], [], []];
        queueOfPlace.forEach((queueId, place) => {
          const queue = queues[queueId] as ReceivedMessage[];
          queue.push(message(queueId, queue.length, place));
        });
        const ranges = queues.map((messages, queueId): TailRange => {
          const queue = { topic: "orders", brokerName: "broker-a", queueId };
          return {
            queue,
            startOffset: 0,
            minOffset: 0,
            endOffset: Math.max(0, messages.length - 1),
          };
        });
        const places: number[] = [];
        const read = async ({ queue }: TailRange, offset: number) => {
          const batch = queues[queue.queueId]?.slice(offset, offset + batchMax) ?? [];
          return { nextOffset: offset + batch.length, messages: batch };
        };
        for await (const { physicalOffset } of backlog(ranges, read)) {
          places.push(physicalOffset);
        }
        const wanted = queues.flatMap((messages) => messages.slice(0, -1));
        expect(places).toEqual(
          wanted.map(({ physicalOffset }) => physicalOffset).sort((a, b) => a - b),
        );
      },
    ),
    { numRuns: 200, seed: 11 },
  );
});

test("a queue whose filter lets nothing through does not hold up the others", async () => {
  const range = (queueId: number): TailRange => ({
    queue: { topic: "orders", brokerName: "broker-a", queueId },
    startOffset: 0,
    minOffset: 0,
    endOffset: 10,
  });
  const read = async ({ queue }: TailRange, offset: number) => ({
    nextOffset: offset + 5,
    messages: queue.queueId === 0 ? [] : [message(1, offset, offset)],
  });
  const offsets: number[] = [];
  for await (const { queueOffset } of backlog([range(0), range(1)], read)) {
    offsets.push(queueOffset);
  }
  expect(offsets).toEqual([0, 5]);
});
