/** Large tables at a nameserver: one registration, or one in pieces as RocketMQ splits what exceeds a frame. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { limits } from "../../src/core/limits.ts";
import { decodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import { encodeRegistration } from "../../src/protocol/remoting/bodies/registration.ts";
import { decodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import { getAllTopics, getRouteInfo } from "../../src/protocol/remoting/requests/route.ts";
import { dataVersion, register, run, topicConfig } from "../support/nameserver-stage.ts";
import type { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

const topicCount = 10_000;
/** RocketMQ's `splitRegistrationSize`. */
const pieceCount = 800;
/** A name as long as they come, with attributes: the largest row that a broker of RocketMQ writes. */
const topics = Array.from({ length: topicCount }, (_, at) =>
  topicConfig(`${"t".repeat(100)}-${at}`, 8, { attributes: new Map([["message.type", "NORMAL"]]) }),
);

async function routesOfAll(client: WireClient): Promise<number> {
  let routable = 0;
  for (const { topic } of topics) {
    const { source, bodyStart, bodyEnd, code } = await client.call(getRouteInfo, { topic });
    if (code === 0 && decodeTopicRoute(source, bodyStart, bodyEnd).queues.length === 1) {
      routable++;
    }
  }
  return routable;
}

test("10,000 topics fit one registration, and each is routable when it is answered", () =>
  run(async ({ connect }) => {
    const client = await connect();
    const body = encodeRegistration({ dataVersion: dataVersion(0), topics, filterServers: [] });
    expect(body.length).toBeLessThan(limits.frameBytesMax / 4);
    expect((await register(client, { topics })).code).toBe(0);
    expect(await routesOfAll(client)).toBe(topicCount);
    const { source, bodyStart, bodyEnd } = await client.call(getAllTopics, {});
    expect(decodeTopicList(source, bodyStart, bodyEnd)).toHaveLength(topicCount);
  }));

test("10,000 topics in pieces, each with a data version of its own, are all routable", () =>
  run(async ({ connect }) => {
    const client = await connect();
    for (let at = 0, counter = 0; at < topicCount; at += pieceCount, counter++) {
      const piece = topics.slice(at, at + pieceCount);
      expect((await register(client, { topics: piece, counter })).code).toBe(0);
    }
    expect(await routesOfAll(client)).toBe(topicCount);
  }));
