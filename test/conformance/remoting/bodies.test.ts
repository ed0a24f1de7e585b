/** Bodies as clients in several languages write and read them (remoting 9). */
import { describe, expect, test } from "bun:test";
import { DecodeError } from "../../../src/core/error.ts";
import { decodeConsumeStats } from "../../../src/protocol/remoting/bodies/consume-stats.ts";
import {
  decodeDataVersion,
  encodeDataVersion,
  isSameDataVersion,
} from "../../../src/protocol/remoting/bodies/data-version.ts";
import {
  decodeHeartbeat,
  encodeHeartbeat,
} from "../../../src/protocol/remoting/bodies/heartbeat.ts";
import {
  decodeResetOffsets,
  encodeResetOffsets,
} from "../../../src/protocol/remoting/bodies/reset-offset.ts";
import {
  decodeTopicRoute,
  encodeTopicRoute,
  readsStandardJson,
  type TopicRoute,
} from "../../../src/protocol/remoting/bodies/topic-route.ts";
import { encodeTopicStats } from "../../../src/protocol/remoting/bodies/topic-stats.ts";

function read<V>(decode: (source: Buffer, start: number, end: number) => V, text: string): V {
  const bytes = Buffer.from(`xx${text}xx`);
  return decode(bytes, 2, bytes.length - 2);
}

describe("routes", () => {
  const route: TopicRoute = {
    brokers: [
      {
        clusterName: "c",
        brokerName: "bä",
        addresses: new Map([
          [1, "127.0.0.1:10921"],
          [0, "127.0.0.1:10911"],
        ]),
        enableActingMaster: false,
      },
    ],
    queues: [{ brokerName: "bä", readQueueCount: 4, writeQueueCount: 8, perm: 6, topicSysFlag: 0 }],
  };
  const standard =
    '{"brokerDatas":[{"brokerAddrs":{"0":"127.0.0.1:10911","1":"127.0.0.1:10921"},' +
    '"brokerName":"b\\u00E4","cluster":"c","enableActingMaster":false}],"filterServerTable":{},' +
    '"queueDatas":[{"brokerName":"b\\u00E4","perm":6,"readQueueNums":4,"topicSysFlag":0,"writeQueueNums":8}]}';

  test("standard JSON has quoted broker ids and ASCII only", () => {
    expect(encodeTopicRoute(route, { isStandardJson: true }).toString()).toBe(standard);
  });

  test("old clients get bare broker ids", () => {
    const bare = standard.replace('"0":', "0:").replace('"1":', "1:").replaceAll("\\u00E4", "ä");
    expect(encodeTopicRoute(route, { isStandardJson: false }).toString()).toBe(bare);
  });

  test("both forms are read", () => {
    for (const isStandardJson of [true, false]) {
      const bytes = encodeTopicRoute({ ...route, orderTopicConf: "b:4" }, { isStandardJson });
      expect(decodeTopicRoute(bytes, 0, bytes.length)).toEqual({
        ...route,
        orderTopicConf: "b:4",
      });
    }
  });

  test("standard JSON goes to clients from 4.9.4 on and to those that ask for it", () => {
    expect(readsStandardJson(401, undefined)).toBe(true);
    expect(readsStandardJson(400, undefined)).toBe(false);
    expect(readsStandardJson(317, true)).toBe(true);
    expect(readsStandardJson(317, false)).toBe(false);
  });
});

