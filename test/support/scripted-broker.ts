/**
 * A nameserver, controller, broker and broker container in one, whose answers never change: what a real RocketMQ tells only
 * with many replicas, lite topics or a container. It keeps what it was asked, so that two tools can be held against each other.
 */
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import type { FakeReply } from "./fake-cluster.ts";
import { startLoopbackNameserver } from "./loopback-nameserver.ts";

export interface ScriptedBroker {
  /** `host:port` of everything. */
  readonly address: string;
  /** What it was asked since the last call, a line each: code, fields by name, body. Questions for routes are left out. */
  takeSent(): string;
}

/** When something happened, in all answers. */
const timeMs = 1_700_000_000_123;

function json(value: unknown): FakeReply {
  return { body: Buffer.from(JSON.stringify(value)) };
}

type Answer = readonly [number, FakeReply];

function controllerAnswers(address: string): readonly Answer[] {
  const replica = (brokerName: string, brokerId: number, alive: boolean) => ({
    ...{ alive, brokerAddress: `10.0.0.${brokerId}:10911`, brokerId, brokerName },
  });
  const states = Object.fromEntries(
    ["broker-a", "broker-b", "orders-east-1", "orders-west-1"].map((name, index) => [
      name,
      {
        inSyncReplicas: [replica(name, 1, true), replica(name, 2, true)].slice(index % 2),
        masterAddress: "10.0.0.2:10911",
        masterBrokerId: 2,
        masterEpoch: 7 + index,
        notInSyncReplicas: index === 0 ? [replica(name, 3, false)] : [],
        syncStateSetEpoch: 12,
      },
    ]),
  );
  return [
    [902, {}],
    [903, {}],
    [
      1002,
      {
        fields: [
          ["masterAddress", "10.0.0.3:10911"],
          ["masterBrokerId", "3"],
          ["masterEpoch", "8"],
          ["syncStateSetEpoch", "13"],
        ],
        ...json({ brokerAddrs: { 3: "10.0.0.3:10911", 0: "10.0.0.3:10911", 12: "10.0.0.12:1" } }),
      },
    ],
    [
      1005,
      {
        fields: [
          ["group", "group1"],
          ["controllerLeaderId", "n0"],
          ["controllerLeaderAddress", address],
          ["isLeader", "true"],
          ["peers", `n0:${address};n1:10.0.0.9:9878`],
        ],
      },
    ],
    [1006, json({ replicasInfoTable: states })],
    [
      1007,
      json({
        brokerId: 2,
        brokerName: "broker-a",
        clusterName: "c",
        epochList: [
          { endOffset: 4_096, epoch: 1, startOffset: 0 },
          { endOffset: 8_192, epoch: 2, startOffset: 4_096 },
          { endOffset: 9_000, epoch: 5, startOffset: 8_192 },
        ],
        maxOffset: 123_456,
      }),
    ],
    [1009, {}],
    [1010, { body: Buffer.from("scanNotActiveBrokerInterval=5000\nlistenPort=9878\nempty=\n") }],
    [1011, {}],
  ];
}

function authAnswers(): readonly Answer[] {
  const user = { password: "secret", userStatus: "enable", userType: "Super", username: "alice" };
  const entry = { actions: ["Pub", "Sub"], decision: "Allow", resource: "Topic:orders" };
  const acl = {
    policies: [
      { entries: [{ ...entry, sourceIps: ["10.0.0.0/8", "::1"] }, entry], policyType: "Custom" },
      { entries: [{ ...entry, resource: "Group:*" }], policyType: "Default" },
    ],
    subject: "User:alice",
  };
  return [
    ...[3001, 3002, 3003, 3006, 3007, 3008].map((code) => [code, {}] as const),
    [3004, json(user)],
    [3005, json([user, { username: "bob" }])],
    [3009, json(acl)],
    [3010, json([acl, { policies: [], subject: "User:bob" }])],
  ];
}

function liteAnswers(): readonly Answer[] {
  const names = ["one", "two", "three", "four", "five", "a-rather-long-name", "z"];
  const lag = (liteTopic: string, lagCount: number, earliestUnconsumedTimestamp: number) => ({
    ...{ earliestUnconsumedTimestamp, lagCount, liteTopic },
  });
  return [
    [
      200_074,
      json({
        ...{ cqTableSize: 9, currentLmqNum: 3, eventMapSize: 2, liteSubscriptionCount: 4 },
        ...{ maxLmqNum: 20_000, offsetTableSize: 6, orderInfoCount: 5 },
        storeType: "defaultRocksDB",
        topicMeta: Object.fromEntries(names.map((name, index) => [name, index * 10])),
        groupMeta: { one: names, two: ["g"] },
      }),
    ],
    [200_075, json({ groups: names, liteTopicCount: 2, lmqNum: 3, topic: "lite", ttl: 60 })],
    [
      200_076,
      json({
        ...{ liteTopic: "small", parentTopic: "lite", shardingToBroker: true },
        subscriber: names.map((name) => ({ clientId: `client-${name}`, group: "g" })),
        topicOffset: { lastUpdateTimestamp: timeMs, maxOffset: 17, minOffset: 3 },
      }),
    ],
    [
      200_077,
      json({
        ...{ clientId: "one", group: "g", lastAccessTime: timeMs, lastConsumeTime: 0 },
        ...{ liteTopicCount: 7, liteTopicSet: names, parentTopic: "lite" },
      }),
    ],
    [
      200_078,
      json({
        earliestUnconsumedTimestamp: timeMs,
        group: "g",
        lagCountTopK: [lag("a", 3, timeMs), lag("b", 30, timeMs + 5), lag("c", 4, -1)],
        lagTimestampTopK: [lag("b", 30, timeMs + 5), lag("a", 3, timeMs)],
        liteTopicOffsetWrapper: { brokerOffset: 9, consumerOffset: 4, lastTimestamp: timeMs },
        totalLagCount: 37,
      }),
    ],
    [200_079, {}],
  ];
}

/** On a free port of loopback. Its brokers are broker-a and broker-b, its topic is `lite`. */
export function startScriptedBroker(): ScriptedBroker {
  const environment = createBunEnvironment({ level: "error", format: "text" });
  const told: { brokerName: string; addresses: (readonly [number, string])[] }[] = [];
  let sent = "";
  const server = startLoopbackNameserver(
    environment,
    { brokers: told, topics: ["lite"] },
    (command) => {
      const answer = script.get(command.code);
      if (answer === undefined) {
        return { code: 3, remark: `request type ${command.code} not supported` };
      }
      sent += lineOf(command);
      return answer;
    },
  );
  const { address } = server;
  told.push({ brokerName: "broker-a", addresses: [[0, address]] });
  told.push({ brokerName: "broker-b", addresses: [[2, address]] });
  const script = new Map([...controllerAnswers(address), ...authAnswers(), ...liteAnswers()]);
  return {
    address,
    takeSent() {
      const taken = sent;
      sent = "";
      return taken;
    },
  };
}

/** The time of asking is another one each time, and no part of what is asked. */
function lineOf({ code, fields, source, bodyStart, bodyEnd }: Command): string {
  const shown = [...fields]
    .filter(([name]) => name !== "invokeTime")
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return `${[code, ...shown].join(" ")} ${source.toString("utf8", bodyStart, bodyEnd)}\n`;
}
