/** Topics that operators make, change and delete while clients are connected (remoting 7.5). */
import { describe, expect, test } from "bun:test";
import { decodeTopicList } from "../../../src/protocol/remoting/bodies/name-list.ts";
import {
  decodeTopicConfig,
  decodeTopicTable,
  encodeTopicConfigList,
  type TopicConfig,
} from "../../../src/protocol/remoting/bodies/topic-table.ts";
import {
  getMaxOffset,
  queryConsumerOffset,
  updateConsumerOffset,
} from "../../../src/protocol/remoting/requests/offset.ts";
import { pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import { getRouteInfo } from "../../../src/protocol/remoting/requests/route.ts";
import {
  cleanUnusedTopics,
  deleteTopic,
  getAllTopicConfigs,
  getSystemTopics,
  getTopicConfig,
  updateTopic,
  updateTopicList,
} from "../../../src/protocol/remoting/requests/topic.ts";
import { beat, livePair, pullDefaults, pullOnce, sendOne } from "./live-pair.ts";
import { bodyOf, type RawPeer } from "./raw-peer.ts";

const pair = livePair();

const wanted = { readQueueCount: 4, writeQueueCount: 4, perm: 6 };

async function configOf(peer: RawPeer, topic: string): Promise<TopicConfig> {
  return bodyOf(await peer.call(getTopicConfig, { topic }), decodeTopicConfig);
}

describe("making and changing", () => {
  test("every setting is kept, and attributes are changed one by one", async () => {
    const peer = await pair.toBroker();
    const topic = "settings";
    const first = {
      ...wanted,
      topic,
      order: true,
      topicSysFlag: 1,
      attributes: "+message.type=FIFO",
    };
    expect((await peer.call(updateTopic, first)).code).toBe(0);
    expect(await configOf(peer, topic)).toEqual({
      topic,
      readQueueCount: 4,
      writeQueueCount: 4,
      perm: 6,
      filterType: "SINGLE_TAG",
      topicSysFlag: 1,
      order: true,
      attributes: new Map([["message.type", "FIFO"]]),
    });
    const second = { ...wanted, topic, attributes: "+reserve.time=5000,-message.type" };
    expect((await peer.call(updateTopic, second)).code).toBe(0);
    expect(await configOf(peer, topic)).toMatchObject({
      order: false,
      attributes: new Map([["reserve.time", "5000"]]),
    });
  });

  const refused: readonly (readonly [code: number, change: object])[] = [
    [29, { topic: "TBW102" }],
    [29, { topic: "broker-a" }],
    [29, { topic: "c_REPLY_TOPIC" }],
    [29, { topic: "no spaces" }],
    [29, { readQueueCount: 0 }],
    [29, { writeQueueCount: 4_097 }],
    [29, { perm: 99 }],
    [29, { attributes: "+message.type=MIXED" }],
    [1, { attributes: "+message.type=LOUD" }],
    [1, { attributes: "+colour=red" }],
    [1, { attributes: "-message.type" }],
    [1, { attributes: "message.type=FIFO" }],
    [1, { attributes: "+cleanup.policy=COMPACTION" }],
    [1, { attributes: "+queue.type=BatchCQ" }],
  ];
  for (const [code, change] of refused) {
    test(`${JSON.stringify(change)} is refused with ${code} and makes nothing`, async () => {
      const peer = await pair.toBroker();
      const reply = await peer.call(updateTopic, { topic: "refused", ...wanted, ...change });
      expect([reply.code, reply.remark]).toEqual([code, expect.stringMatching(/./)]);
      expect((await peer.call(getTopicConfig, { topic: "refused" })).code).toBe(17);
    });
  }

  test("a list of topics is made whole, or not at all when one of them is refused", async () => {
    const peer = await pair.toBroker();
    const plain: TopicConfig = {
      topic: "listed",
      readQueueCount: 2,
      writeQueueCount: 2,
      perm: 6,
      filterType: "SINGLE_TAG",
      topicSysFlag: 0,
      order: false,
      attributes: new Map(),
    };
    const bad = encodeTopicConfigList([plain, { ...plain, topic: "TBW102" }]);
    expect((await peer.call(updateTopicList, {}, { body: bad })).code).toBe(29);
    expect((await peer.call(getTopicConfig, { topic: "listed" })).code).toBe(17);
    const good = encodeTopicConfigList([plain, { ...plain, topic: "listed-too" }]);
    expect((await peer.call(updateTopicList, {}, { body: good })).code).toBe(0);
    const nameserver = await pair.toNameserver();
    for (const topic of ["listed", "listed-too"]) {
      expect((await nameserver.call(getRouteInfo, { topic })).code).toBe(0);
    }
  });
});

describe("deleting", () => {
  test("the topic is gone for everybody before the answer, and made anew it begins at 0", async () => {
    const peer = await pair.toBroker();
    const nameserver = await pair.toNameserver();
    const topic = "deleted";
    await peer.call(updateTopic, { ...wanted, topic });
    for (let count = 0; count < 3; count++) {
      await sendOne(peer, { topic });
    }
    await beat(peer, { clientId: "reader", group: "readers", topic });
    const commit = { consumerGroup: "readers", topic, queueId: 0, commitOffset: 3 };
    await peer.call(updateConsumerOffset, commit);
    const held = peer.send({
      code: pullMessage.code,
      fields: pullMessage.encode({
        ...pullDefaults,
        consumerGroup: "readers",
        topic,
        queueOffset: 3,
        sysFlag: 6,
        suspendTimeoutMillis: 20_000,
      }),
    });
    expect((await peer.call(deleteTopic, { topic })).code).toBe(0);
    expect((await peer.reply(held)).code).toBe(17);
    expect((await nameserver.call(getRouteInfo, { topic })).code).toBe(17);
    expect((await peer.call(getTopicConfig, { topic })).code).toBe(17);
    expect((await pullOnce(peer, { topic, queueOffset: 0 })).code).toBe(17);

    await peer.call(updateTopic, { ...wanted, topic });
    const position = { consumerGroup: "readers", topic, queueId: 0, setZeroIfNotFound: false };
    expect((await peer.call(queryConsumerOffset, position)).code).toBe(22);
    const sent = await sendOne(peer, { topic });
    expect(sent.fields.get("queueOffset")).toBe("0");
    expect((await pullOnce(peer, { topic })).fields.get("maxOffset")).toBe("1");
  });

  test("other topics keep their routes", async () => {
    const peer = await pair.toBroker();
    const nameserver = await pair.toNameserver();
    await peer.call(updateTopic, { ...wanted, topic: "kept" });
    await peer.call(updateTopic, { ...wanted, topic: "not-kept" });
    await peer.call(deleteTopic, { topic: "not-kept" });
    expect((await nameserver.call(getRouteInfo, { topic: "kept" })).code).toBe(0);
    expect((await nameserver.call(getRouteInfo, { topic: "broker-a" })).code).toBe(0);
  });

  test("a topic that is not there is deleted already, one of the system's never is", async () => {
    const peer = await pair.toBroker();
    expect((await peer.call(deleteTopic, { topic: "never-there" })).code).toBe(0);
    for (const topic of ["SELF_TEST_TOPIC", "c", " "]) {
      expect((await peer.call(deleteTopic, { topic })).code).toBe(29);
    }
  });

  test("cleaning up leaves the messages of topics that exist", async () => {
    const peer = await pair.toBroker();
    await sendOne(peer, { topic: "lives-on" });
    expect((await peer.call(cleanUnusedTopics, {})).code).toBe(0);
    const reply = await peer.call(getMaxOffset, { topic: "lives-on", queueId: 0 });
    expect(reply.fields.get("offset")).toBe("1");
  });
});

describe("all of them", () => {
  test("all topics are told at once or in pages, with how many there are", async () => {
    const peer = await pair.toBroker();
    const whole = await peer.call(getAllTopicConfigs, {});
    const { topics } = bodyOf(whole, decodeTopicTable);
    expect(topics.map((config) => config.topic)).toContain("SELF_TEST_TOPIC");
    expect(whole.fields.get("totalTopicNum")).toBe(String(topics.length));
    const page = await peer.call(getAllTopicConfigs, { topicSeq: 1, maxTopicNum: 2 });
    expect(bodyOf(page, decodeTopicTable).topics).toEqual(topics.slice(1, 3));
    expect(page.fields.get("totalTopicNum")).toBe(String(topics.length));
  });

  test("the system's topics are named, there or not", async () => {
    const peer = await pair.toBroker();
    const names = bodyOf(await peer.call(getSystemTopics, {}), decodeTopicList);
    for (const name of ["TBW102", "SCHEDULE_TOPIC_XXXX", "broker-a", "c", "c_REPLY_TOPIC"]) {
      expect(names).toContain(name);
    }
    expect(new Set(names).size).toBe(names.length);
  });
});
