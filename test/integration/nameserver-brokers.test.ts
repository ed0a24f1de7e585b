/** Brokers at a nameserver beyond a plain registration: permissions, replicas, static topics. */
import { describe, expect, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { TopicRoutes } from "../../src/nameserver/topic-routes.ts";
import { decodeBrokerMemberGroup } from "../../src/protocol/remoting/bodies/broker-member-group.ts";
import { decodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import {
  decodeTopicRoute,
  encodeTopicRoute,
} from "../../src/protocol/remoting/bodies/topic-route.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { encodePropertiesText } from "../../src/protocol/remoting/properties-text.ts";
import { unregisterBroker } from "../../src/protocol/remoting/requests/broker.ts";
import {
  addWritePerm,
  brokerHeartbeat,
  deleteTopicInNameserver,
  getBrokerMemberGroup,
  getSystemTopics,
  getTopicsByCluster,
  getUnitSubOnlyTopics,
  getUnitSubTopics,
  getUnitTopics,
  notifyMinBrokerId,
  registerTopicInNameserver,
  updateNameserverConfig,
  wipeWritePerm,
} from "../../src/protocol/remoting/requests/nameserver.ts";
import { getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { identity, register, routeOf, run, topicConfig } from "../support/nameserver-stage.ts";
import type { WireClient } from "../support/wire-client.ts";

const second = { name: "b", address: "127.0.0.1:20911" };

async function route(client: WireClient, topic: string) {
  const { source, bodyStart, bodyEnd } = await client.call(getRouteInfo, { topic });
  return decodeTopicRoute(source, bodyStart, bodyEnd);
}

async function permsOf(client: WireClient, topic: string): Promise<Record<string, number>> {
  const { queues } = await route(client, topic);
  return Object.fromEntries(queues.map((queue) => [queue.brokerName, queue.perm]));
}

function names(reply: Command): readonly string[] {
  return decodeTopicList(reply.source, reply.bodyStart, reply.bodyEnd);
}

async function set(client: WireClient, rows: Readonly<Record<string, string>>): Promise<void> {
  const body = encodePropertiesText(Object.entries(rows));
  expect((await client.call(updateNameserverConfig, {}, { body })).code).toBe(0);
}

describe("the write permission of a broker", () => {
  test("is wiped from all its topics and no other's, until it is added or its table changed", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      await register(client, second);
      const wiped = await client.call(wipeWritePerm, { brokerName: "a" });
      expect(wipeWritePerm.decodeReply(wiped.fields)).toEqual({ topicCount: 2 });
      expect(await permsOf(client, "t")).toEqual({ a: 4, b: 6 });
      // The same table again says nothing new.
      await register(client);
      expect(await permsOf(client, "t")).toEqual({ a: 4, b: 6 });
      await register(client, { counter: 1 });
      expect(await permsOf(client, "t")).toEqual({ a: 6, b: 6 });
      await client.call(wipeWritePerm, { brokerName: "a" });
      const added = await client.call(addWritePerm, { brokerName: "a" });
      expect(addWritePerm.decodeReply(added.fields)).toEqual({ topicCount: 2 });
      expect(await permsOf(client, "u")).toEqual({ a: 6, b: 6 });
    }));

  test("of a broker that serves nothing is 0 topics", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const reply = await client.call(wipeWritePerm, { brokerName: "nobody" });
      expect(wipeWritePerm.decodeReply(reply.fields)).toEqual({ topicCount: 0 });
    }));
});

