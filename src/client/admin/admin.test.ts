/** Tests of what an operator asks where brokers differ: RocketMQ 4, RocketMQ 5, mq. */
import { describe, expect, test } from "bun:test";
import {
  type FakeAnswer,
  type FakeServer,
  inFakeWorld,
  routeReply,
} from "../../../test/support/fake-cluster.ts";
import { encodeCluster } from "../../protocol/remoting/bodies/cluster.ts";
import { encodeConsumerConnection } from "../../protocol/remoting/bodies/consumer-connection.ts";
import { encodeResetOffsets } from "../../protocol/remoting/bodies/reset-offset.ts";
import { encodeTopicConfig } from "../../protocol/remoting/bodies/topic-table.ts";
import type { Command } from "../../protocol/remoting/command.ts";
import { invokeResetOffset } from "../../protocol/remoting/requests/group.ts";
import { updateConsumerOffset } from "../../protocol/remoting/requests/offset.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import { type Client, ClientError, createClient } from "../index.ts";

const getBrokerConfig = 26;
const getConnections = 203;
const queue = { topic: "orders", brokerName: "broker-a", queueId: 3 };

/** A client of one broker that answers with `answer`, and what the client made of it. */
function withBroker<T>(
  answer: (command: Command) => FakeAnswer,
  work: (client: Client, broker: FakeServer) => Promise<T>,
): T {
  return inFakeWorld(async (world) => {
    const broker = world.server(answer);
    const nameserver = world.server(({ code }) =>
      code === 106
        ? {
            body: encodeCluster({
              brokers: [
                {
                  clusterName: "DefaultCluster",
                  brokerName: "broker-a",
                  addresses: new Map([[0, broker.address]]),
                  enableActingMaster: false,
                },
              ],
              clusters: new Map([["DefaultCluster", ["broker-a"]]]),
            }),
          }
        : routeReply({ "broker-a": broker.address }, { queueCount: 4 }),
    );
    const client = createClient(world.environment, {
      nameservers: [nameserver.address],
      timeoutMs: 1_000,
    });
    try {
      return await work(client, broker);
    } finally {
      await client.close();
    }
  });
}

const online = {
  body: encodeConsumerConnection({
    connections: [{ clientId: "c", clientAddress: "127.0.0.1:9", language: 0, version: 479 }],
    subscriptions: [],
    consumeType: "CONSUME_PASSIVELY",
    messageModel: "CLUSTERING",
    consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
  }),
};
const moved = { body: encodeResetOffsets([[queue, 7]]) };

describe("moving a group in one queue", () => {
  test("a broker that can is asked for exactly that queue and offset", () => {
    const configs: readonly FakeAnswer[] = [
      { code: responseCode.requestCodeNotSupported },
      { body: Buffer.from("brokerName=broker-a\nuseServerSideResetOffset=true\nx=y\n") },
    ];
    for (const config of configs) {
      const requests = withBroker(
        ({ code }) => (code === getBrokerConfig ? config : moved),
        async (client, broker) => {
          await client.admin.groups.resetOffset("billing", queue, 7);
          await client.admin.groups.resetOffset("billing", queue, 8);
          return broker.received.slice(1);
        },
      );
      expect(requests.map(({ code }) => code)).toEqual([222, 222]);
      expect(requests.map(({ fields }) => invokeResetOffset.decode(fields))).toEqual(
        [7, 8].map((offset) => ({
          topic: "orders",
          group: "billing",
          queueId: 3,
          offset,
          timestamp: -1,
          isForce: true,
        })),
      );
    }
  });

  test("where the request would move every queue to its end, an idle group's offset is committed instead", () => {
    for (const config of ["brokerName=broker-a\n", "useServerSideResetOffset=false\n"]) {
      const requests = withBroker(
        ({ code }) =>
          code === getBrokerConfig
            ? { body: Buffer.from(config) }
            : code === getConnections
              ? { code: responseCode.consumerNotOnline }
              : {},
        async (client, broker) => {
          await client.admin.groups.resetOffset("billing", queue, 7);
          return broker.received;
        },
      );
      expect(requests.map(({ code }) => code)).toEqual([getBrokerConfig, getConnections, 15]);
      const last = requests[2] as Command;
      expect(updateConsumerOffset.decode(last.fields)).toMatchObject({
        consumerGroup: "billing",
        queueId: 3,
        commitOffset: 7,
      });
    }
  });

  test("where it would, a group with members on line is left alone", () => {
    const [error, codes] = withBroker(
      ({ code }) => (code === getBrokerConfig ? { body: Buffer.from("") } : online),
      async (client, broker) => {
        const failure = await client.admin.groups
          .resetOffset("billing", queue, 7)
          .catch((e: unknown) => e);
        return [failure, broker.codes] as const;
      },
    );
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).kind).toBe("members_online");
    expect(codes).toEqual([getBrokerConfig, getConnections]);
  });
});

describe("a topic's settings", () => {
  const config = {
    topic: "orders",
    readQueueCount: 4,
    writeQueueCount: 4,
    perm: 6,
    filterType: "SINGLE_TAG",
    topicSysFlag: 0,
    order: false,
    attributes: new Map<string, string>(),
  };

  test("come from the broker, or from the route where RocketMQ 4 has no request for them", () => {
    const answers: readonly FakeAnswer[] = [
      { body: encodeTopicConfig(config) },
      { code: responseCode.requestCodeNotSupported },
    ];
    for (const answer of answers) {
      const found = withBroker(
        () => answer,
        (client, broker) => client.admin.topics.config(broker.address, "orders"),
      );
      expect(found).toEqual(config);
    }
  });

  test("are undefined where the broker does not have it", () => {
    const found = withBroker(
      () => ({ code: responseCode.topicNotExist }),
      (client, broker) => client.admin.topics.config(broker.address, "orders"),
    );
    expect(found).toBeUndefined();
  });
});
