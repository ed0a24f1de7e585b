/** Tests of the client against servers that misbehave, under virtual time. */
import { describe, expect, test } from "bun:test";
import {
  type FakeServer,
  type FakeWorld,
  inFakeWorld,
  routeReply,
  sendReply,
} from "../../test/support/fake-cluster.ts";
import { isResponse } from "../protocol/remoting/command.ts";
import { getRouteInfo } from "../protocol/remoting/requests/route.ts";
import { sendMessageV2 } from "../protocol/remoting/requests/send.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { parseProperties } from "../record/properties.ts";
import { type Client, ClientError, createClient } from "./index.ts";

const message = { topic: "orders", body: Buffer.from("hello") };

function clientOf(world: FakeWorld, nameservers: readonly FakeServer[]): Client {
  return createClient(world.environment, {
    nameservers: nameservers.map(({ address }) => address),
    timeoutMs: 1_000,
  });
}

/** A nameserver that routes the topic to the brokers, and answers "no such topic" for others. */
function nameserverOf(world: FakeWorld, brokers: Readonly<Record<string, FakeServer>>): FakeServer {
  const addresses = Object.fromEntries(
    Object.entries(brokers).map(([name, { address }]) => [name, address]),
  );
  return world.server((command) => {
    const { topic } = getRouteInfo.decode(command.fields);
    return topic === "orders"
      ? routeReply(addresses)
      : { code: responseCode.topicNotExist, remark: `no route of ${topic}` };
  });
}

async function failureOf(work: Promise<unknown>): Promise<ClientError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ClientError) {
      return error;
    }
    throw error;
  }
  throw new Error("the work was expected to fail");
}

describe("sending", () => {
  test("queues take turns, and every message has a unique key of its own", () => {
    const sent = inFakeWorld(async (world) => {
      const broker = world.server(() => sendReply(7));
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      const results = [];
      for (let index = 0; index < 4; index++) {
        results.push(await client.producer.send({ ...message, tag: "PAID", keys: ["k1", "k2"] }));
      }
      await client.close();
      return {
        results,
        requests: broker.received.map(({ fields }) => sendMessageV2.decode(fields)),
      };
    });
    expect(sent.requests.map(({ queueId }) => queueId)).toEqual([0, 1, 0, 1]);
    expect(sent.results.map(({ status, queueOffset }) => [status, queueOffset])).toEqual(
      Array.from({ length: 4 }, () => ["SEND_OK", 7]),
    );
    const keys = sent.requests.map(({ properties = "" }) => {
      const bytes = Buffer.from(properties);
      const pairs = parseProperties(bytes, 0, bytes.length);
      expect([pairs.get("TAGS"), pairs.get("KEYS")]).toEqual(["PAID", "k1 k2"]);
      return pairs.get("UNIQ_KEY") ?? "";
    });
    expect(new Set(keys).size).toBe(4);
    expect(keys.every((key) => /^[0-9A-F]{32}$/.test(key))).toBe(true);
  });

  test("a broker that is down or refuses is passed over for another", () => {
    for (const bad of ["close", "busy"] as const) {
      const brokers = inFakeWorld(async (world) => {
        const down = world.server(() =>
          bad === "close" ? "close" : { code: responseCode.systemBusy, remark: "busy" },
        );
        const up = world.server(() => sendReply(0));
        const nameserver = nameserverOf(world, { "broker-a": down, "broker-b": up });
        const client = clientOf(world, [nameserver]);
        const result = await client.producer.send(message);
        return [result.queue.brokerName, down.codes.length, up.codes.length];
      });
      expect(brokers).toEqual(["broker-b", 1, 1]);
    }
  });

  test("what timed out is not sent again: it may be stored", () => {
    const [error, count] = inFakeWorld(async (world) => {
      const silent = world.server(() => undefined);
      const client = clientOf(world, [nameserverOf(world, { "broker-a": silent })]);
      const failure = await failureOf(client.producer.send(message));
      return [failure, silent.codes.length] as const;
    });
    expect([error.kind, count]).toEqual(["timed_out", 1]);
  });

  test("a refusal that another broker would repeat is thrown with its code", () => {
    const error = inFakeWorld(async (world) => {
      const broker = world.server(() => ({
        code: responseCode.messageIllegal,
        remark: "too large",
      }));
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      return await failureOf(client.producer.send(message));
    });
    expect([error.kind, error.code]).toEqual(["refused", responseCode.messageIllegal]);
    expect(error.message).toContain("too large");
  });

  test("a property that holds a separator is refused before anything is sent", () => {
    const [error, count] = inFakeWorld(async (world) => {
      const broker = world.server(() => sendReply(0));
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      const properties = new Map([["region", "e\u0001u"]]);
      const failure = await failureOf(client.producer.send({ ...message, properties }));
      return [failure, broker.codes.length] as const;
    });
    expect([error.kind, count]).toEqual(["refused", 0]);
  });

  test("a topic without route and template says so", () => {
    const error = inFakeWorld(async (world) => {
      const client = clientOf(world, [nameserverOf(world, {})]);
      return await failureOf(client.producer.send({ ...message, topic: "nosuch" }));
    });
    expect([error.kind, error.code]).toEqual(["no_route", responseCode.topicNotExist]);
  });
});

