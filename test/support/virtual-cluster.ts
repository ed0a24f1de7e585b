/** A nameserver and a broker under virtual time, and short words for what tests ask of them. */
import { type RunningBroker, startBroker } from "../../src/app/broker-app.ts";
import { type RunningNameserver, startNameserver } from "../../src/app/nameserver-app.ts";
import type { BrokerOptions } from "../../src/broker/config.ts";
import type { Environment } from "../../src/io/environment.ts";
import { encodeHeartbeat } from "../../src/protocol/remoting/bodies/heartbeat.ts";
import type { Command, SerializeType } from "../../src/protocol/remoting/command.ts";
import { heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { pullMessage } from "../../src/protocol/remoting/requests/pull.ts";
import { sendMessageV2 } from "../../src/protocol/remoting/requests/send.ts";
import { VirtualWorld } from "./virtual-world.ts";
import { WireClient } from "./wire-client.ts";

const nameserverAddress = { host: "127.0.0.1", port: 9_876 };
const brokerAddress = { host: "127.0.0.1", port: 10_911 };

export class VirtualCluster {
  readonly world = new VirtualWorld();
  readonly client: Environment;
  readonly #options: Partial<BrokerOptions>;

  constructor(options: Partial<BrokerOptions> = {}) {
    this.client = this.world.boot("client");
    this.world.machine("broker").image.giveFolder("/store");
    this.#options = options;
  }

  startNameserver(): Promise<RunningNameserver> {
    return startNameserver(this.world.boot("nameserver"), { listen: nameserverAddress });
  }

  startBroker(): Promise<RunningBroker> {
    return startBroker(this.world.boot("broker"), {
      storeFolder: "/store",
      listen: brokerAddress,
      nameservers: [nameserverAddress],
      autoCreateTopics: true,
      segmentBytes: 1024 * 1024,
      ...this.#options,
    });
  }

  connect(): Promise<WireClient> {
    return WireClient.connect(this.client, brokerAddress);
  }

  connectNameserver(): Promise<WireClient> {
    return WireClient.connect(this.client, nameserverAddress);
  }

  pass(ms: number): Promise<void> {
    return this.world.pass(this.client, ms);
  }

  /** Runs the test's work with both started; at most so long in virtual time. */
  run(
    work: (broker: RunningBroker, nameserver: RunningNameserver) => Promise<void>,
    virtualMs?: number,
  ): void {
    this.world.run(async () => {
      const nameserver = await this.startNameserver();
      await work(await this.startBroker(), nameserver);
    }, virtualMs);
  }
}

export interface SendParts {
  readonly body?: string | Buffer;
  readonly queueId?: number;
  readonly properties?: string;
  readonly serializeType?: SerializeType;
  readonly defaultTopic?: string;
}

export function sendTo(client: WireClient, topic: string, parts: SendParts = {}): Promise<Command> {
  return client.call(
    sendMessageV2,
    {
      producerGroup: "pg",
      topic,
      defaultTopic: parts.defaultTopic ?? "TBW102",
      defaultTopicQueueNums: 4,
      queueId: parts.queueId ?? 0,
      sysFlag: 0,
      bornTimestamp: "1700000000000",
      flag: 0,
      properties: parts.properties ?? "",
    },
    { body: Buffer.from(parts.body ?? "body"), serializeType: parts.serializeType ?? 0 },
  );
}

export interface PullParts {
  readonly group?: string;
  readonly queueId?: number;
  readonly suspendMs?: number;
  /** Undefined: what the group's heartbeat said. */
  readonly subscription?: string | undefined;
  readonly subVersion?: string;
  readonly commitOffset?: number;
}

export function pullFrom(
  client: WireClient,
  topic: string,
  queueOffset: number,
  parts: PullParts = { subscription: "*" },
): Promise<Command> {
  const sysFlag =
    (parts.commitOffset === undefined ? 0 : 1) |
    (parts.suspendMs === undefined ? 0 : 2) |
    (parts.subscription === undefined ? 0 : 4);
  return client.call(pullMessage, {
    consumerGroup: parts.group ?? "cg",
    topic,
    queueId: parts.queueId ?? 0,
    queueOffset,
    maxMsgNums: 32,
    sysFlag,
    commitOffset: parts.commitOffset ?? 0,
    suspendTimeoutMillis: parts.suspendMs ?? 0,
    subscription: parts.subscription,
    subVersion: parts.subVersion ?? "0",
  });
}

export interface BeatParts {
  readonly group?: string;
  readonly topics?: readonly string[];
  readonly expression?: string;
  readonly subVersion?: string;
}

export function beat(
  client: WireClient,
  clientId: string,
  parts: BeatParts = {},
): Promise<Command> {
  const subscriptions = (parts.topics ?? []).map((topic) => ({
    topic,
    expression: parts.expression ?? "*",
    expressionType: "TAG",
    classFilterMode: false,
    tags: [],
    tagHashes: [],
    subVersion: parts.subVersion ?? "1",
  }));
  const body = encodeHeartbeat({
    clientId,
    producerGroups: [],
    consumers: [
      {
        group: parts.group ?? "cg",
        consumeType: "CONSUME_PASSIVELY",
        messageModel: "CLUSTERING",
        consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
        unitMode: false,
        subscriptions,
      },
    ],
    fingerprint: 0,
    withoutSubscriptions: false,
  });
  return client.call(heartBeat, {}, { body });
}
