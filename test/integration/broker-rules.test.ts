/** What a broker and its nameserver promise each other and their clients, under virtual time. */
import { describe, expect, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { decodeConsumerList } from "../../src/protocol/remoting/bodies/consumer-list.ts";
import {
  decodeLockedQueues,
  encodeQueueLockRequest,
} from "../../src/protocol/remoting/bodies/queue-lock.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { getConsumerList } from "../../src/protocol/remoting/requests/member.ts";
import { lockBatchQueues } from "../../src/protocol/remoting/requests/queue-lock.ts";
import { getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { getTopicConfig, updateTopic } from "../../src/protocol/remoting/requests/topic.ts";
import { beat, pullFrom, sendTo, VirtualCluster } from "../support/virtual-cluster.ts";
import type { WireClient } from "../support/wire-client.ts";

const powerCut = { kind: "power", odds: { kept: 0, torn: 0 } } as const;

function codesOf(client: WireClient): readonly number[] {
  return client.requests.map((request) => request.code);
}

describe("replies to sends", () => {
  test("become refusals when the disk fails for good, each with its own number and form", () => {
    const cluster = new VirtualCluster();
    cluster.run(async (broker) => {
      const client = await cluster.connect();
      expect((await sendTo(client, "t")).code).toBe(0);
      cluster.world.machine("broker").plan.failingSyncs = Number.POSITIVE_INFINITY;
      const replies = await Promise.all([
        sendTo(client, "t"),
        sendTo(client, "t", { serializeType: 1 }),
        sendTo(client, "t"),
      ]);
      expect(replies.map((reply) => [reply.code, reply.serializeType])).toEqual([
        [14, 0],
        [14, 1],
        [14, 0],
      ]);
      expect((await sendTo(client, "t")).code).toBe(14);
      expect((await pullFrom(client, "t", 0)).code).toBe(0);
      expect(broker.stats().health.isWritable).toBe(false);
    });
  });

  test("wait for the disk, while requests behind them are answered", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      cluster.world.machine("broker").plan.syncDelayMs = 500;
      const order: string[] = [];
      const sent = sendTo(client, "t").then(() => order.push("sent"));
      const asked = client.call(getTopicConfig, { topic: "t" }).then(() => order.push("asked"));
      await Promise.all([sent, asked]);
      expect(order).toEqual(["asked", "sent"]);
    });
  });

  test("do not wait for it when the message says WAIT=false", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      cluster.world.machine("broker").plan.syncDelayMs = 500;
      const startMs = cluster.client.clock.elapsedMs();
      expect((await sendTo(client, "t", { properties: "WAIT\u0001false\u0002" })).code).toBe(0);
      expect(cluster.client.clock.elapsedMs() - startMs).toBeLessThan(100);
    });
  });
});

describe("topics", () => {
  test("that a send made survive a power cut after its answer", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      expect((await sendTo(client, "made")).code).toBe(0);
      cluster.world.machine("broker").crash(powerCut);
      await cluster.startBroker();
      const again = await cluster.connect();
      expect((await again.call(getTopicConfig, { topic: "made" })).code).toBe(0);
      expect((await pullFrom(again, "made", 0)).code).toBe(0);
    });
  });

  test("are not made by sends unless that is allowed", () => {
    const cluster = new VirtualCluster({ autoCreateTopics: false });
    cluster.run(async () => {
      const client = await cluster.connect();
      for (const defaultTopic of ["TBW102", "DefaultCluster", "broker-a"]) {
        expect((await sendTo(client, "made", { defaultTopic })).code).toBe(17);
      }
      const nameserver = await cluster.connectNameserver();
      expect((await nameserver.call(getRouteInfo, { topic: "TBW102" })).code).toBe(17);
    });
  });

  test("are made by sends up to a bound only; operators go on", () => {
    const cluster = new VirtualCluster({ autoCreateTopicsMax: 2 });
    cluster.run(async () => {
      const client = await cluster.connect();
      expect((await sendTo(client, "one")).code).toBe(0);
      expect((await sendTo(client, "two")).code).toBe(0);
      expect((await sendTo(client, "three")).code).toBe(2);
      const wanted = { topic: "three", readQueueCount: 1, writeQueueCount: 1, perm: 6 };
      expect((await client.call(updateTopic, wanted)).code).toBe(0);
      expect((await sendTo(client, "three")).code).toBe(0);
    });
  });

  test("keep their messages in order from the send that made them on", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const sends = Array.from({ length: 20 }, (_, index) =>
        sendTo(client, "burst", { body: String(index) }),
      );
      const offsets = (await Promise.all(sends)).map(
        (reply) => sendMessageV2.decodeReply(reply.fields).queueOffset,
      );
      expect(offsets).toEqual(Array.from({ length: 20 }, (_, index) => index));
    });
  });
});

