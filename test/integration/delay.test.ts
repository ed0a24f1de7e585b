/** Delayed messages under virtual time: never early, never lost, and where they belong (remoting 8.7). */
import { describe, expect, test } from "bun:test";
import type { Command } from "../../src/protocol/remoting/command.ts";
import { decodeRecord, type MessageRecord } from "../../src/record/decode.ts";
import { defaultDelayLevelsMs } from "../../src/record/delay-levels.ts";
import { pullFrom, sendTo, VirtualCluster } from "../support/virtual-cluster.ts";
import type { WireClient } from "../support/wire-client.ts";

const powerCut = { kind: "power", odds: { kept: 0, torn: 0 } } as const;
/** What delivering may take on top: a sync, and a turn or two. */
const slackMs = 300;
const dayMs = 86_400_000;

function recordsOf(reply: Command): readonly MessageRecord[] {
  const records: MessageRecord[] = [];
  for (let at = reply.bodyStart; at < reply.bodyEnd; ) {
    const record = decodeRecord(reply.source, at);
    records.push(record);
    at += record.bytes;
  }
  return records;
}

/** Waits for the message at the offset of queue 0. */
async function arrival(client: WireClient, topic: string, offset = 0): Promise<MessageRecord> {
  for (;;) {
    const reply = await pullFrom(client, topic, offset, { subscription: "*", suspendMs: 10_000 });
    const [record] = recordsOf(reply);
    if (record !== undefined) {
      return record;
    }
  }
}

const delayed = (level: number | string): { readonly properties: string } => ({
  properties: `TAGS\u0001a\u0002DELAY\u0001${level}\u0002k\u0001v\u0002`,
});

describe("a message with a delay level", () => {
  for (const level of [1, 3, 5, 18]) {
    test(`of ${level} arrives when its time has come, not before`, () => {
      const cluster = new VirtualCluster();
      cluster.run(async () => {
        const client = await cluster.connect();
        await sendTo(client, "t", { body: "first" });
        const { clock } = cluster.client;
        const sentMs = clock.elapsedMs();
        expect((await sendTo(client, "t", { body: "later", ...delayed(level) })).code).toBe(0);
        const record = await arrival(client, "t", 1);
        const tookMs = clock.elapsedMs() - sentMs;
        const delayMs = defaultDelayLevelsMs[level - 1] ?? 0;
        expect(tookMs).toBeGreaterThanOrEqual(delayMs);
        expect(tookMs).toBeLessThan(delayMs + slackMs);
        expect(record.body.toString()).toBe("later");
        expect(record.queueOffset).toBe(1);
      }, dayMs);
    });
  }

  test("keeps what its sender said, and names where it was meant for", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t", { queueId: 2, ...delayed(1), body: "kept" });
      let record: MessageRecord | undefined;
      while (record === undefined) {
        const parts = { queueId: 2, subscription: "a", suspendMs: 1_000 };
        [record] = recordsOf(await pullFrom(client, "t", 0, parts));
      }
      expect(record).toMatchObject({ topic: "t", queueId: 2, bornTimestampMs: 1_700_000_000_000 });
      expect(Object.fromEntries(record.properties)).toMatchObject({
        TAGS: "a",
        k: "v",
        DELAY: "1",
        REAL_TOPIC: "t",
        REAL_QID: "2",
      });
    });
  });

  test("above the last one is of the last one", () => {
    const cluster = new VirtualCluster({ messageDelayLevel: "1s 4s" });
    cluster.run(async () => {
      const client = await cluster.connect();
      const { clock } = cluster.client;
      const sentMs = clock.elapsedMs();
      await sendTo(client, "t", delayed(99));
      const late = await arrival(client, "t");
      expect(clock.elapsedMs() - sentMs).toBeGreaterThanOrEqual(4_000);
      expect(late.properties.get("DELAY")).toBe("2");
    });
  });

  test("of 0 or below is delivered at once, and one that is no number is refused", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const { clock } = cluster.client;
      const sentMs = clock.elapsedMs();
      await sendTo(client, "t", delayed(0));
      await sendTo(client, "t", delayed(-1));
      await arrival(client, "t", 1);
      expect(clock.elapsedMs() - sentMs).toBeLessThan(slackMs);
      expect((await sendTo(client, "t", delayed("soon"))).code).toBe(13);
    });
  });
});

