/** What becomes of messages that consumers could not handle, under virtual time (remoting 4.2, 8.7). */
import { describe, expect, test } from "bun:test";
import { encodeQueueLockRequest } from "../../src/protocol/remoting/bodies/queue-lock.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { lockBatchQueues } from "../../src/protocol/remoting/requests/queue-lock.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { sendMessageBack } from "../../src/protocol/remoting/requests/send-back.ts";
import { decodeRecord, type MessageRecord } from "../../src/record/decode.ts";
import { defaultDelayLevelsMs } from "../../src/record/delay-levels.ts";
import { beat, pullFrom, sendTo, VirtualCluster } from "../support/virtual-cluster.ts";
import type { WireClient } from "../support/wire-client.ts";

const dayMs = 86_400_000;
const powerCut = { kind: "power", odds: { kept: 0, torn: 0 } } as const;

function first(reply: Command): MessageRecord | undefined {
  return reply.bodyEnd > reply.bodyStart ? decodeRecord(reply.source, reply.bodyStart) : undefined;
}

async function arrival(client: WireClient, topic: string, offset: number): Promise<MessageRecord> {
  for (;;) {
    const parts = { subscription: "*", suspendMs: 10_000 };
    const record = first(await pullFrom(client, topic, offset, parts));
    if (record !== undefined) {
      return record;
    }
  }
}

function giveBack(
  client: WireClient,
  record: MessageRecord,
  change: { readonly delayLevel?: number; readonly maxReconsumeTimes?: number } = {},
): Promise<Command> {
  return client.call(sendMessageBack, {
    offset: record.physicalOffset,
    group: "cg",
    delayLevel: change.delayLevel ?? 0,
    originTopic: record.topic,
    ...(change.maxReconsumeTimes === undefined
      ? {}
      : { maxReconsumeTimes: change.maxReconsumeTimes }),
  });
}

/** A cluster with one message in `t` that the group `cg` has read. */
function withMessage(work: (client: WireClient, record: MessageRecord) => Promise<void>): void {
  const cluster = new VirtualCluster();
  cluster.run(async () => {
    const client = await cluster.connect();
    await beat(client, "c1", { topics: ["t"] });
    await sendTo(client, "t", { body: "hard", properties: "TAGS\u0001a\u0002k\u0001v\u0002" });
    await work(client, await arrival(client, "t", 0));
  });
}

describe("a message that was sent back", () => {
  test("comes again by the group's retry topic, later each time, and says how often", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const { clock } = cluster.client;
      await beat(client, "c1", { topics: ["t"] });
      await sendTo(client, "t", { body: "hard", properties: "TAGS\u0001a\u0002" });
      const original = await arrival(client, "t", 0);
      let record = original;
      for (let tries = 0; tries < 16; tries++) {
        const backMs = clock.elapsedMs();
        expect((await giveBack(client, record)).code).toBe(0);
        record = await arrival(client, "%RETRY%cg", tries);
        const delayMs = defaultDelayLevelsMs[Math.min(tries + 3, 18) - 1] ?? 0;
        expect(clock.elapsedMs() - backMs).toBeGreaterThanOrEqual(delayMs);
        expect(clock.elapsedMs() - backMs).toBeLessThan(delayMs + 1_000);
        expect(record.reconsumeTimes).toBe(tries + 1);
        expect(record.body.toString()).toBe("hard");
        expect(record.properties.get("RETRY_TOPIC")).toBe("t");
        expect(record.properties.get("TAGS")).toBe("a");
      }
      const origins = record.properties.get("ORIGIN_MESSAGE_ID") ?? "";
      expect(Number.parseInt(origins.slice(-16), 16)).toBe(original.physicalOffset);
      expect((await giveBack(client, record)).code).toBe(0);
      const dead = await arrival(client, "%DLQ%cg", 0);
      expect([dead.body.toString(), dead.reconsumeTimes]).toEqual(["hard", 17]);
      expect(dead.properties.get("RETRY_TOPIC")).toBe("t");
    }, dayMs);
  });

  test("with a level below 0 is a dead letter at once", () => {
    withMessage(async (client, record) => {
      expect((await giveBack(client, record, { delayLevel: -1 })).code).toBe(0);
      const dead = await arrival(client, "%DLQ%cg", 0);
      expect(dead.properties.get("DELAY")).toBe("0");
    });
  });

  test("with a level of its own comes after that", () => {
    withMessage(async (client, record) => {
      await giveBack(client, record, { delayLevel: 1 });
      const again = await arrival(client, "%RETRY%cg", 0);
      expect(again.properties.get("DELAY")).toBe("1");
    });
  });

  test("beyond the tries that its consumer allows is a dead letter", () => {
    withMessage(async (client, record) => {
      await giveBack(client, record, { delayLevel: 1, maxReconsumeTimes: 1 });
      const again = await arrival(client, "%RETRY%cg", 0);
      await giveBack(client, again, { maxReconsumeTimes: 1 });
      expect((await arrival(client, "%DLQ%cg", 0)).body.toString()).toBe("hard");
    });
  });

  test("is refused when no message lies at the offset", () => {
    withMessage(async (client, record) => {
      for (const offset of [record.physicalOffset + 1, 2 ** 52, -1]) {
        const reply = await giveBack(client, { ...record, physicalOffset: offset });
        expect(reply.code).toBe(1);
        expect(reply.remark).toContain(String(offset));
      }
    });
  });

  test("is not lost by a power cut after the answer", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await beat(client, "c1", { topics: ["t"] });
      await sendTo(client, "t", { body: "hard" });
      expect((await giveBack(client, await arrival(client, "t", 0))).code).toBe(0);
      cluster.world.machine("broker").crash(powerCut);
      await cluster.startBroker();
      const again = await cluster.connect();
      expect((await arrival(again, "%RETRY%cg", 0)).body.toString()).toBe("hard");
    });
  });
});

describe("a message that a client sends to a retry topic itself", () => {
  const send = (client: WireClient, reconsumeTimes: number): Promise<Command> =>
    client.call(
      sendMessageV2,
      {
        producerGroup: "CLIENT_INNER_PRODUCER",
        topic: "%RETRY%cg",
        defaultTopic: "TBW102",
        defaultTopicQueueNums: 4,
        queueId: 0,
        sysFlag: 0,
        bornTimestamp: "1700000000000",
        flag: 0,
        properties: "DELAY\u00011\u0002RETRY_TOPIC\u0001t\u0002",
        reconsumeTimes,
        maxReconsumeTimes: 3,
      },
      { body: Buffer.from("again") },
    );

  test("waits for its delay there, and is a dead letter after too many tries", () => {
    withMessage(async (client) => {
      expect((await send(client, 3)).code).toBe(0);
      expect((await arrival(client, "%RETRY%cg", 0)).reconsumeTimes).toBe(3);
      expect((await send(client, 4)).code).toBe(0);
      const dead = await arrival(client, "%DLQ%cg", 0);
      expect(dead.body.toString()).toBe("again");
      expect(dead.properties.get("DELAY")).toBe("-1");
    });
  });

  test("is a dead letter at once while the group consumes in order", () => {
    withMessage(async (client) => {
      const queues = [{ brokerName: "broker-a", topic: "t", queueId: 0 }];
      const body = encodeQueueLockRequest({
        group: "cg",
        clientId: "c1",
        onlyThisBroker: false,
        queues,
      });
      expect((await client.call(lockBatchQueues, {}, { body })).code).toBe(0);
      expect((await send(client, 1)).code).toBe(0);
      expect((await arrival(client, "%DLQ%cg", 0)).body.toString()).toBe("again");
    });
  });
});
