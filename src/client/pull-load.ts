/** Reads a topic as fast as its brokers give, and counts: one pull in flight a queue, messages are not decoded. */
import { DecodeError } from "../core/error.ts";
import type { Environment } from "../io/environment.ts";
import { pullFlag, pullMessage } from "../protocol/remoting/requests/pull.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { fixedBytes, recordAt } from "../record/layout.ts";
import { type ConnectionPool, refusal } from "./connection-pool.ts";
import { ClientError } from "./errors.ts";
import { Latencies } from "./latencies.ts";
import type { MessageQueue } from "./message.ts";

export interface PullLoadOptions {
  /** Queues that are read, each with its broker's address and the offset to begin at. */
  readonly targets: readonly {
    readonly queue: MessageQueue;
    readonly address: string;
    readonly offset: number;
  }[];
  readonly group: string;
  /** Messages asked for in a pull. */
  readonly countMax: number;
  readonly durationMs: number;
  /** Ends earlier, after so many messages. */
  readonly messageCount?: number | undefined;
  /** Waits for new messages at a queue's end instead of leaving it. */
  readonly isFollowing: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called about once a second, while there are answers, with the messages counted so far. */
  readonly onProgress?: ((messages: number, seconds: number) => void) | undefined;
}

export interface PullLoadReport {
  readonly messages: number;
  readonly bytes: number;
  readonly pulls: number;
  readonly seconds: number;
  /** Of pulls that found something. */
  readonly latencies: Latencies;
}

const holdMs = 1_000;
const timeoutMs = 10_000;
const progressEveryMs = 1_000;

/** Runs the load to its end. Throws ClientError. */
export async function runPullLoad(
  environment: Environment,
  pool: ConnectionPool,
  options: PullLoadOptions,
): Promise<PullLoadReport> {
  const { clock } = environment;
  const startedMs = clock.elapsedMs();
  const latencies = new Latencies();
  const totals = { messages: 0, bytes: 0, pulls: 0, lastMs: startedMs };
  let toldMs = startedMs;
  const tell = (): void => {
    const nowMs = clock.elapsedMs();
    if (options.onProgress !== undefined && nowMs - toldMs >= progressEveryMs) {
      toldMs = nowMs;
      options.onProgress(totals.messages, (nowMs - startedMs) / 1_000);
    }
  };
  const isOver = (): boolean =>
    options.signal?.aborted === true ||
    clock.elapsedMs() - startedMs >= options.durationMs ||
    (options.messageCount !== undefined && totals.messages >= options.messageCount);
  const read = async ({ queue, address, offset }: (typeof options.targets)[number]) => {
    let nextOffset = offset;
    while (!isOver()) {
      const askedMs = clock.elapsedMs();
      const fields = pullFields(options, queue, nextOffset);
      const reply = await pool.invoke(address, { code: pullMessage.code, fields }, timeoutMs);
      totals.pulls++;
      nextOffset = nextOffsetOf(address, reply);
      tell();
      if (reply.code === responseCode.success) {
        const found = countRecords(reply.source, reply.bodyStart, reply.bodyEnd);
        totals.messages += found;
        totals.bytes += reply.bodyEnd - reply.bodyStart;
        totals.lastMs = clock.elapsedMs();
        latencies.add(totals.lastMs - askedMs);
      } else if (reply.code === responseCode.pullNotFound && !options.isFollowing) {
        return;
      }
    }
  };
  await Promise.all(options.targets.map(read));
  const { messages, bytes, pulls, lastMs } = totals;
  return {
    messages,
    bytes,
    pulls,
    seconds: Math.max(0.001, (lastMs - startedMs) / 1_000),
    latencies,
  };
}

function pullFields(options: PullLoadOptions, queue: MessageQueue, offset: number) {
  return pullMessage.encode({
    consumerGroup: options.group,
    topic: queue.topic,
    queueId: queue.queueId,
    queueOffset: offset,
    maxMsgNums: options.countMax,
    sysFlag: pullFlag.subscription | (options.isFollowing ? pullFlag.suspend : 0),
    commitOffset: 0,
    suspendTimeoutMillis: options.isFollowing ? holdMs : 0,
    subscription: "*",
    subVersion: "0",
    expressionType: "TAG",
    brokerName: queue.brokerName,
  });
}

const readableCodes: ReadonlySet<number> = new Set([
  responseCode.success,
  responseCode.pullNotFound,
  responseCode.pullRetryImmediately,
  responseCode.pullOffsetMoved,
]);

function nextOffsetOf(address: string, reply: Parameters<typeof refusal>[1]): number {
  if (!readableCodes.has(reply.code)) {
    throw refusal(address, reply);
  }
  return pullMessage.decodeReply(reply.fields).nextBeginOffset;
}

/** Walks the sizes of records back to back. Throws ClientError `bad_reply`. */
function countRecords(source: Buffer, start: number, end: number): number {
  let count = 0;
  let at = start;
  while (at < end) {
    const bytes = end - at < fixedBytes ? -1 : source.readInt32BE(at + recordAt.size);
    if (bytes < fixedBytes || bytes > end - at) {
      throw new ClientError("bad_reply", "records whose sizes do not add up", {
        cause: new DecodeError(`a record of ${bytes} bytes where ${end - at} are left`),
      });
    }
    at += bytes;
    count++;
  }
  return count;
}