describe("the nameserver", () => {
  test("that is down delays neither sends to known topics nor, for long, those that make one", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "known");
      cluster.world.machine("nameserver").crash(powerCut);
      const startMs = cluster.client.clock.elapsedMs();
      expect((await sendTo(client, "known")).code).toBe(0);
      expect(cluster.client.clock.elapsedMs() - startMs).toBeLessThan(50);
      expect((await sendTo(client, "unknown")).code).toBe(0);
      const bound = limits.announceWaitMs + 50;
      expect(cluster.client.clock.elapsedMs() - startMs).toBeLessThan(bound);
    });
  });

  test("that comes back knows everything again within seconds", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "before");
      cluster.world.machine("nameserver").crash({ kind: "kill", odds: powerCut.odds });
      await sendTo(client, "meanwhile");
      await cluster.startNameserver();
      await cluster.pass(limits.registrationRetryMs + 500);
      const nameserver = await cluster.connectNameserver();
      for (const topic of ["before", "meanwhile", "TBW102"]) {
        expect((await nameserver.call(getRouteInfo, { topic })).code).toBe(0);
      }
    });
  });

  test("forgets a broker that stops, and one whose connection broke, at once", () => {
    const cluster = new VirtualCluster();
    cluster.run(async (broker) => {
      const client = await cluster.connect();
      const nameserver = await cluster.connectNameserver();
      await sendTo(client, "t");
      await broker.stop();
      expect((await nameserver.call(getRouteInfo, { topic: "t" })).code).toBe(17);
      cluster.world.machine("broker").crash({ kind: "kill", odds: powerCut.odds });
      await cluster.startBroker();
      expect((await nameserver.call(getRouteInfo, { topic: "t" })).code).toBe(0);
      cluster.world.machine("broker").crash({ kind: "kill", odds: powerCut.odds });
      await cluster.pass(10);
      expect((await nameserver.call(getRouteInfo, { topic: "t" })).code).toBe(17);
    });
  });

  test("forgets a broker that fell silent after two minutes", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      cluster.world.machine("broker").crash(powerCut);
      await cluster.pass(limits.brokerExpiryMs - limits.registrationMs - 1_000);
      const nameserver = await cluster.connectNameserver();
      expect((await nameserver.call(getRouteInfo, { topic: "t" })).code).toBe(0);
      await cluster.pass(limits.registrationMs + 10_000);
      expect((await nameserver.call(getRouteInfo, { topic: "t" })).code).toBe(17);
    });
  });
});

async function memberIds(client: WireClient): Promise<readonly string[]> {
  const list = await client.call(getConsumerList, { consumerGroup: "cg" });
  return list.code === 0 ? decodeConsumerList(list.source, list.bodyStart, list.bodyEnd) : [];
}