describe("connections", () => {
  test("the next nameserver is asked when one is down, and stays the first choice", () => {
    const counts = inFakeWorld(async (world) => {
      const down = world.server(() => "close");
      const broker = world.server(() => sendReply(0));
      const up = nameserverOf(world, { "broker-a": broker });
      const client = clientOf(world, [down, up]);
      await client.admin.topics.route("orders");
      await failureOf(client.admin.topics.route("nosuch"));
      return [down.codes.length, up.codes.length];
    });
    expect(counts).toEqual([1, 2]);
  });

  test("replies find their requests in any order", () => {
    const offsets = inFakeWorld(async (world) => {
      let count = 0;
      const broker = world.server(({ fields }) => {
        const { queueId } = sendMessageV2.decode(fields);
        // The first send is never answered; later ones are.
        return count++ === 0 ? undefined : sendReply(100 + queueId, queueId);
      });
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      const lost = failureOf(client.producer.send(message));
      const others = await Promise.all([1, 2, 3].map(() => client.producer.send(message)));
      return [(await lost).kind, ...others.map(({ queueOffset }) => queueOffset).sort()];
    });
    expect(offsets).toEqual(["timed_out", 100, 101, 101]);
  });

  test("all that waits fails at once when the connection breaks, and the next request makes a new one", () => {
    const outcome = inFakeWorld(async (world) => {
      const broker = world.server(() => undefined);
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      const queue = { topic: "orders", brokerName: "broker-a", queueId: 0 };
      const waiting = [1, 2, 3].map(() => failureOf(client.producer.send(message, { queue })));
      await failureOf(client.producer.send(message, { queue, timeoutMs: 10 }));
      broker.handler = () => "close";
      waiting.push(failureOf(client.producer.send(message, { queue })));
      const startedMs = world.environment.clock.elapsedMs();
      const kinds = (await Promise.all(waiting)).map(({ kind }) => kind);
      const waitedMs = world.environment.clock.elapsedMs() - startedMs;
      broker.handler = () => sendReply(5);
      const { queueOffset } = await client.producer.send(message, { queue });
      return { kinds, wasAtOnce: waitedMs < 100, queueOffset };
    });
    expect(outcome).toEqual({
      kinds: ["unreachable", "unreachable", "unreachable", "unreachable"],
      wasAtOnce: true,
      queueOffset: 5,
    });
  });

  test("a code that 16 bits do not hold goes with a header of JSON", () => {
    const forms = inFakeWorld(async (world) => {
      const broker = world.server(() => ({}));
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      await client.admin.stores.exportPopRecords(broker.address);
      await client.admin.brokers.setConfig(broker.address, new Map());
      return broker.received.map(({ code, serializeType }) => [code, serializeType]);
    });
    expect(forms).toEqual([
      [200_056, 0],
      [25, 1],
    ]);
  });

  test("bytes that are no frame end the connection with the reason", () => {
    const error = inFakeWorld(async (world) => {
      const broker = world.server(() => undefined);
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      const waiting = failureOf(client.producer.send(message));
      await failureOf(client.producer.send(message, { timeoutMs: 10 }));
      broker.sendBytes(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
      return await waiting;
    });
    expect(error.kind).toBe("bad_reply");
  });

  test("a request that a broker starts is answered with 3, a one-way one with nothing", () => {
    const answers = inFakeWorld(async (world) => {
      const broker = world.server(() => sendReply(0));
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      await client.producer.send(message);
      broker.ask(307);
      broker.tell(40);
      await client.producer.send(message);
      await client.producer.send(message);
      return broker.received.filter(isResponse).map(({ code, remark }) => [code, remark]);
    });
    expect(answers).toEqual([
      [responseCode.requestCodeNotSupported, expect.stringContaining("307")],
    ]);
  });

  test("a handler answers what it knows, and every round trip is told, the lost ones too", () => {
    const outcome = inFakeWorld(async (world) => {
      const broker = world.server(() => sendReply(0));
      const nameserver = nameserverOf(world, { "broker-a": broker });
      const trips: (readonly [number, number | undefined])[] = [];
      const client = createClient(world.environment, {
        nameservers: [nameserver.address],
        onServerRequest: ({ code }) => (code === 307 ? { code: 0, remark: "running" } : undefined),
        onRoundTrip: ({ code, replyCode }) => trips.push([code, replyCode]),
      });
      await client.producer.send(message);
      broker.ask(307);
      broker.ask(309);
      broker.handler = () => undefined;
      await failureOf(client.producer.send(message, { timeoutMs: 10 }));
      const answers = broker.received.filter(isResponse).map(({ code, remark }) => [code, remark]);
      return { answers, trips };
    });
    expect(outcome).toEqual({
      answers: [
        [0, "running"],
        [3, expect.stringContaining("309")],
      ],
      trips: [
        [105, 0],
        [310, 0],
        [310, undefined],
      ],
    });
  });

  test("closing fails what waits and whatever comes after", () => {
    const kinds = inFakeWorld(async (world) => {
      const broker = world.server(() => undefined);
      const client = clientOf(world, [nameserverOf(world, { "broker-a": broker })]);
      await failureOf(client.producer.send(message, { timeoutMs: 10 }));
      const waiting = failureOf(client.producer.send(message));
      await failureOf(client.producer.send(message, { timeoutMs: 10 }));
      await client.close();
      await client.close();
      return [(await waiting).kind, (await failureOf(client.producer.send(message))).kind];
    });
    expect(kinds).toEqual(["closed", "closed"]);
  });
});
