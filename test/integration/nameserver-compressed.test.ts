/** Registrations in the form that brokers with `compressedRegister=true` write (remoting 6.3). */
import { describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { crc32 } from "../../src/core/crc32.ts";
import { limits } from "../../src/core/limits.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import { registerBroker, unregisterBroker } from "../../src/protocol/remoting/requests/broker.ts";
import { getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { dataVersion, identity, routeOf, run } from "../support/nameserver-stage.ts";
import type { WireClient } from "../support/wire-client.ts";

async function route(client: WireClient, topic: string) {
  const { source, bodyStart, bodyEnd } = await client.call(getRouteInfo, { topic });
  return decodeTopicRoute(source, bodyStart, bodyEnd);
}

describe("a compressed registration", () => {
  const lines = ['t 4 5 6 SINGLE_TAG {"message.type":"NORMAL"}', "u 1 2 4 SINGLE_TAG"];
  const mapping = '{"bname":"a","currIdMap":{0:0},"epoch":1,"topic":"t","totalQueues":1}';

  function sections(parts: readonly (string | number)[]): Buffer {
    return Buffer.concat(
      parts.map((part) => {
        const bytes = Buffer.from(typeof part === "string" ? part : "");
        const head = Buffer.alloc(4);
        head.writeInt32BE(typeof part === "string" ? bytes.length : part);
        return Buffer.concat([head, bytes]);
      }),
    );
  }

  const old = sections([JSON.stringify(dataVersion(1)), 2, ...lines, '["h:1"]']);
  const recent = Buffer.concat([old, sections([1, mapping])]);

  function registerCompressed(
    client: WireClient,
    plain: Buffer,
    version: number,
    compressed = true,
  ) {
    const body = deflateSync(plain);
    const header = {
      ...identity({}),
      compressed,
      bodyCrc32: crc32(body, 0, body.length),
    };
    return client.call(registerBroker, header, { body, version });
  }

  test("is read, of brokers before 5.0 and of later ones with their queue mappings", () =>
    run(async ({ connect }) => {
      for (const [plain, version] of [
        [old, 407],
        [recent, 479],
      ] as const) {
        const client = await connect();
        expect((await registerCompressed(client, plain, version)).code).toBe(0);
        const { queues, filterServers, mappings } = await route(client, "t");
        expect(queues).toEqual([
          { brokerName: "a", readQueueCount: 4, writeQueueCount: 5, perm: 6, topicSysFlag: 0 },
        ]);
        expect([...(filterServers?.values() ?? [])]).toEqual([["h:1"]]);
        expect(mappings?.size).toBe(version === 407 ? undefined : 1);
        await client.call(unregisterBroker, identity({}));
      }
    }));

  test("is read although it says that it is none, as 5.5.0 says", () =>
    run(async ({ connect }) => {
      const client = await connect();
      expect((await registerCompressed(client, recent, 513, false)).code).toBe(0);
      expect(await routeOf(client, "t")).toBe("a=127.0.0.1:10911");
    }));

  test("that is cut anywhere, lies about a length or is no stream is refused with 1", () =>
    run(async ({ connect }) => {
      const client = await connect();
      for (let bytes = 0; bytes < recent.length; bytes++) {
        expect((await registerCompressed(client, recent.subarray(0, bytes), 479)).code).toBe(1);
      }
      const version = JSON.stringify(dataVersion(1));
      for (const parts of [
        [version, -1],
        [version, 2 ** 31 - 1],
        [version, 1, "no topic"],
        [version, 1, "t 1 1 6 SINGLE_TAG []", "[]", 0],
        [version, 0, "{}", 0],
      ]) {
        expect((await registerCompressed(client, sections(parts), 479)).code).toBe(1);
      }
      const header = { ...identity({}), compressed: true };
      const body = Buffer.from("no stream");
      expect((await client.call(registerBroker, header, { body })).code).toBe(1);
      expect(await routeOf(client, "t")).toBe("17");
    }));

  test("that would blow up beyond the bound is refused with 1", () =>
    run(async ({ connect }) => {
      const client = await connect();
      const bomb = Buffer.alloc(limits.registrationBytesMax + 1);
      expect((await registerCompressed(client, bomb, 479)).code).toBe(1);
    }));
});
