/** The brokers that a command is about, and what is said of those that could not be asked. */
import {
  type BrokerAddress,
  type BrokerFailure,
  type Client,
  ClientError,
} from "../../../src/client/index.ts";
import { CommandError, toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { type FlagValues, flag, text } from "../../flag.ts";
import type { MissingPart } from "../../render/listing.ts";
import { allBrokers, type BrokerProcess } from "./all-brokers.ts";

export const brokerChoiceFlags = {
  cluster: flag(text().optional(), {
    about: "only brokers of the cluster",
    short: "c",
    value: "NAME",
  }),
  broker: flag(text().optional(), {
    about: "only this broker",
    short: "b",
    value: "NAME|ADDRESS",
  }),
} as const;

/** Leaders of the brokers that the flags name, of all without flags. Throws CommandError when there is none. */
export async function chosenBrokers(
  { admin }: Client,
  { cluster, broker }: FlagValues<typeof brokerChoiceFlags> = {
    cluster: undefined,
    broker: undefined,
  },
): Promise<readonly BrokerAddress[]> {
  const brokers = await admin.cluster.brokers({ cluster, broker });
  if (brokers.length > 0) {
    return brokers;
  }
  if (cluster === undefined && broker === undefined) {
    throw noBrokerAtAll();
  }
  throw noBrokerMatches();
}

/** All processes of the broker (its name, or an address of one) or the cluster, of all without either. Throws CommandError when there is none. */
export async function chosenProcesses(
  { admin }: Client,
  {
    cluster,
    broker,
  }: { readonly cluster: string | undefined; readonly broker: string | undefined },
): Promise<readonly BrokerProcess[]> {
  const all = allBrokers(await admin.cluster.describe());
  const named = all.find(({ address }) => address === broker)?.brokerName ?? broker;
  const processes = all.filter(
    ({ clusterName, brokerName }) =>
      (cluster === undefined || clusterName === cluster) &&
      (named === undefined || brokerName === named),
  );
  if (processes.length > 0) {
    return processes;
  }
  throw cluster === undefined && broker === undefined ? noBrokerAtAll() : noBrokerMatches();
}

/** Throws where the nameservers know no broker: what topics and groups hold is not known then, rather than nothing. */
export async function requireBrokers(client: Client): Promise<void> {
  await chosenBrokers(client);
}

function noBrokerMatches(): CommandError {
  return new CommandError("MQ-E-NOBROKER", exitCode.notFound, "no broker matches", {
    hint: "a nameserver knows a broker once it registered; mq cluster list shows them",
  });
}

function noBrokerAtAll(): CommandError {
  return new CommandError(
    "MQ-E-NOBROKER",
    exitCode.unreachable,
    "no broker is registered at the nameservers",
    { hint: "does one run, and with these nameservers? mq cluster health looks" },
  );
}

/** Nobody answers, or no broker is registered: who watches a cluster waits for it to come back. */
export function isAway(error: unknown): error is Error {
  return (
    error instanceof ClientError ||
    (error instanceof CommandError && error.code === "MQ-E-NOBROKER")
  );
}

/** What is not in the answer, because these brokers did not give theirs. */
export function missingParts(failures: readonly BrokerFailure[]): readonly MissingPart[] {
  return failures.map(({ broker, error }) => ({
    from: broker.brokerName,
    address: broker.address,
    error: toCommandError(error),
  }));
}

/** An answer of which something is missing is partial. */
export function exitFor(missing: readonly unknown[]): ExitCode | undefined {
  return missing.length === 0 ? undefined : exitCode.partial;
}