describe("heartbeats", () => {
  function consumer(members: string): string {
    return `{"clientID":"c","consumerDataSet":[{"groupName":"g",${members}}]}`;
  }

  test("Go's names in mixed case, codes as texts and nanoseconds are read", () => {
    const heartbeat = read(
      decodeHeartbeat,
      consumer(
        '"consumeType":"CONSUME_PASSIVELY","messageModel":"BroadCasting","consumeFromWhere":"CONSUME_FROM_FIRST_OFFSET",' +
          '"subscriptionDataSet":[{"topic":"t","subString":"a","tagsSet":["a"],"codeSet":["97"],"subVersion":1795382583056123456}]',
      ),
    );
    expect(heartbeat.consumers[0]).toMatchObject({
      group: "g",
      messageModel: "BROADCASTING",
      consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
      subscriptions: [{ topic: "t", tagHashes: [97], subVersion: "1795382583056123456" }],
    });
    const written = encodeHeartbeat(heartbeat);
    expect(written.toString()).toContain('"subVersion":1795382583056123456');
    expect(decodeHeartbeat(written, 0, written.length)).toEqual(heartbeat);
  });

  test("C++'s numbers for names, a version as text and missing members are read", () => {
    const heartbeat = read(
      decodeHeartbeat,
      consumer(
        '"consumeType":1,"messageModel":1,"consumeFromWhere":4,' +
          '"subscriptionDataSet":[{"topic":"t","subString":"*","subVersion":"1700000000000"}]',
      ),
    );
    expect(heartbeat).toEqual({
      clientId: "c",
      producerGroups: [],
      consumers: [
        {
          group: "g",
          consumeType: "CONSUME_PASSIVELY",
          messageModel: "CLUSTERING",
          consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
          unitMode: false,
          subscriptions: [
            {
              topic: "t",
              expression: "*",
              expressionType: "TAG",
              classFilterMode: false,
              tags: [],
              tagHashes: [],
              subVersion: "1700000000000",
            },
          ],
        },
      ],
      fingerprint: 0,
      withoutSubscriptions: false,
    });
  });

  test("sets of null are empty", () => {
    expect(
      read(decodeHeartbeat, '{"clientID":"c","consumerDataSet":null,"producerDataSet":null}'),
    ).toMatchObject({ consumers: [], producerGroups: [] });
  });

  for (const [name, body] of [
    ["no client id", "{}"],
    ["a client id that is no text", '{"clientID":5}'],
    ["consumers that are no list", '{"clientID":"c","consumerDataSet":{}}'],
    ["a consumer that is no object", '{"clientID":"c","consumerDataSet":["x"]}'],
    ["an unknown name", consumer('"consumeType":"X","messageModel":1,"consumeFromWhere":4')],
    ["a number without a name", consumer('"consumeType":3,"messageModel":1,"consumeFromWhere":4')],
    ["a missing name", consumer('"messageModel":1,"consumeFromWhere":4')],
  ] as const) {
    test(`${name}: refused`, () => {
      expect(() => read(decodeHeartbeat, body)).toThrow(DecodeError);
    });
  }
});

describe("tables with queues as keys", () => {
  const queue = { brokerName: "b", queueId: 0, topic: "t" };

  test("keys are written as objects, without any space", () => {
    expect(encodeResetOffsets([[queue, 5]]).toString()).toBe(
      '{"offsetTable":{{"brokerName":"b","queueId":0,"topic":"t"}:5}}',
    );
    expect(
      encodeTopicStats([
        [queue, { minOffset: 0, maxOffset: 5, lastUpdateTimestamp: 7 }],
      ]).toString(),
    ).toBe(
      '{"offsetTable":{{"brokerName":"b","queueId":0,"topic":"t"}:' +
        '{"lastUpdateTimestamp":7,"maxOffset":5,"minOffset":0}},"topicPutTps":0}',
    );
  });

  test("an empty table is an empty object", () => {
    expect(encodeResetOffsets([]).toString()).toBe('{"offsetTable":{}}');
    expect(read(decodeResetOffsets, '{"offsetTable":{}}')).toEqual([]);
    expect(read(decodeConsumeStats, '{"consumeTps":0.5}')).toEqual({ consumeTps: 0.5, queues: [] });
  });

  for (const [name, body] of [
    ["keys that are texts", '{"offsetTable":{"q":5}}'],
    [
      "a queue twice",
      '{"offsetTable":{{"brokerName":"b","queueId":0,"topic":"t"}:5,{"topic":"t","brokerName":"b","queueId":0}:6}}',
    ],
    ["a key that names no queue", '{"offsetTable":{{"topic":"t"}:5}}'],
    [
      "an offset beyond 2^53",
      '{"offsetTable":{{"brokerName":"b","queueId":0,"topic":"t"}:9007199254740992}}',
    ],
  ] as const) {
    test(`${name}: refused`, () => {
      expect(() => read(decodeResetOffsets, body)).toThrow(DecodeError);
    });
  }
});

describe("data versions", () => {
  test("each member counts, and older ones lack the state", () => {
    const version = read(decodeDataVersion, '{"counter":3,"timestamp":1795382417799}');
    expect(version).toEqual({ counter: 3, stateVersion: 0, timestamp: 1795382417799 });
    const written = encodeDataVersion(version);
    expect(isSameDataVersion(version, decodeDataVersion(written, 0, written.length))).toBe(true);
    for (const member of ["counter", "stateVersion", "timestamp"] as const) {
      expect(isSameDataVersion(version, { ...version, [member]: 99 })).toBe(false);
    }
  });
});
