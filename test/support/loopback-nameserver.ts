/** A nameserver on a real socket that tells of brokers as a test made them up; for commands, which run elsewhere. */
import type { Environment } from "../../src/io/environment.ts";
import { encodeCluster } from "../../src/protocol/remoting/bodies/cluster.ts";
import { encodeTopicList } from "../../src/protocol/remoting/bodies/name-list.ts";
import { encodeTopicRoute } from "../../src/protocol/remoting/bodies/topic-route.ts";
import { type FakeHandler, FakeServer } from "./fake-cluster.ts";

export interface ToldBroker {
  readonly brokerName: string;
  /** By broker id; 0 is the leader. */
  readonly addresses: readonly (readonly [number, string])[];
  /** Of its queues; read and write unless told. */
  readonly perm?: number;
}

/** Answers 105, 106 and 206 from what it is told by then; the rest is the handler's. */
export function startLoopbackNameserver(
  environment: Environment,
  told: { readonly brokers: readonly ToldBroker[]; readonly topics: readonly string[] },
  others: FakeHandler = () => ({ code: 3, remark: "not supported" }),
): FakeServer {
  return new FakeServer(environment, (command) => {
    const brokers = told.brokers.map(({ brokerName, addresses }) => ({
      ...{ clusterName: "c", brokerName, addresses: new Map(addresses), enableActingMaster: false },
    }));
    switch (command.code) {
      case 105:
        return told.topics.includes(command.fields.get("topic") ?? "")
          ? {
              body: encodeTopicRoute(
                {
                  brokers,
                  queues: told.brokers.map(({ brokerName, perm = 6 }) => ({
                    ...{ brokerName, readQueueCount: 2, writeQueueCount: 2, perm, topicSysFlag: 0 },
                  })),
                },
                { isStandardJson: true },
              ),
            }
          : { code: 17, remark: "no route" };
      case 106:
        return {
          body: encodeCluster({
            brokers,
            clusters: new Map([["c", brokers.map(({ brokerName }) => brokerName)]]),
          }),
        };
      case 206:
        return { body: encodeTopicList(told.topics) };
      default:
        return others(command);
    }
  });
}
