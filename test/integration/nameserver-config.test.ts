/** What a nameserver keeps for operators: key-value configuration and settings (remoting 6.1), and how long. */
import { describe, expect, test } from "bun:test";
import { startNameserver } from "../../src/app/nameserver-app.ts";
import { limits } from "../../src/core/limits.ts";
import { decodeTextTable } from "../../src/protocol/remoting/bodies/text-table.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import {
  decodePropertiesText,
  encodePropertiesText,
} from "../../src/protocol/remoting/properties-text.ts";
import {
  deleteKvConfig,
  getKvConfig,
  getKvList,
  getNameserverConfig,
  putKvConfig,
  updateNameserverConfig,
} from "../../src/protocol/remoting/requests/nameserver.ts";
import { getAllTopics, getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { register, run } from "../support/nameserver-stage.ts";
import { VirtualWorld } from "../support/virtual-world.ts";
import { WireClient } from "../support/wire-client.ts";

const order = "ORDER_TOPIC_CONFIG";
const powerCut = { kind: "power", odds: { kept: 0, torn: 0 } } as const;

async function put(client: WireClient, namespace: string, key: string, value: string) {
  return (await client.call(putKvConfig, { namespace, key, value })).code;
}

async function get(client: WireClient, namespace: string, key: string) {
  const reply = await client.call(getKvConfig, { namespace, key });
  return reply.code === 0 ? getKvConfig.decodeReply(reply.fields).value : reply.code;
}

async function update(client: WireClient, rows: Readonly<Record<string, string>>) {
  const body = encodePropertiesText(Object.entries(rows));
  return await client.call(updateNameserverConfig, {}, { body });
}

async function settings(client: WireClient): Promise<ReadonlyMap<string, string>> {
  const reply = await client.call(getNameserverConfig, {});
  return decodePropertiesText(reply.source, reply.bodyStart, reply.bodyEnd);
}

describe("key-value configuration", () => {
  test("is put, read, listed and deleted; what is missing is answered with 22", () =>
    run(async ({ connect }) => {
      const client = await connect();
      expect(await get(client, "n", "k")).toBe(22);
      expect((await client.call(getKvList, { namespace: "n" })).code).toBe(22);
      expect(await put(client, "n", "k", "v")).toBe(0);
      expect(await put(client, "n", "constructor", "w")).toBe(0);
      expect(await get(client, "n", "k")).toBe("v");
      const list = await client.call(getKvList, { namespace: "n" });
      expect([...decodeTextTable(list.source, list.bodyStart, list.bodyEnd)]).toEqual([
        ["k", "v"],
        ["constructor", "w"],
      ]);
      expect((await client.call(deleteKvConfig, { namespace: "n", key: "k" })).code).toBe(0);
      expect(await get(client, "n", "k")).toBe(22);
      expect((await client.call(deleteKvConfig, { namespace: "n", key: "k" })).code).toBe(0);
    }));

  test("is bounded: blank and long names, long values and too much of it are refused", () =>
    run(async ({ connect }) => {
      const client = await connect();
      expect(await put(client, " ", "k", "v")).toBe(1);
      expect(await put(client, "n", "__proto__", "v")).toBe(1);
      expect(await put(client, "n", "k".repeat(limits.kvNameBytesMax + 1), "v")).toBe(1);
      expect(await put(client, "n", "k", "v".repeat(60_000))).toBe(0);
      const codes = new Set<number>();
      for (let at = 0; at < limits.kvBytesMax / 60_000 + 1; at++) {
        codes.add(await put(client, "n", `key-${at}`, "v".repeat(60_000)));
      }
      expect([...codes]).toEqual([0, 2]);
      expect(await put(client, "n", "k", "small")).toBe(0);
      const list = await client.call(getKvList, { namespace: "n" });
      expect(list.code).toBe(0);
    }));

  test("survives a power cut with a folder, in RocketMQ's own file, and no restart without one", () => {
    const world = new VirtualWorld();
    world.machine("nameserver").image.giveFolder("/ns");
    const there = world.boot("client");
    const start = (folder?: string) =>
      startNameserver(world.boot("nameserver"), {
        listen: { host: "127.0.0.1", port: 9876 },
        folder,
      });
    world.run(async () => {
      const first = await start("/ns");
      const client = await WireClient.connect(there, first.address);
      await put(client, order, "t", "broker-a:4");
      world.machine("nameserver").crash(powerCut);
      const second = await start("/ns");
      const again = await WireClient.connect(there, second.address);
      expect(await get(again, order, "t")).toBe("broker-a:4");
      await second.stop();
      world.machine("nameserver").crash(powerCut);
      const third = await start();
      expect(await get(await WireClient.connect(there, third.address), order, "t")).toBe(22);
    });
  });
});

describe("a file that is no configuration", () => {
  for (const text of ["{", "[]", '{"configTable":{"n":{"k":1}}}', '{"configTable":3}']) {
    test(`keeps the nameserver from starting, so that nobody loses it: ${text}`, () => {
      const world = new VirtualWorld();
      world.machine("nameserver").image.giveFolder("/ns");
      const here = world.boot("nameserver");
      const file = here.disk.open("/ns/kvConfig.json", "create");
      const bytes = Buffer.from(text);
      file.write(bytes, 0, bytes.length, 0);
      file.close();
      const listen = { host: "127.0.0.1", port: 9876 };
      world.run(async () => {
        const refusal = await startNameserver(here, { listen, folder: "/ns" }).catch(String);
        expect(refusal).toContain("/ns/kvConfig.json is no key-value configuration");
      });
    });
  }
});

describe("the order of a topic's queues", () => {
  test("is in its route while orderMessageEnable is on, unless clients would fail on it", () =>
    run(async ({ connect }) => {
      const client = await connect();
      await register(client);
      const orderOf = async (topic: string): Promise<string | undefined> => {
        const { source, bodyStart, bodyEnd } = await client.call(getRouteInfo, { topic });
        return decodeTopicRoute(source, bodyStart, bodyEnd).orderTopicConf;
      };
      await put(client, order, "t", "a:4");
      await put(client, order, "u", "four");
      expect(await orderOf("t")).toBeUndefined();
      expect((await update(client, { orderMessageEnable: "true" })).code).toBe(0);
      expect(await orderOf("t")).toBe("a:4");
      expect(await orderOf("u")).toBeUndefined();
    }));

  test("is told to a broker that registers, unless returnOrderTopicConfigToBroker is off", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const first = await register(client);
      expect(first.bodyEnd).toBe(first.bodyStart);
      await put(client, order, "t", "a:4");
      const second = await register(client);
      expect([...decodeTextTable(second.source, second.bodyStart, second.bodyEnd)]).toEqual([
        ["t", "a:4"],
      ]);
      await update(client, { returnOrderTopicConfigToBroker: "false" });
      const third = await register(client);
      expect(third.bodyEnd).toBe(third.bodyStart);
    }));
});