describe("a topic", () => {
  test("is taken out everywhere or in one cluster, and comes back with a broker that still has it", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      await client.call(deleteTopicInNameserver, { topic: "t", clusterName: "other" });
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      await client.call(deleteTopicInNameserver, { topic: "t", clusterName: "c" });
      expect(await routeOf(client, "t")).toBe("17");
      await register(client);
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      await client.call(deleteTopicInNameserver, { topic: "u" });
      expect(await routeOf(client, "u")).toBe("17");
      expect((await client.call(deleteTopicInNameserver, { topic: "missing" })).code).toBe(0);
    }));

  test("may be entered by hand for brokers that are known", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      const queue = { readQueueCount: 2, writeQueueCount: 2, perm: 6, topicSysFlag: 0 };
      const queues = ["a", "unknown"].map((brokerName) => ({ brokerName, ...queue }));
      const body = encodeTopicRoute({ brokers: [], queues }, { isStandardJson: true });
      const reply = await client.call(registerTopicInNameserver, { topic: "by-hand" }, { body });
      expect(reply.code).toBe(0);
      expect((await route(client, "by-hand")).queues).toEqual([{ brokerName: "a", ...queue }]);
      const rude = await client.call(registerTopicInNameserver, { topic: "x" });
      expect(rude.code).toBe(1);
      const nameless = await client.call(registerTopicInNameserver, { topic: " " }, { body });
      expect(nameless.code).toBe(29);
    }));

  test("is listed by cluster and by the unit flags of its first broker", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const topics = [0, 1, 2, 3].map((topicSysFlag) =>
        topicConfig(`flag-${topicSysFlag}`, 4, { topicSysFlag }),
      );
      await register(client, { topics });
      const ask = async (definition: typeof getUnitTopics) =>
        names(await client.call(definition, {}));
      expect(await ask(getUnitTopics)).toEqual(["flag-1", "flag-3"]);
      expect(await ask(getUnitSubTopics)).toEqual(["flag-2", "flag-3"]);
      expect(await ask(getUnitSubOnlyTopics)).toEqual(["flag-2"]);
      const inCluster = await client.call(getTopicsByCluster, { cluster: "c" });
      expect(names(inCluster)).toHaveLength(4);
      expect(names(await client.call(getTopicsByCluster, { cluster: "d" }))).toEqual([]);
      expect(await ask(getSystemTopics)).toEqual(["c", "a"]);
    }));

  test("that a registration of all no longer names goes, when that is wanted", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      const rest = { topics: [topicConfig("u"), topicConfig("v")] };
      await register(client, { ...rest, counter: 1 });
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      await set(client, { deleteTopicWithBrokerRegistration: "true" });
      await register(client, { topics: [topicConfig("w")], counter: 2 });
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      await register(client, { ...rest, counter: 3 });
      expect([await routeOf(client, "t"), await routeOf(client, "u")]).toEqual([
        "17",
        "a=127.0.0.1:10911",
      ]);
    }));

  test("that is static keeps its queue mappings, which come back in its route as they were", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const mapping =
        '{"bname":"a","currIdMap":{"0":0,"1":1},"epoch":7,"topic":"t","totalQueues":2}';
      await register(client, { mappings: new Map([["t", mapping]]) });
      expect((await route(client, "t")).mappings).toEqual(new Map([["a", mapping]]));
      expect((await route(client, "u")).mappings).toBeUndefined();
      const huge = `{"topic":"t","x":"${"x".repeat(limits.nameserverMappingBytesMax)}"}`;
      expect((await register(client, { mappings: new Map([["t", huge]]) })).code).toBe(29);
    }));
});

describe("brokers of one name", () => {
  const replica = { id: 1, address: "127.0.0.1:20911", enableActingMaster: true };
  const leader = { enableActingMaster: true };

  test("are told together, with their ids", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      await register(client, replica);
      const header = { clusterName: "c", brokerName: "a" };
      const reply = await client.call(getBrokerMemberGroup, header);
      expect(decodeBrokerMemberGroup(reply.source, reply.bodyStart, reply.bodyEnd)).toEqual({
        ...header,
        addresses: new Map([
          [0, "127.0.0.1:10911"],
          [1, "127.0.0.1:20911"],
        ]),
      });
      const none = await client.call(getBrokerMemberGroup, { ...header, brokerName: "x" });
      const empty = decodeBrokerMemberGroup(none.source, none.bodyStart, none.bodyEnd);
      expect(empty.addresses.size).toBe(0);
    }));

  test("who lost their leader are for reading, by the smallest id under 0 where that is wanted", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client, leader);
      await register(client, replica);
      await client.call(unregisterBroker, identity({}));
      expect(await permsOf(client, "t")).toEqual({ a: 4 });
      const ids = async (): Promise<readonly number[]> => [
        ...((await route(client, "t")).brokers[0]?.addresses.keys() ?? []),
      ];
      expect(await ids()).toEqual([1]);
      await set(client, { supportActingMaster: "true" });
      expect(await ids()).toEqual([0]);
      await register(client, leader);
      expect(await permsOf(client, "t")).toEqual({ a: 6 });
      expect(await ids()).toEqual([0, 1]);
    }));

  test("of before 5.0 keep their permissions and ids when the leader goes", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await set(client, { supportActingMaster: "true" });
      await register(client);
      await register(client, { id: 1, address: "127.0.0.1:20911" });
      await client.call(unregisterBroker, identity({}));
      expect(await permsOf(client, "t")).toEqual({ a: 6 });
      const { brokers } = await route(client, "t");
      expect([...(brokers[0]?.addresses.keys() ?? [])]).toEqual([1]);
    }));

  test("cannot have one id: who comes with an older state is passed over, others take it", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client, { stateVersion: 5 });
      const late = { address: "127.0.0.1:30911" };
      expect((await register(client, { ...late, stateVersion: 4 })).code).toBe(0);
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      await register(client, { ...late, stateVersion: 6 });
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:30911");
    }));

  test("hear who has the smallest id, when that is wanted", () =>
    run(async ({ connect, there, here, world }) => {
      const client = await connect();
      const heard: unknown[] = [];
      const reader = await listenFor905(here, 20_911, heard);
      await register(client, replica);
      await register(client, leader);
      await world.pass(there, 100);
      expect(heard).toEqual([]);
      await set(client, { notifyMinBrokerIdChanged: "true" });
      await client.call(unregisterBroker, identity({}));
      await world.pass(there, 100);
      await register(client, { ...leader, address: "127.0.0.1:40911" });
      await world.pass(there, 100);
      expect(heard).toEqual([
        {
          minBrokerId: 1,
          brokerName: "a",
          minBrokerAddress: "127.0.0.1:20911",
          offlineBrokerAddress: "127.0.0.1:10911",
        },
        {
          minBrokerId: 0,
          brokerName: "a",
          minBrokerAddress: "127.0.0.1:40911",
          haBrokerAddress: "127.0.0.1:10912",
        },
      ]);
      reader.close();
    }));
});

