/** The broker that an argument names, replicas included. */
import type { Client } from "../../../src/client/index.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { allBrokers, type BrokerProcess } from "../cluster/all-brokers.ts";

/** All processes of the broker with the name, leader first, or the one at the address. Throws CommandError `MQ-E-NOBROKER`. */
export async function brokerProcesses(
  { admin }: Client,
  nameOrAddress: string,
): Promise<readonly [BrokerProcess, ...BrokerProcess[]]> {
  const found = allBrokers(await admin.cluster.describe()).filter(
    ({ brokerName, address }) => brokerName === nameOrAddress || address === nameOrAddress,
  );
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CommandError(
      "MQ-E-NOBROKER",
      exitCode.notFound,
      `no nameserver knows a broker '${nameOrAddress}'`,
      { hint: "mq broker list shows them" },
    );
  }
  return [first, ...others];
}