describe("settings", () => {
  test("are shown, and those that may change do so at once and all together", () =>
    run(async ({ connect }) => {
      const client = await connect();
      expect((await settings(client)).get("enableAllTopicList")).toBe("true");
      expect((await update(client, { enableAllTopicList: "false" })).code).toBe(0);
      expect((await client.call(getAllTopics, {})).code).toBe(1);
      const mixed = await update(client, { enableAllTopicList: "true", orderMessageEnable: "yes" });
      expect([mixed.code, mixed.remark]).toEqual([
        29,
        "orderMessageEnable is true or false, not 'yes'",
      ]);
      expect((await settings(client)).get("enableAllTopicList")).toBe("false");
    }));

  test("that say where files lie are refused with 16, unknown ones with 29", () =>
    run(async ({ connect }) => {
      const client = await connect();
      for (const name of ["configBlackList", "configStorePath", "kvConfigPath", "rocketmqHome"]) {
        expect((await update(client, { [name]: "/tmp" })).code).toBe(16);
      }
      expect((await update(client, { orderMessageEnabled: "true" })).code).toBe(29);
      expect((await update(client, { scanNotActiveBrokerInterval: "1" })).code).toBe(29);
      expect((await update(client, {})).code).toBe(0);
    }));

  test("are kept in the folder", () => {
    const world = new VirtualWorld();
    world.machine("nameserver").image.giveFolder("/ns");
    const there = world.boot("client");
    world.run(async () => {
      const start = () =>
        startNameserver(world.boot("nameserver"), {
          listen: { host: "127.0.0.1", port: 9876 },
          folder: "/ns",
        });
      const first = await start();
      await update(await WireClient.connect(there, first.address), { orderMessageEnable: "true" });
      world.machine("nameserver").crash(powerCut);
      const again = await WireClient.connect(there, (await start()).address);
      expect((await settings(again)).get("orderMessageEnable")).toBe("true");
    });
  });
});

describe("a nameserver beyond loopback", () => {
  test("changes nothing for strangers unless admin requests were allowed there", () => {
    for (const adminOnDataPort of [false, true]) {
      run(
        async ({ world, there, address }) => {
          const client = await WireClient.connect(there, { host: "127.0.0.1", port: address.port });
          expect(await put(client, "n", "k", "v")).toBe(adminOnDataPort ? 0 : 16);
          await world.pass(there, 1);
        },
        { listen: { host: "0.0.0.0", port: 0 }, insecureListen: true, adminOnDataPort },
      );
    }
  });
});
