/** Deleting a topic: at its brokers first, so that none of them tells of it again, then its route at every nameserver. */
import {
  type Admin,
  type BrokerAddress,
  type Client,
  ClientError,
} from "../../../src/client/index.ts";
import { toCommandError } from "../../command-error.ts";
import type { MissingPart } from "../../render/listing.ts";

const topicNotExist = 17;

/** Deletes at one broker; a topic that is not there is as good as deleted. */
export async function deleteTopicAt(admin: Admin, address: string, topic: string): Promise<void> {
  try {
    await admin.topics.delete(address, topic);
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== topicNotExist) {
      throw error;
    }
  }
}

/**
 * Deletes the route at every nameserver, once no broker is left in it that keeps the topic. Resolves with the
 * nameservers that could not be told.
 */
export async function deleteRoutes(
  { admin }: Client,
  topic: string,
  deleted: readonly BrokerAddress[],
): Promise<readonly MissingPart[]> {
  const names = new Set(deleted.map(({ brokerName }) => brokerName));
  if ((await otherBrokers(admin, topic, names)) > 0) {
    return [];
  }
  const missing: MissingPart[] = [];
  for (const nameserver of admin.cluster.nameservers) {
    try {
      await admin.topics.deleteRoute(nameserver, topic);
    } catch (error) {
      missing.push({ from: "nameserver", address: nameserver, error: toCommandError(error) });
    }
  }
  return missing;
}

/** Brokers of a topic's route beyond those named; 0 without a route. */
async function otherBrokers(
  admin: Admin,
  topic: string,
  names: ReadonlySet<string>,
): Promise<number> {
  try {
    const { queues } = await admin.topics.route(topic);
    return queues.filter(({ brokerName }) => !names.has(brokerName)).length;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return 0;
    }
    throw error;
  }
}
