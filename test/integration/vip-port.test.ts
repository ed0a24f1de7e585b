/** The port two below a broker's, where clients of up to 4.4 send everything but pulls (remoting 1.9). */
import { describe, expect, test } from "bun:test";
import { startBroker } from "../../src/app/broker-app.ts";
import { NetworkError } from "../../src/io/network.ts";
import { beat, pullFrom, sendTo, VirtualCluster } from "../support/virtual-cluster.ts";
import { WireClient } from "../support/wire-client.ts";

const vip = { host: "127.0.0.1", port: 10_909 };

describe("the VIP port", () => {
  test("takes sends and heartbeats for the same broker; what was sent there is pulled elsewhere", () => {
    const cluster = new VirtualCluster({ vipPort: true });
    cluster.run(async (broker) => {
      const sender = await WireClient.connect(cluster.client, vip);
      const reader = await cluster.connect();
      expect((await sendTo(sender, "t")).code).toBe(0);
      expect((await pullFrom(reader, "t", 0)).code).toBe(0);
      expect((await beat(sender, "client-1")).code).toBe(0);
      expect(broker.stats().connections).toBeGreaterThanOrEqual(2);
      expect(broker.stats().counters.sendsAccepted).toBe(1);
    });
  });

  test("refuses pulls with 3, and goes on", () => {
    const cluster = new VirtualCluster({ vipPort: true });
    cluster.run(async () => {
      const client = await WireClient.connect(cluster.client, vip);
      await sendTo(client, "t");
      const refused = await pullFrom(client, "t", 0);
      expect([refused.code, refused.remark]).toEqual([
        3,
        " request type 11 not supported (PULL_MESSAGE) on this port; pulls go to the broker's own",
      ]);
      expect((await client.request(361, [])).code).toBe(3);
      expect((await sendTo(client, "t")).code).toBe(0);
    });
  });

  test("is not there unless it is asked for", () => {
    const cluster = new VirtualCluster();
    cluster.run(async () => {
      const refusal = await WireClient.connect(cluster.client, vip).catch(
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(NetworkError);
    });
  });

  test("cannot lie below port 1", () => {
    const cluster = new VirtualCluster();
    cluster.world.run(async () => {
      const refusal = await startBroker(cluster.world.boot("broker"), {
        storeFolder: "/store",
        listen: { host: "127.0.0.1", port: 2 },
        nameservers: [],
        vipPort: true,
      }).catch((error: unknown) => error);
      expect(String(refusal)).toContain("there is no VIP port 2 below 2");
    });
  });
});