describe("a broker", () => {
  test("that says it is alive is not forgotten", () =>
    run(async ({ connect, world, there }) => {
      const client = await connect();
      await register(client);
      for (let minute = 0; minute < 4; minute++) {
        await world.pass(there, 60_000);
        await client.call(brokerHeartbeat, identity({}));
      }
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
      await world.pass(there, limits.brokerExpiryMs + 6_000);
      expect(await routeOf(await connect(), "t")).toBe("17");
    }));

  test("has its filter servers in the routes of its topics", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client, { filterServers: ["127.0.0.1:1", "127.0.0.1:2"] });
      expect((await route(client, "t")).filterServers).toEqual(
        new Map([["127.0.0.1:10911", ["127.0.0.1:1", "127.0.0.1:2"]]]),
      );
      const many = Array.from({ length: limits.filterServersMax + 1 }, (_, at) => `h:${at}`);
      expect((await register(client, { filterServers: many })).code).toBe(29);
    }));

  test("beyond the number of addresses of one name is refused", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const codes: number[] = [];
      for (let id = 0; id <= limits.brokerReplicasMax; id++) {
        codes.push((await register(client, { id, address: `127.0.0.1:${id + 1}` })).code);
      }
      expect(codes.filter((code) => code === 0)).toHaveLength(limits.brokerReplicasMax);
      expect(codes.at(-1)).toBe(2);
      expect((await register(client, { id: -1 })).code).toBe(29);
    }));

  test("whose word cannot be is refused with 29 and what was wrong, and nothing of it is kept", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const refusals = [
        { name: " " },
        { name: "n".repeat(limits.innerTopicBytesMax + 1) },
        { address: "" },
        { topics: [topicConfig("t"), topicConfig("")] },
        { topics: [topicConfig("t"), topicConfig("x".repeat(300))] },
        { topics: [topicConfig("t"), topicConfig("u", -1)] },
        { topics: [topicConfig("t"), topicConfig("u", 2 ** 31 - 1)] },
        { topics: [topicConfig("t"), topicConfig("u", 4, { perm: 16 })] },
      ];
      const remarks = new Set<string | undefined>();
      for (const parts of refusals) {
        const reply = await register(client, parts);
        expect(reply.code).toBe(29);
        remarks.add(reply.remark);
      }
      expect(remarks.size).toBe(refusals.length);
      expect(await routeOf(client, "t")).toBe("17");
    }));

  test("with more topics than a nameserver knows is refused before the first of them", () => {
    const routes = new TopicRoutes();
    const topics = Array.from({ length: limits.nameserverTopicsMax + 1 }, (_, at) => `t-${at}`);
    expect(() => routes.checkRoom("a", topics)).toThrow("at most 100000 topics");
    expect(() => routes.checkRoom("a", topics.slice(1))).not.toThrow();
    const mappings = topics.slice(0, limits.nameserverMappingsMax + 1);
    expect(() => routes.checkRoom("a", [], mappings)).toThrow("at most 10000 queue mappings");
  });
});

/** A broker's listener that takes one-way 905 and answers nothing. */
async function listenFor905(
  here: Parameters<typeof WireClient.connect>[0],
  port: number,
  heard: unknown[],
) {
  const { RemotingServer } = await import("../../src/transport/remoting/server.ts");
  const { peekCommand, CommandHead, commandOf } = await import(
    "../../src/protocol/remoting/command.ts"
  );
  const head = new CommandHead();
  const server = new RemotingServer(here, {
    address: { host: "127.0.0.1", port },
    area: "broker",
    receiver: {
      frame(_session, source, start, end) {
        peekCommand(source, start, end, head);
        expect([head.code, head.flag]).toEqual([notifyMinBrokerId.code, 2]);
        heard.push(notifyMinBrokerId.decode(commandOf(source, head).fields));
      },
    },
  });
  return { close: () => void server.stop() };
}
