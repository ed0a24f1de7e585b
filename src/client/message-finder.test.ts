/** Tests of finding messages again, with brokers that answer as RocketMQ's do. */
import { describe, expect, test } from "bun:test";
import { type FakeServer, inFakeWorld, routeReply } from "../../test/support/fake-cluster.ts";
import { DecodeError } from "../core/error.ts";
import { encodeCluster } from "../protocol/remoting/bodies/cluster.ts";
import type { RequestOf } from "../protocol/remoting/define.ts";
import { queryMessage, viewMessageById } from "../protocol/remoting/requests/query.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { encodeRecord, recordBytes } from "../record/encode.ts";
import { encodeHost } from "../record/host.ts";
import { type Client, ClientError, createClient } from "./index.ts";

/** A stored record with the keys, at a physical offset that is also its store time. */
function record(keys: string, at: number, topic = "orders"): Buffer {
  const properties = Buffer.from(`KEYS\u0001${keys}\u0002UNIQ_KEY\u0001U${at}\u0002`);
  const host = encodeHost("127.0.0.1", 10_911);
  const parts = {
    flag: 0,
    sysFlag: 0,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 0,
    bornTimestampLow: 1,
    bornHost: host,
    body: Buffer.from("body"),
    bodyStart: 0,
    bodyEnd: 4,
    properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
  };
  const topicBytes = Buffer.from(topic);
  const target = Buffer.alloc(recordBytes(parts, topicBytes, host));
  const place = {
    topicBytes,
    queueId: 0,
    queueOffset: 0,
    physicalOffset: at,
    storeTimestampMs: at,
    storeHost: host,
  };
  encodeRecord(target, 0, parts, place, target.length);
  return target;
}

/** Two brokers of topic `orders` with these records, by what a client finds there. */
function withBrokers<T>(
  records: Readonly<Record<string, readonly Buffer[]>>,
  work: (client: Client, brokers: readonly FakeServer[]) => Promise<T>,
): T {
  return inFakeWorld(async (world) => {
    const brokers = Object.values(records).map((found) =>
      world.server(({ code, fields }) => {
        if (code === viewMessageById.code) {
          const { offset } = viewMessageById.decode(fields);
          return offset === 0
            ? { body: record("k", 0) }
            : {
                code: responseCode.systemError,
                remark: `can not find message by the offset, ${offset}`,
              };
        }
        return found.length > 0
          ? { body: Buffer.concat(found) }
          : { code: responseCode.queryNotFound, remark: "can not find message" };
      }),
    );
    const addresses = Object.fromEntries(
      Object.keys(records).map((name, index) => [name, brokers[index]?.address ?? ""]),
    );
    const nameserver = world.server(({ code }) =>
      code === 106
        ? {
            body: encodeCluster({
              brokers: Object.entries(addresses).map(([brokerName, address]) => ({
                clusterName: "c",
                brokerName,
                addresses: new Map([[0, address]]),
                enableActingMaster: false,
              })),
              clusters: new Map([["c", Object.keys(addresses)]]),
            }),
          }
        : routeReply(addresses),
    );
    const client = createClient(world.environment, { nameservers: [nameserver.address] });
    try {
      return await work(client, brokers);
    } finally {
      await client.close();
    }
  });
}

function idOf(address: string, offset: number): string {
  const [host = "", port] = address.split(":");
  const bytes = Buffer.concat([encodeHost(host, Number(port)), Buffer.alloc(8)]);
  bytes.writeBigInt64BE(BigInt(offset), 8);
  return bytes.toString("hex").toUpperCase();
}

describe("by key", () => {
  test("every broker of the topic is asked, and what only has the hash is left out", () => {
    const { found, asked } = withBrokers(
      {
        a: [record("Aa x", 30), record("BB", 20)],
        b: [record("Aa", 40), record("Aa", 10, "other")],
      },
      async (client, brokers) => ({
        found: await client.messages.queryByKey("orders", "Aa", { fromMs: 5, countMax: 7 }),
        asked: brokers.map(({ received }) => queryMessage.decode(received[0]?.fields ?? new Map())),
      }),
    );
    expect(found.map(({ brokerName, physicalOffset }) => [brokerName, physicalOffset])).toEqual([
      ["b", 40],
      ["a", 30],
    ]);
    const question: RequestOf<typeof queryMessage> = {
      topic: "orders",
      key: "Aa",
      maxNum: 7,
      beginTimestamp: 5,
      endTimestamp: 2 ** 63,
      isUniqueKey: false,
      indexType: "K",
    };
    expect(asked).toEqual([question, question]);
  });

  test("no more than the count wanted come back, the newest", () => {
    const found = withBrokers(
      { a: [record("k", 3), record("k", 1)], b: [record("k", 2)] },
      (client) => client.messages.queryByKey("orders", "k", { countMax: 2 }),
    );
    expect(found.map(({ storeTimestampMs }) => storeTimestampMs)).toEqual([3, 2]);
  });

  test("nothing on any broker is an empty answer", () => {
    const found = withBrokers({ a: [], b: [] }, (client) =>
      client.messages.queryByKey("orders", "k"),
    );
    expect(found).toEqual([]);
  });

  test("a unique key is compared with unique keys only", () => {
    const found = withBrokers({ a: [record("U2", 1), record("k", 2)] }, (client) =>
      client.messages.queryByUniqueKey("orders", "U2"),
    );
    expect(found.map(({ physicalOffset }) => physicalOffset)).toEqual([2]);
  });

  test("a broker that refuses is told about", () => {
    const failure = withBrokers({ a: [] }, async (client, [broker]) => {
      if (broker !== undefined) {
        broker.handler = () => ({ code: responseCode.systemError, remark: "no" });
      }
      return await client.messages.queryByKey("orders", "k").catch((error: unknown) => error);
    });
    expect(failure).toBeInstanceOf(ClientError);
  });
});

describe("by message id", () => {
  test("the broker that the id names is asked for what lies at its offset", () => {
    const [found, missing] = withBrokers({ a: [], b: [] }, async (client, brokers) => {
      const address = brokers[1]?.address ?? "";
      return [
        await client.messages.viewMessage(idOf(address, 0)),
        await client.messages.viewMessage(idOf(address, 5)),
      ] as const;
    });
    expect([found?.brokerName, found?.topic, found?.physicalOffset]).toEqual(["b", "orders", 0]);
    expect(missing).toBeUndefined();
  });

  test("a text that is no id is refused before anybody is asked", () => {
    const failure = withBrokers({ a: [] }, (client) =>
      client.messages.viewMessage("7F00").catch((error: unknown) => error),
    );
    expect(failure).toBeInstanceOf(DecodeError);
  });
});
