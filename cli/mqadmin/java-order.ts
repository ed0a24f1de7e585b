/**
 * The order in which Java walks its hash tables. The official tool keeps what it read in such tables and prints them
 * without sorting, and scripts compare its output line by line.
 */

/**
 * As a `HashMap` or `HashSet` of texts is walked that was filled in this order: by bucket, then as they came. Some are
 * made smaller than the usual 16 buckets.
 */
export function hashOrder<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  bucketsAtFirst = 16,
): readonly T[] {
  return orderBy(items, (item) => textHash(textOf(item)), bucketsAtFirst);
}

/** As `hashOrder`, of message queues. */
export function queueHashOrder<Q extends QueueLike>(queues: readonly Q[]): readonly Q[] {
  return orderBy(queues, queueHash, 16);
}

interface QueueLike {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

function queueHash({ topic, brokerName, queueId }: QueueLike): number {
  return [textHash(brokerName), queueId, textHash(topic)].reduce(
    (hash, part) => (Math.imul(hash, 31) + part) | 0,
    1,
  );
}

function orderBy<T>(
  items: readonly T[],
  hashOf: (item: T) => number,
  bucketsAtFirst: number,
): readonly T[] {
  let buckets = bucketsAtFirst;
  while (items.length > buckets * 0.75) {
    buckets *= 2;
  }
  return items
    .map((item, index) => ({ item, index, bucket: spread(hashOf(item)) & (buckets - 1) }))
    .sort((left, right) => left.bucket - right.bucket || left.index - right.index)
    .map(({ item }) => item);
}

/**
 * As a `ConcurrentHashMap`, which is also what `Properties` are, is walked: when it grows, the tail of a bucket whose items stay
 * together is kept, and what stood before it is turned around.
 */
export function concurrentOrder<T>(items: readonly T[], textOf: (item: T) => string): readonly T[] {
  type Entry = { readonly item: T; readonly hash: number };
  let table: Entry[][] = Array.from({ length: 16 }, () => []);
  let count = 0;
  for (const item of items) {
    const hash = spread(textHash(textOf(item))) & 0x7fff_ffff;
    table[hash & (table.length - 1)]?.push({ item, hash });
    count++;
    if (count >= table.length * 0.75) {
      table = grown(table);
    }
  }
  return table.flat().map(({ item }) => item);
}

function grown<E extends { readonly hash: number }>(table: readonly (readonly E[])[]): E[][] {
  const size = table.length;
  const next: E[][] = Array.from({ length: size * 2 }, () => []);
  for (const [index, bucket] of table.entries()) {
    const tailStart = startOfTail(bucket, size);
    for (const entry of bucket.slice(tailStart)) {
      next[index + (entry.hash & size)]?.push(entry);
    }
    for (const entry of bucket.slice(0, tailStart)) {
      next[index + (entry.hash & size)]?.unshift(entry);
    }
  }
  return next;
}

/** Where the entries begin that all go to the same half, up to the bucket's end. */
function startOfTail(bucket: readonly { readonly hash: number }[], size: number): number {
  let start = bucket.length - 1;
  while (
    start > 0 &&
    ((bucket[start]?.hash ?? 0) & size) === ((bucket[start - 1]?.hash ?? 0) & size)
  ) {
    start--;
  }
  return Math.max(0, start);
}

/** Java's hash of a text, as an int32. */
function textHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  }
  return hash;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
