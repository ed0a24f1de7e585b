/**
 * The order in which Java walks its hash tables. The official tool keeps what it read in such tables and prints them
 * without sorting, and scripts compare its output line by line.
 */
import { javaHash } from "../../src/core/java-hash.ts";

/**
 * As a `HashMap` or `HashSet` of texts is walked that was filled in this order: by bucket, then as they came. Some are
 * made smaller than the usual 16 buckets.
 */
export function hashOrder<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  bucketsAtFirst = 16,
): readonly T[] {
  return orderBy(items, (item) => javaHash(textOf(item)), bucketsAtFirst);
}

/** As `hashOrder`, of a set of texts. */
export function setOrder(texts: readonly string[]): readonly string[] {
  return hashOrder([...new Set(texts)], (text) => text);
}

/** As `hashOrder`, of a group's members as RocketMQ's brokers name them. */
export function clientGroupOrder<M extends { readonly clientId: string; readonly group: string }>(
  members: readonly M[],
): readonly M[] {
  return orderBy(
    members,
    ({ clientId, group }) => listHash([javaHash(clientId), javaHash(group)]),
    16,
  );
}

/** As `hashOrder`, of int32 numbers. */
export function numberHashOrder(numbers: readonly number[]): readonly number[] {
  return orderBy(numbers, (number) => number, 16);
}

/** As `hashOrder`, of message queues. */
export function queueHashOrder<Q extends QueueLike>(queues: readonly Q[]): readonly Q[] {
  return orderBy(queues, queueHash, 16);
}

/** As `concurrentOrder`, of rows that begin with a message queue. */
export function queueConcurrentOrder<R extends readonly [QueueLike, ...unknown[]]>(
  rows: readonly R[],
): readonly R[] {
  return concurrentOrderBy(rows, ([queue]) => queueHash(queue));
}

/** Rows that begin with a message queue, as a `HashMap` is walked that was filled from another one at once. */
export function copiedQueueOrder<R extends readonly [QueueLike, ...unknown[]]>(
  rows: readonly R[],
): readonly R[] {
  const source = orderBy(rows, ([queue]) => queueHash(queue), 16);
  const buckets = 2 ** Math.ceil(Math.log2(Math.floor(rows.length / 0.75 + 1)));
  return orderBy(source, ([queue]) => queueHash(queue), buckets);
}

/** As a `ConcurrentHashMap` is walked that was filled at once from another one, which was filled in this order. */
export function copiedConcurrentOrder<T>(
  items: readonly T[],
  textOf: (item: T) => string,
): readonly T[] {
  const wanted = items.length + Math.floor(items.length / 2) + 1;
  return hashOrder(concurrentOrder(items, textOf), textOf, 2 * 2 ** Math.ceil(Math.log2(wanted)));
}

/** Members of a `HashMap` that was filled in this order. */
export function hashMap<V>(entries: Iterable<readonly [string, V]>): ReadonlyMap<string, V> {
  return new Map(hashOrder([...entries], ([name]) => name));
}

interface QueueLike {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

function queueHash({ topic, brokerName, queueId }: QueueLike): number {
  return listHash([javaHash(brokerName), queueId, javaHash(topic)]);
}

function listHash(parts: readonly number[]): number {
  return parts.reduce((hash, part) => (Math.imul(hash, 31) + part) | 0, 1);
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
  return concurrentOrderBy(items, (item) => javaHash(textOf(item)));
}

function concurrentOrderBy<T>(items: readonly T[], hashOf: (item: T) => number): readonly T[] {
  type Entry = { readonly item: T; readonly hash: number };
  let table: Entry[][] = Array.from({ length: 16 }, () => []);
  let count = 0;
  for (const item of items) {
    const hash = spread(hashOf(item)) & 0x7fff_ffff;
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

function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
