/** Where nameservers contradict each other: they do not talk to each other, and clients ask any of them. */
import { type Client, ClientError, type TopicRoute } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { MissingPart } from "../../render/listing.ts";
import { allBrokers } from "../cluster/all-brokers.ts";
import { permText } from "../topic/topic-names.ts";
import { askNameservers } from "./each-nameserver.ts";

export interface Contradiction {
  readonly what: "broker" | "topic";
  /** `NAME/ID` of a broker's process, or the topic's name. */
  readonly name: string;
  /** A line each of the nameservers that answered; null where it knows nothing of it. */
  readonly sayings: readonly { readonly nameserver: string; readonly says: string | null }[];
}

export interface NameserverComparison {
  readonly contradictions: readonly Contradiction[];
  /** Brokers and topics that were compared. */
  readonly subjects: number;
  /** Nameservers that answered. */
  readonly answered: number;
  readonly missing: readonly MissingPart[];
}

interface Saying {
  readonly what: Contradiction["what"];
  readonly name: string;
  readonly says: string;
}

/** Compares brokers with their addresses and every topic's route. Throws the first failure when no nameserver answers. */
export async function compareNameservers(client: Client): Promise<NameserverComparison> {
  const { answers, missing } = await askNameservers(client, (nameserver) =>
    sayingsOf(client, nameserver),
  );
  const subjects = new Map(
    answers.flatMap(({ value }) =>
      [...value].map(([key, { what, name }]) => [key, { what, name }]),
    ),
  );
  const contradictions = [...subjects].sort(byKey).flatMap(([key, subject]) => {
    const sayings = answers.map(({ nameserver, value }) => ({
      nameserver,
      says: value.get(key)?.says ?? null,
    }));
    return new Set(sayings.map(({ says }) => says)).size > 1 ? [{ ...subject, sayings }] : [];
  });
  return { contradictions, subjects: subjects.size, answered: answers.length, missing };
}

async function sayingsOf(
  { admin }: Client,
  nameserver: string,
): Promise<ReadonlyMap<string, Saying>> {
  const cluster = await admin.cluster.describeAt(nameserver);
  const brokers = allBrokers(cluster).map(
    ({ brokerName, brokerId, clusterName, address }): Saying => ({
      what: "broker",
      name: `${brokerName}/${brokerId}`,
      says: `${address} of ${clusterName}`,
    }),
  );
  const names = await admin.topics.namesAt(nameserver);
  const topics = await inParallel(names, async (name): Promise<Saying> => {
    const route = await admin.topics.routeAt(nameserver, name).catch((error: unknown) => {
      if (error instanceof ClientError && error.kind === "refused") {
        return undefined;
      }
      throw error;
    });
    return { what: "topic", name, says: route === undefined ? "no route" : routeText(route) };
  });
  return new Map(
    [...brokers, ...topics].map((saying) => [`${saying.what} ${saying.name}`, saying]),
  );
}

function routeText({ queues }: TopicRoute): string {
  return queues
    .map(
      ({ brokerName, readQueueCount, writeQueueCount, perm }) =>
        `${brokerName} ${readQueueCount}/${writeQueueCount} ${permText(perm)}`,
    )
    .sort()
    .join("; ");
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}
