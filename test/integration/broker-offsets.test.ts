/** How far groups have come: kept, asked for, reset; under virtual time. */
import { describe, expect, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { invokeResetOffset } from "../../src/protocol/remoting/requests/group.ts";
import {
  queryConsumerOffset,
  updateConsumerOffset,
} from "../../src/protocol/remoting/requests/offset.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { beat, pullFrom, sendTo, VirtualCluster } from "../support/virtual-cluster.ts";
import type { WireClient } from "../support/wire-client.ts";

const powerCut = { kind: "power", odds: { kept: 0, torn: 0 } } as const;

describe("consumer offsets", () => {
  const at = { consumerGroup: "cg", topic: "t", queueId: 0 };

  async function offsetOf(client: WireClient, setZeroIfNotFound = false): Promise<number> {
    const reply = await client.call(queryConsumerOffset, { ...at, setZeroIfNotFound });
    return reply.code === 0 ? queryConsumerOffset.decodeReply(reply.fields).offset : -reply.code;
  }

  test("survive a power cut once a two-way commit was answered, or a one-way one is a second old", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      await beat(client, "one");
      expect((await client.call(updateConsumerOffset, { ...at, commitOffset: 1 })).code).toBe(0);
      cluster.world.machine("broker").crash(powerCut);
      await cluster.startBroker();
      const again = await cluster.connect();
      expect(await offsetOf(again)).toBe(1);
      again.tell(updateConsumerOffset, { ...at, commitOffset: 7 });
      await cluster.pass(1_000);
      cluster.world.machine("broker").crash(powerCut);
      await cluster.startBroker();
      expect(await offsetOf(await cluster.connect())).toBe(7);
    });
  });

  test("that were on their way to the disk already are answered no sooner than they are there", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      await beat(client, "one");
      const { plan } = cluster.world.machine("broker");
      plan.syncDelayMs = 2_000;
      client.tell(updateConsumerOffset, { ...at, commitOffset: 5 });
      await cluster.pass(limits.stateFlushMs + 100);
      expect((await client.call(updateConsumerOffset, { ...at, commitOffset: 5 })).code).toBe(0);
      cluster.world.machine("broker").crash(powerCut);
      plan.syncDelayMs = 1;
      await cluster.startBroker();
      expect(await offsetOf(await cluster.connect())).toBe(5);
    });
  });

  test("of a new group are the start of a young queue, or unknown when the client asks so", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      expect(await offsetOf(client, true)).toBe(0);
      expect(await offsetOf(client, false)).toBe(-22);
    });
  });

  test("are committed with a pull", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      await pullFrom(client, "t", 0, { subscription: "*", commitOffset: 1 });
      expect(await offsetOf(client)).toBe(1);
    });
  });

  test("that an operator resets reach a consumer in whatever it does next", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      for (let index = 0; index < 5; index++) {
        await sendTo(client, "t");
      }
      await beat(client, "one");
      await client.call(updateConsumerOffset, { ...at, commitOffset: 5 });
      const held = pullFrom(client, "t", 5, { subscription: "*", suspendMs: 10_000 });
      const reset = await client.call(invokeResetOffset, {
        topic: "t",
        group: "cg",
        queueId: 0,
        offset: 2,
        timestamp: 0,
        isForce: true,
      });
      expect(reset.code).toBe(0);
      const moved = await held;
      expect([moved.code, pullMessage.decodeReply(moved.fields).nextBeginOffset]).toEqual([21, 2]);
      expect(await offsetOf(client)).toBe(2);
      // Told twice, it would clear its queues twice.
      expect(client.requests.some((request) => request.code === 220)).toBe(false);
    });
  });

  test("that are being reset ignore commits of consumers that do not know yet", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const client = await cluster.connect();
      await sendTo(client, "t");
      await beat(client, "one");
      await client.call(updateConsumerOffset, { ...at, commitOffset: 1 });
      const all = { topic: "t", group: "cg", timestamp: 0, isForce: true };
      expect((await client.call(invokeResetOffset, all)).code).toBe(0);
      const late = await client.call(updateConsumerOffset, { ...at, commitOffset: 9 });
      expect([late.code, late.remark]).toEqual([0, "Offset has been previously reset"]);
      expect(await offsetOf(client)).toBe(0);
      expect((await pullFrom(client, "t", 9)).code).toBe(21);
      await client.call(updateConsumerOffset, { ...at, commitOffset: 1 });
      expect(await offsetOf(client)).toBe(1);
    });
  });
});
