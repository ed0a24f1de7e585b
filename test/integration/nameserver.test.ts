/** What a nameserver promises brokers and clients (remoting 6), under virtual time and over its wire. */
import { describe, expect, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { decodeCluster } from "../../src/protocol/remoting/bodies/cluster.ts";
import {
  decodeDataVersion,
  encodeDataVersion,
} from "../../src/protocol/remoting/bodies/data-version.ts";
import { decodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import {
  queryDataVersion,
  registerBroker,
  unregisterBroker,
} from "../../src/protocol/remoting/requests/broker.ts";
import {
  getAllTopics,
  getClusterInfo,
  getRouteInfo,
} from "../../src/protocol/remoting/requests/route.ts";
import {
  dataVersion,
  identity,
  register,
  routeOf,
  run,
  topicConfig,
} from "../support/nameserver-stage.ts";

describe("a registration", () => {
  test("makes its topics routable, its broker listed", () =>
    run(async ({ connect }) => {
      const client = await connect();
      expect((await register(client)).code).toBe(0);
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      const list = await client.call(getAllTopics, {});
      expect(decodeTopicList(list.source, list.bodyStart, list.bodyEnd)).toEqual(["t", "u"]);
      const info = await client.call(getClusterInfo, {});
      const cluster = decodeCluster(info.source, info.bodyStart, info.bodyEnd);
      expect([...cluster.clusters]).toEqual([["c", ["a"]]]);
    }));

  test("of one topic by a broker that is not known is refused; of a known one it adds the topic", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const one = { topics: [topicConfig("v")], counter: 1 };
      expect((await register(client, one)).code).toBe(1);
      expect(await routeOf(client, "v")).toBe("17");
      await register(client);
      expect((await register(client, one)).code).toBe(0);
      expect([await routeOf(client, "v"), await routeOf(client, "t")]).toEqual([
        "a=127.0.0.1:10911",
        "a=127.0.0.1:10911",
      ]);
    }));

  test("with a checksum that does not match is refused; 0 is not looked at", () =>
    run(async ({ connect }) => {
      const client = await connect();
      expect((await register(client, { crc: 1 })).code).toBe(1);
      expect((await register(client, { crc: 0 })).code).toBe(0);
    }));

  test("of a replica tells it its leader", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      const reply = await register(client, { id: 1, address: "127.0.0.1:20911" });
      expect(registerBroker.decodeReply(reply.fields)).toEqual({
        haServerAddress: "127.0.0.1:10912",
        leaderAddress: "127.0.0.1:10911",
      });
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911=127.0.0.1:20911");
    }));

  test("moves an address that had another id", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client, { id: 1 });
      await register(client, { id: 0 });
      const reply = await client.call(getRouteInfo, { topic: "t" });
      const route = decodeTopicRoute(reply.source, reply.bodyStart, reply.bodyEnd);
      expect([...(route.brokers[0]?.addresses ?? [])]).toEqual([[0, "127.0.0.1:10911"]]);
    }));
});

describe("a broker is forgotten", () => {
  test("when it says so, with its topics unless another serves them", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      await register(client, {
        name: "b",
        address: "127.0.0.1:30911",
        topics: [topicConfig("t"), topicConfig("w")],
      });
      expect((await client.call(unregisterBroker, identity({}))).code).toBe(0);
      expect([await routeOf(client, "t"), await routeOf(client, "u")]).toEqual([
        "b=127.0.0.1:30911",
        "17",
      ]);
    }));

  test("when its connection closes, but not when an older one does", () =>
    run(async ({ connect, world, there }) => {
      const client = await connect();
      const [old, fresh] = [await connect(), await connect()];
      await register(old);
      await register(fresh);
      old.close();
      await world.pass(there, 50);
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      fresh.close();
      await world.pass(there, 50);
      expect(await routeOf(client, "t")).toBe("17");
    }));

  test("when it is silent for two minutes, or for the time it asked for; 322 is a sign of life", () =>
    run(async ({ connect, world, there }) => {
      const client = await connect();
      await register(client, { timeoutMs: 20_000 });
      await register(client, { name: "b", address: "127.0.0.1:30911" });
      await world.pass(there, 26_000);
      expect(await routeOf(client, "t")).toBe("b=127.0.0.1:30911");
      const same = { body: encodeDataVersion(dataVersion(0)) };
      for (let minute = 0; minute < 3; minute++) {
        await client.call(
          queryDataVersion,
          identity({ name: "b", address: "127.0.0.1:30911" }),
          same,
        );
        await world.pass(there, 60_000);
      }
      expect(await routeOf(client, "t")).toBe("b=127.0.0.1:30911");
      await world.pass(there, limits.brokerExpiryMs - 60_000 + 6_000);
      expect(await routeOf(client, "t")).toBe("17");
    }));
});

describe("a nameserver", () => {
  test("says whether a broker's table changed, and what it knows of it", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const ask = async (counter: number): Promise<boolean> => {
        const reply = await client.call(queryDataVersion, identity({}), {
          body: encodeDataVersion(dataVersion(counter)),
        });
        if (reply.bodyEnd > reply.bodyStart) {
          const known = decodeDataVersion(reply.source, reply.bodyStart, reply.bodyEnd);
          expect(known).toEqual(dataVersion(3));
        }
        return queryDataVersion.decodeReply(reply.fields).changed;
      };
      expect(await ask(0)).toBe(true);
      await register(client, { counter: 3 });
      expect([await ask(3), await ask(4)]).toEqual([false, true]);
    }));

  test("writes broker ids in quotes for clients from 4.9.4 on, and for those that ask", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      const addresses = async (version: number, asks?: boolean): Promise<string> => {
        const header = { topic: "t", acceptStandardJsonOnly: asks };
        const reply = await client.call(getRouteInfo, header, { version });
        const text = reply.source.toString("utf8", reply.bodyStart, reply.bodyEnd);
        return /"brokerAddrs":(\{[^}]*\})/.exec(text)?.[1] ?? "";
      };
      expect(await addresses(317)).toBe('{0:"127.0.0.1:10911"}');
      expect(await addresses(400)).toBe('{0:"127.0.0.1:10911"}');
      expect(await addresses(401)).toBe('{"0":"127.0.0.1:10911"}');
      expect(await addresses(317, true)).toBe('{"0":"127.0.0.1:10911"}');
    }));

  test("answers what it does not do with code 3 and the request's name", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const reply = await client.request(10, []);
      expect([reply.code, reply.remark]).toEqual([
        3,
        " request type 10 not supported (SEND_MESSAGE)",
      ]);
    }));
});
