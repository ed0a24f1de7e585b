/** Tests of reading: every answer to a pull, offsets, records as real brokers wrote them. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import {
  type FakeAnswer,
  type FakeReply,
  type FakeServer,
  inFakeWorld,
  routeReply,
} from "../../test/support/fake-cluster.ts";
import type { Command } from "../protocol/remoting/command.ts";
import { searchOffsetByTimestamp } from "../protocol/remoting/requests/offset.ts";
import { pullFlag, pullMessage } from "../protocol/remoting/requests/pull.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { decodeRecord } from "../record/decode.ts";
import { sysFlag } from "../record/layout.ts";
import { decodeMessages } from "./decode-messages.ts";
import { type Client, ClientError, createClient } from "./index.ts";

const queue = { topic: "orders", brokerName: "broker-a", queueId: 1 };
const records = readFileSync(
  new URL("../../test/fixtures/records/5.5.0.bin", import.meta.url).pathname,
);
const firstBytes = records.readInt32BE(0);

function pullReply(code: number, body?: Buffer): FakeReply {
  const fields = pullMessage.encodeReply({
    suggestWhichBrokerId: 0,
    nextBeginOffset: 8,
    minOffset: 2,
    maxOffset: 9,
  });
  return { code, fields, ...(body === undefined ? {} : { body }) };
}

function withBroker<T>(
  answer: (command: Command) => FakeAnswer,
  work: (client: Client, broker: FakeServer) => Promise<T>,
): T {
  return inFakeWorld(async (world) => {
    const broker = world.server(answer);
    const nameserver = world.server(() => routeReply({ "broker-a": broker.address }));
    const client = createClient(world.environment, {
      nameservers: [nameserver.address],
      timeoutMs: 1_000,
    });
    return await work(client, broker);
  });
}

describe("a pull", () => {
  const offsets = { nextOffset: 8, minOffset: 2, maxOffset: 9 };

  test("tells found, caught up, nothing matched and offset moved apart", () => {
    const cases = [
      [responseCode.pullNotFound, "caught_up"],
      [responseCode.pullRetryImmediately, "nothing_matched"],
      [responseCode.pullOffsetMoved, "offset_moved"],
    ] as const;
    for (const [code, kind] of cases) {
      const result = withBroker(
        () => pullReply(code),
        (client) => client.pull.pull({ group: "g", queue, offset: 5 }),
      );
      expect(result).toEqual({ kind, ...offsets });
    }
    const found = withBroker(
      () => pullReply(responseCode.success, records.subarray(0, firstBytes)),
      (client) => client.pull.pull({ group: "g", queue, offset: 5 }),
    );
    expect(found).toMatchObject({ kind: "found", ...offsets });
    expect(found.kind === "found" && found.messages.map(({ topic }) => topic)).toEqual([
      "FxNormal",
    ]);
  });

  test("asks for what it was told, and is held only when that is wanted", () => {
    const flags = withBroker(
      () => pullReply(responseCode.pullNotFound),
      async (client, broker) => {
        await client.pull.pull({ group: "g", queue, offset: 5, countMax: 7, expression: "A||B" });
        await client.pull.pull({ group: "g", queue, offset: 5, holdMs: 500 });
        return broker.received.map(({ fields }) => pullMessage.decode(fields));
      },
    );
    expect(flags[0]).toMatchObject({
      consumerGroup: "g",
      topic: "orders",
      queueId: 1,
      queueOffset: 5,
      maxMsgNums: 7,
      sysFlag: pullFlag.subscription,
      subscription: "A||B",
    });
    expect(flags[1]).toMatchObject({
      sysFlag: pullFlag.subscription | pullFlag.suspend,
      suspendTimeoutMillis: 500,
      subscription: "*",
    });
  });

  test("waits longer than it asked to be held: RocketMQ looks at held requests every 5 seconds", () => {
    const waitedMs = withBroker(
      () => undefined,
      async (client) => {
        const error = await client.pull
          .pull({ group: "g", queue, offset: 5, holdMs: 1_000 })
          .catch((caught: unknown) => caught);
        return error instanceof ClientError ? [error.kind, error.message] : error;
      },
    );
    expect(waitedMs).toEqual(["timed_out", expect.stringContaining("7000 ms")]);
  });

  test("an answer without the records that it promises is no answer", () => {
    const error = withBroker(
      () => pullReply(responseCode.success),
      (client) =>
        client.pull.pull({ group: "g", queue, offset: 5 }).catch((caught: unknown) => caught),
    );
    expect(error).toMatchObject({ kind: "bad_reply" });
  });
});

describe("offsets", () => {
  test("a group that never committed in a queue has none there", () => {
    const found = withBroker(
      () => ({ code: responseCode.queryNotFound }),
      (client) => client.pull.committedOffset("g", queue),
    );
    expect(found).toBeUndefined();
  });

  test("an empty queue of RocketMQ begins at 0, whatever it answers", () => {
    const found = withBroker(
      () => ({ fields: [["offset", "-1"]] }),
      (client) => client.pull.minOffset(queue),
    );
    expect(found).toBe(0);
  });

  test("a broker that is not in the topic's route cannot be asked", () => {
    const error = withBroker(
      () => ({}),
      (client) =>
        client.pull
          .maxOffset({ ...queue, brokerName: "broker-z" })
          .catch((caught: unknown) => caught),
    );
    expect(error).toMatchObject({ kind: "no_route" });
  });
});

test("a time behind the last message is the queue's end, though RocketMQ 4 names the last message", () => {
  const lastStoredMs = decodeRecord(records, 0).storeTimestampMs;
  const answer = ({ code }: Command): FakeAnswer => {
    if (code === pullMessage.code) {
      return pullReply(responseCode.success, records.subarray(0, firstBytes));
    }
    return { fields: [["offset", code === searchOffsetByTimestamp.code ? "8" : "9"]] };
  };
  const found = withBroker(answer, async (client) => [
    await client.pull.offsetAtTime(queue, lastStoredMs + 1),
    await client.pull.offsetAtTime(queue, lastStoredMs),
  ]);
  expect(found).toEqual([9, 8]);
});

test("bodies come as their producers made them, however RocketMQ packed them", () => {
  const seen = new Set<number>();
  for (let at = 0; at < records.length; ) {
    const stored = decodeRecord(records, at);
    const [message, ...others] = decodeMessages(records, at, at + stored.bytes, "broker-a");
    at += stored.bytes;
    if (message === undefined || others.length > 0) {
      // A batch that is stored as one record; inner-batch.test.ts looks into it.
      continue;
    }
    const kind = stored.sysFlag & sysFlag.compressed ? stored.sysFlag & sysFlag.compressionMask : 0;
    seen.add(kind);
    const plain =
      kind === sysFlag.compressionZlib
        ? inflateSync(stored.body)
        : kind === sysFlag.compressionZstd
          ? zstdDecompressSync(stored.body)
          : kind === sysFlag.compressionLz4
            ? undefined
            : stored.body;
    if (plain === undefined) {
      // No reference at hand: the bodies that were packed are words.
      expect(message.body.toString("latin1")).toMatch(/^([a-z]+ ){10,}[a-z]*$/);
    } else {
      expect(message.body.equals(plain)).toBe(true);
    }
    expect(message.isCompressed).toBe(false);
  }
  expect([...seen].sort()).toEqual([
    0,
    sysFlag.compressionLz4,
    sysFlag.compressionZstd,
    sysFlag.compressionZlib,
  ]);
});
