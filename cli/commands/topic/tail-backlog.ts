/** What lies in several queues between two offsets each, in order of store time: a merge that holds one batch a queue. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import type { TailRange } from "./tail-start.ts";

/** Reads one batch; `nextOffset` grows with every call. */
export type ReadBatch = (
  range: TailRange,
  offset: number,
) => Promise<{ readonly nextOffset: number; readonly messages: readonly ReceivedMessage[] }>;

interface Head {
  readonly range: TailRange;
  offset: number;
  batch: readonly ReceivedMessage[];
  at: number;
}

/** Messages of all ranges, the earliest stored first; those of one queue in its order. */
export async function* backlog(
  ranges: readonly TailRange[],
  read: ReadBatch,
): AsyncGenerator<ReceivedMessage> {
  let heads = ranges.map((range): Head => ({ range, offset: range.startOffset, batch: [], at: 0 }));
  for (;;) {
    await Promise.all(heads.map((head) => fill(head, read)));
    heads = heads.filter(({ batch, at }) => at < batch.length);
    if (heads.length === 0) {
      return;
    }
    // Until one batch is used up, nothing has to be waited for.
    let head: Head;
    do {
      head = earliest(heads);
      yield head.batch[head.at++] as ReceivedMessage;
    } while (head.at < head.batch.length);
  }
}

function earliest(heads: readonly Head[]): Head {
  return heads.reduce((best, head) => (isBefore(messageOf(head), messageOf(best)) ? head : best));
}

function messageOf({ batch, at }: Head): ReceivedMessage {
  return batch[at] as ReceivedMessage;
}

/** By store time; what one broker stored in the same millisecond, by its place in that broker's log. */
function isBefore(left: ReceivedMessage, right: ReceivedMessage): boolean {
  if (left.storeTimestampMs !== right.storeTimestampMs) {
    return left.storeTimestampMs < right.storeTimestampMs;
  }
  return left.brokerName === right.brokerName && left.physicalOffset < right.physicalOffset;
}

/** Loads the next batch of a head that has none, until there is something or its range ends. */
async function fill(head: Head, read: ReadBatch): Promise<void> {
  while (head.at === head.batch.length && head.offset < head.range.endOffset) {
    const { nextOffset, messages } = await read(head.range, head.offset);
    head.offset = Math.max(nextOffset, head.offset + 1);
    head.batch = messages.filter(({ queueOffset }) => queueOffset < head.range.endOffset);
    head.at = 0;
  }
}
