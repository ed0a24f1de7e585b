/** A broker with several nameservers: each is told by itself, and one that is down delays nobody (remoting 6.7). */
import { describe, expect, test } from "bun:test";
import { startNameserver } from "../../src/app/nameserver-app.ts";
import { limits } from "../../src/core/limits.ts";
import { getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { sendTo, VirtualCluster } from "../support/virtual-cluster.ts";
import { WireClient } from "../support/wire-client.ts";

const first = { host: "127.0.0.1", port: 9_876 };
const second = { host: "127.0.0.1", port: 9_877 };
const kill = { kind: "kill", odds: { kept: 1, torn: 0 } } as const;

function cluster(): VirtualCluster {
  return new VirtualCluster({ nameservers: [first, second] });
}

function startSecond(stage: VirtualCluster) {
  return startNameserver(stage.world.boot("second"), { listen: second });
}

async function routeCode(stage: VirtualCluster, address: typeof first, topic: string) {
  const client = await WireClient.connect(stage.client, address);
  const { code } = await client.call(getRouteInfo, { topic });
  client.close();
  return code;
}

describe("a broker with two nameservers", () => {
  test("registers at both, and a topic that a send made is at both when the send returns", () => {
    const stage = cluster();
    stage.world.run(async () => {
      await stage.startNameserver();
      await startSecond(stage);
      await stage.startBroker();
      await sendTo(await stage.connect(), "t");
      expect(await routeCode(stage, first, "t")).toBe(0);
      expect(await routeCode(stage, second, "t")).toBe(0);
    });
  });

  test("starts although one is down, and tells it everything once it is there", () => {
    const stage = cluster();
    stage.world.run(async () => {
      await stage.startNameserver();
      const broker = await stage.startBroker();
      expect(broker.stats().registeredNameservers).toBe(1);
      await sendTo(await stage.connect(), "t");
      expect(await routeCode(stage, first, "t")).toBe(0);
      await startSecond(stage);
      await stage.pass(limits.registrationRetryMs + 500);
      expect(broker.stats().registeredNameservers).toBe(2);
      expect(await routeCode(stage, second, "t")).toBe(0);
    });
  });

  test("sends as fast as before when one dies, and it knows all again when it is back", () => {
    const stage = cluster();
    stage.world.run(async () => {
      await stage.startNameserver();
      await startSecond(stage);
      const broker = await stage.startBroker();
      const client = await stage.connect();
      await sendTo(client, "t");
      stage.world.machine("second").crash(kill);
      await stage.pass(100);
      expect(broker.stats().registeredNameservers).toBe(1);
      const startMs = stage.client.clock.elapsedMs();
      expect((await sendTo(client, "made-meanwhile")).code).toBe(0);
      expect(stage.client.clock.elapsedMs() - startMs).toBeLessThan(50);
      expect(await routeCode(stage, first, "made-meanwhile")).toBe(0);
      await startSecond(stage);
      await stage.pass(limits.registrationRetryMs + 500);
      for (const topic of ["t", "made-meanwhile"]) {
        expect(await routeCode(stage, second, topic)).toBe(0);
      }
    });
  });

  test("signs off at both when it stops, also when one of them is down", () => {
    const stage = cluster();
    stage.world.run(async () => {
      await stage.startNameserver();
      await startSecond(stage);
      const broker = await stage.startBroker();
      await sendTo(await stage.connect(), "t");
      stage.world.machine("second").crash(kill);
      await broker.stop();
      expect(await routeCode(stage, first, "t")).toBe(17);
    });
  });
});
