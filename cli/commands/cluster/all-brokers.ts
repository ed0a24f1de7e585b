/** Every process of every broker, replicas too, as a nameserver knows them. */
import type { Admin } from "../../../src/client/index.ts";

type Cluster = Awaited<ReturnType<Admin["cluster"]["describe"]>>;

export interface BrokerProcess {
  readonly clusterName: string;
  readonly brokerName: string;
  /** 0 is the master. */
  readonly brokerId: number;
  readonly address: string;
}

/** By broker and id. */
export function allBrokers({ brokers }: Cluster): readonly BrokerProcess[] {
  return brokers
    .flatMap(({ clusterName, brokerName, addresses }) =>
      [...addresses].map(([brokerId, address]) => ({ clusterName, brokerName, brokerId, address })),
    )
    .sort((left, right) =>
      left.brokerName === right.brokerName
        ? left.brokerId - right.brokerId
        : left.brokerName < right.brokerName
          ? -1
          : 1,
    );
}