describe("members", () => {
  test("are told when one comes or goes, and not when nothing changed", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const [one, two] = [await cluster.connect(), await cluster.connect()];
      await beat(one, "one");
      expect(codesOf(one)).toEqual([40]);
      await beat(one, "one");
      expect(codesOf(one)).toEqual([40]);
      await beat(two, "two");
      expect([codesOf(one), codesOf(two)]).toEqual([[40, 40], [40]]);
      expect(await memberIds(one)).toEqual(["one", "two"]);
      two.close();
      await cluster.pass(50);
      expect(codesOf(one)).toEqual([40, 40, 40]);
      expect(await memberIds(one)).toEqual(["one"]);
    });
  });

  test("that fell silent leave after two minutes although they still pull", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const [one, two] = [await cluster.connect(), await cluster.connect()];
      await sendTo(one, "t");
      await beat(two, "two");
      for (let minute = 0; minute < 3; minute++) {
        await beat(one, "one");
        await pullFrom(two, "t", 0);
        await cluster.pass(60_000);
      }
      expect(await memberIds(one)).toEqual(["one"]);
    });
  });

  test("that connect anew are listed once, and the old connection's end does not remove them", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const old = await cluster.connect();
      await beat(old, "same");
      const fresh = await cluster.connect();
      await beat(fresh, "same");
      expect(await memberIds(fresh)).toEqual(["same"]);
      old.close();
      await cluster.pass(50);
      expect(await memberIds(fresh)).toEqual(["same"]);
    });
  });

  test("pull with what their heartbeat said; a newer version than that is told to wait", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t", { properties: "TAGS\u0001a\u0002" });
      await sendTo(client, "t", { properties: "TAGS\u0001b\u0002" });
      const subscribed = (subVersion: string): Promise<Command> =>
        pullFrom(client, "t", 0, { subVersion });
      expect((await subscribed("5")).code).toBe(24);
      await beat(client, "one", { topics: ["t"], expression: "b", subVersion: "5" });
      expect((await subscribed("6")).code).toBe(25);
      expect((await subscribed("10")).code).toBe(25);
      const found = await subscribed("5");
      expect(found.code).toBe(0);
      expect(found.source.includes("TAGS\u0001b", found.bodyStart)).toBe(true);
      expect(found.source.includes("TAGS\u0001a", found.bodyStart)).toBe(false);
    });
  });
});

describe("locks of queues", () => {
  test("belong to one client until they are not renewed for a minute", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const queue = { brokerName: "broker-a", topic: "t", queueId: 0 };
      const lock = async (clientId: string): Promise<number> => {
        const body = encodeQueueLockRequest({
          group: "cg",
          clientId,
          onlyThisBroker: false,
          queues: [queue],
        });
        const reply = await client.call(lockBatchQueues, {}, { body });
        return decodeLockedQueues(reply.source, reply.bodyStart, reply.bodyEnd).length;
      };
      expect([await lock("one"), await lock("two"), await lock("one")]).toEqual([1, 0, 1]);
      await cluster.pass(limits.queueLockMs - 10_000);
      expect(await lock("two")).toBe(0);
      await cluster.pass(11_000);
      expect([await lock("two"), await lock("one")]).toEqual([1, 0]);
    });
  });
});

describe("listening", () => {
  test("beyond loopback needs a word, and operators' requests another", async () => {
    const cluster = new VirtualCluster({
      listen: { host: "192.0.2.1", port: 10_911 },
      nameservers: [],
    });
    expect(() => cluster.world.run(() => cluster.startBroker())).toThrow("--insecure-listen");
    for (const [adminOnDataPort, code] of [
      [false, 16],
      [true, 0],
    ] as const) {
      const open = new VirtualCluster({
        listen: { host: "192.0.2.1", port: 10_911 },
        nameservers: [],
        insecureListen: true,
        adminOnDataPort,
      });
      open.world.run(async () => {
        await open.startBroker();
        const client = await open.connect();
        expect((await sendTo(client, "t")).code).toBe(0);
        expect((await client.call(getTopicConfig, { topic: "t" })).code).toBe(code);
      });
    }
  });

  test("everywhere needs an address to send clients to", () => {
    const cluster = new VirtualCluster({
      listen: { host: "0.0.0.0", port: 10_911 },
      insecureListen: true,
      nameservers: [],
    });
    expect(() => cluster.world.run(() => cluster.startBroker())).toThrow("--advertise");
  });
});

describe("pulls that wait", () => {
  test("end at their own time, however long others wait", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const { kernel } = cluster.world;
      expect((await sendTo(client, "t")).code).toBe(0);
      const waited = async (suspendMs: number): Promise<number> => {
        const startedMs = kernel.elapsedMs;
        expect((await pullFrom(client, "t", 1, { subscription: "*", suspendMs })).code).toBe(19);
        return kernel.elapsedMs - startedMs;
      };
      const early = [waited(15_000)];
      await cluster.pass(9_000);
      // Turns of the wheel come before it, and in the middle of its time.
      const late = [waited(20_000), waited(24_900), waited(60_000)];
      const step = limits.holdStepMs;
      const asked = [15_000, 20_000, 24_900, limits.holdMsMax];
      for (const [index, held] of (await Promise.all([...early, ...late])).entries()) {
        expect(held).toBeGreaterThanOrEqual((asked[index] ?? 0) - 2 * step);
        expect(held).toBeLessThanOrEqual((asked[index] ?? 0) + step);
      }
    }, 120_000);
  });
});
