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

export interface NewestOptions {
  readonly read: ReadBatch;
  /** Every message matches: the last offsets of each queue are enough. */
  readonly isWhole: boolean;
  readonly matches: (message: ReceivedMessage) => boolean;
  readonly isStopped: () => boolean;
}

const stepFirst = 256;
const stepMax = 65_536;

/**
 * Of all ranges together the newest messages that match, the earliest stored first. Each queue is read backwards in growing
 * steps, down to its first message; at most `count` messages a queue are held.
 */
export async function newest(
  ranges: readonly TailRange[],
  count: number,
  options: NewestOptions,
): Promise<readonly ReceivedMessage[]> {
  const found = await Promise.all(ranges.map((range) => newestOf(range, count, options)));
  return found
    .flat()
    .sort((left, right) => (isBefore(left, right) ? -1 : Number(isBefore(right, left))))
    .slice(-count);
}

async function newestOf(
  range: TailRange,
  count: number,
  { read, isWhole, matches, isStopped }: NewestOptions,
): Promise<readonly ReceivedMessage[]> {
  let found: ReceivedMessage[] = [];
  let endOffset = range.endOffset;
  let step = isWhole ? count : Math.max(count, stepFirst);
  while (endOffset > range.minOffset && found.length < count && !isStopped()) {
    const startOffset = Math.max(range.minOffset, endOffset - step);
    let piece: ReceivedMessage[] = [];
    for (let offset = startOffset; offset < endOffset && !isStopped(); ) {
      const { nextOffset, messages } = await read({ ...range, endOffset }, offset);
      offset = Math.max(nextOffset, offset + 1);
      const meant = messages.filter((each) => each.queueOffset < endOffset && matches(each));
      piece = [...piece, ...meant].slice(-count);
    }
    found = [...piece, ...found].slice(-count);
    endOffset = startOffset;
    step = Math.min(stepMax, step * 2);
  }
  return found;
}
