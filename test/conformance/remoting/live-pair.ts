/** A nameserver and a broker of this process on free ports, for the tests of one file. */
import { afterAll, beforeAll } from "bun:test";
import { type RunningStandalone, startStandalone } from "../../../src/app/standalone-app.ts";
import { createBunEnvironment } from "../../../src/io/bun/environment.ts";
import { encodeHeartbeat } from "../../../src/protocol/remoting/bodies/heartbeat.ts";
import type { Command, SerializeType } from "../../../src/protocol/remoting/command.ts";
import { heartBeat } from "../../../src/protocol/remoting/requests/member.ts";
import { pullMessage } from "../../../src/protocol/remoting/requests/pull.ts";
import { sendMessageV2 } from "../../../src/protocol/remoting/requests/send.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { RawPeer } from "./raw-peer.ts";

export interface LivePair {
  /** Connects to the broker; closed with the pair. */
  toBroker(): Promise<RawPeer>;
  toNameserver(): Promise<RawPeer>;
}

/** Registers start and stop with the test runner. */
export function livePair(): LivePair {
  let running: RunningStandalone | undefined;
  const peers: RawPeer[] = [];
  beforeAll(async () => {
    running = await startStandalone(createBunEnvironment({ level: "error", format: "text" }), {
      storeFolder: tempFolder(),
      listen: { host: "127.0.0.1", port: 0 },
      nameserverListen: { host: "127.0.0.1", port: 0 },
      brokerName: "broker-a",
      clusterName: "c",
      segmentBytes: 8 << 20,
    });
  });
  afterAll(async () => {
    for (const peer of peers) {
      peer.close();
    }
    await running?.stop();
  });
  const connect = async (which: "broker" | "nameserver"): Promise<RawPeer> => {
    if (running === undefined) {
      throw new Error("the pair is started before the first test");
    }
    const peer = await RawPeer.connect(running[which].address);
    peers.push(peer);
    return peer;
  };
  return { toBroker: () => connect("broker"), toNameserver: () => connect("nameserver") };
}

export const sendDefaults = {
  producerGroup: "producers",
  topic: "orders",
  defaultTopic: "TBW102",
  defaultTopicQueueNums: 4,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: "1795382497000",
  flag: 0,
  properties: "",
};

export type SendValues = typeof sendDefaults & { readonly batch?: boolean };

/** Sends one message by code 310. */
export function sendOne(
  peer: RawPeer,
  change: Partial<SendValues>,
  body = "hello",
  serializeType: SerializeType = 0,
): Promise<Command> {
  const values = { ...sendDefaults, ...change };
  return peer.call(sendMessageV2, values, { body: Buffer.from(body), serializeType });
}

export const pullDefaults = {
  consumerGroup: "group",
  topic: "orders",
  queueId: 0,
  queueOffset: 0,
  maxMsgNums: 32,
  sysFlag: 4,
  commitOffset: 0,
  suspendTimeoutMillis: 0,
  subscription: "*",
  subVersion: "0",
  expressionType: "TAG",
};

export function pullOnce(
  peer: RawPeer,
  change: Partial<typeof pullDefaults>,
  serializeType: SerializeType = 0,
): Promise<Command> {
  return peer.call(pullMessage, { ...pullDefaults, ...change }, { serializeType });
}

/** A consumer's heartbeat. */
export function beat(
  peer: RawPeer,
  wanted: {
    readonly clientId: string;
    readonly group: string;
    readonly topic: string;
    readonly messageModel?: "BROADCASTING" | "CLUSTERING";
    /** Groups that the client produces for. */
    readonly producerGroups?: readonly string[];
    /** The client's release; ours when absent. */
    readonly version?: number;
  },
): Promise<Command> {
  const body = encodeHeartbeat({
    clientId: wanted.clientId,
    producerGroups: wanted.producerGroups ?? [],
    fingerprint: 0,
    withoutSubscriptions: false,
    consumers: [
      {
        group: wanted.group,
        consumeType: "CONSUME_PASSIVELY",
        messageModel: wanted.messageModel ?? "CLUSTERING",
        consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
        unitMode: false,
        subscriptions: [
          {
            topic: wanted.topic,
            expression: "*",
            expressionType: "TAG",
            classFilterMode: false,
            tags: [],
            tagHashes: [],
            subVersion: "1",
          },
        ],
      },
    ],
  });
  return peer.call(heartBeat, {}, { body, version: wanted.version });
}