describe("delayed messages", () => {
  test("of one level arrive in the order they were sent, across many", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const bodies = Array.from({ length: 3_000 }, (_, index) => `m${index}`);
      for (let at = 0; at < bodies.length; at += 500) {
        const some = bodies.slice(at, at + 500);
        await Promise.all(some.map((body) => sendTo(client, "t", { body, ...delayed(1) })));
      }
      const received: string[] = [];
      while (received.length < bodies.length) {
        const parts = { subscription: "*", suspendMs: 1_000 };
        const reply = await pullFrom(client, "t", received.length, parts);
        received.push(...recordsOf(reply).map((record) => record.body.toString()));
      }
      expect(received).toEqual(bodies);
    });
  });

  test("that an earlier one does not hold up have levels of their own", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t", { body: "late", ...delayed(4) });
      await sendTo(client, "t", { body: "soon", ...delayed(1) });
      expect((await arrival(client, "t")).body.toString()).toBe("soon");
      expect((await arrival(client, "t", 1)).body.toString()).toBe("late");
    });
  });

  test("survive a power cut, and time that passed meanwhile counts", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      const { clock } = cluster.client;
      const sentMs = clock.elapsedMs();
      expect((await sendTo(client, "t", { body: "kept", ...delayed(4) })).code).toBe(0);
      cluster.world.machine("broker").crash(powerCut);
      await cluster.pass(20_000);
      await cluster.startBroker();
      const again = await cluster.connect();
      expect((await arrival(again, "t")).body.toString()).toBe("kept");
      const tookMs = clock.elapsedMs() - sentMs;
      expect(tookMs).toBeGreaterThanOrEqual(30_000);
      expect(tookMs).toBeLessThan(30_000 + slackMs);
    });
  });

  test("that were delivered are not delivered again by the next start", () => {
    const cluster = new VirtualCluster();
    cluster.run(async (broker) => {
      const client = await cluster.connect();
      await sendTo(client, "t", delayed(1));
      await arrival(client, "t");
      await broker.stop();
      cluster.world.machine("broker").stopped();
      await cluster.startBroker();
      const again = await cluster.connect();
      await cluster.pass(5_000);
      expect((await pullFrom(again, "t", 1)).fields.get("maxOffset")).toBe("1");
    });
  });

  test("wait while the disk takes nothing, and arrive when it does again", () => {
    const cluster = new VirtualCluster();
    cluster.run(async (broker) => {
      const client = await cluster.connect();
      for (let index = 0; index < 3; index++) {
        await sendTo(client, "t", { body: `m${index}`, ...delayed(1) });
      }
      const { plan } = cluster.world.machine("broker");
      plan.syncDelayMs = 5_000;
      expect((await arrival(client, "t", 2)).body.toString()).toBe("m2");
      expect(broker.stats().counters.delayedDelivered).toBe(3);
    });
  });

  test("keep their part of the log from retention until they were delivered", () => {
    const cluster = new VirtualCluster({ segmentBytes: 65_536, logBytesMax: 131_072 });
    cluster.run(async (broker) => {
      const client = await cluster.connect();
      await sendTo(client, "t", { body: "kept", ...delayed(6) });
      const body = "x".repeat(4_000);
      const fill = async (): Promise<void> => {
        for (let index = 0; index < 100; index++) {
          await sendTo(client, "filler", { body });
        }
        await cluster.pass(30_000);
      };
      await fill();
      expect(broker.stats().store.logMinOffset).toBe(0);
      expect((await arrival(client, "t")).body.toString()).toBe("kept");
      await fill();
      expect(broker.stats().store.logMinOffset).toBeGreaterThan(0);
    });
  });
});
