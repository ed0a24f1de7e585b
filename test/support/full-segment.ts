/** A store whose log is one segment of a gibibyte, full of small messages: what segment tools have to walk quickly. */
import { encodeBatch } from "../../src/record/batch.ts";
import { BatchRecords } from "../../src/record/batch-records.ts";
import type { MessageStore } from "../../src/store/message-store.ts";
import { recordDraft } from "./builders.ts";

export const segmentBytes = 1 << 30;
const messagesPerBatch = 512;
const bodyBytes = 100;
const queueCount = 8;
/** More than a batch's records take. */
const batchBytesMax = messagesPerBatch * 400;

/** Fills the store's first segment; returns how many messages it has. */
export async function fillSegment(store: MessageStore): Promise<number> {
  const records = new BatchRecords();
  const body = Buffer.alloc(bodyBytes, "b");
  // Without keys: what is looked at is the log, not the index behind it.
  const message = { flag: 0, body, properties: "TAGS\u0001T\u0002" };
  const batch = encodeBatch(Array.from({ length: messagesPerBatch }, () => message));
  const drafts = Array.from({ length: queueCount }, (_, queueId) =>
    recordDraft(store.queue("orders", queueId)),
  );
  let count = 0;
  for (let endOffset = 0; endOffset < segmentBytes - batchBytesMax; ) {
    for (const draft of drafts) {
      records.read(batch, 0, batch.length);
      const appended = store.appendBatch(draft, records);
      if (appended === undefined || appended.endOffset > segmentBytes) {
        throw new Error("a batch was not taken whole, or not into the segment");
      }
      ({ endOffset } = appended);
      count += messagesPerBatch;
      if (endOffset >= segmentBytes - batchBytesMax) {
        break;
      }
    }
    await store.whenAcknowledged(endOffset);
  }
  return count;
}
