/** Who is in a group and how far it has come, asked of the brokers that the official tool would ask. */
import {
  type Client,
  ClientError,
  type GroupPresence,
  type QueueProgressRow,
} from "../../src/client/index.ts";
import { brokersOfTopic } from "./targets.ts";

export interface GroupConsumption {
  /** Messages a second. */
  readonly consumeTps: number;
  readonly queues: readonly QueueProgressRow[];
}

/** What the retry topic of each group begins with; a group's brokers are those of its retry topic. */
export const retryPrefix = "%RETRY%";

/** Progress on all brokers of a group, or of a topic when the group has no retry topic yet. Throws ClientError. */
export async function consumptionOf(
  client: Client,
  group: string,
  topic?: string,
  routeTopic?: string,
): Promise<GroupConsumption> {
  const addresses = await brokersOfFirst(client, [
    `${retryPrefix}${group}`,
    ...(topic === undefined ? [] : [topic]),
    ...(routeTopic === undefined ? [] : [routeTopic]),
  ]);
  let consumeTps = 0;
  const queues: QueueProgressRow[] = [];
  for (const address of addresses) {
    const found = await client.admin.groups.consumption(address, group, topic);
    consumeTps += found.consumeTps;
    queues.push(...found.queues);
  }
  return { consumeTps, queues };
}

/** As the first broker of the group sees it, undefined when nobody is there. Throws ClientError. */
export async function presenceOf(
  client: Client,
  group: string,
): Promise<GroupPresence | undefined> {
  const [address] = await brokersOfTopic(client, `${retryPrefix}${group}`);
  return address === undefined ? undefined : await client.admin.groups.members(address, group);
}

/** Brokers of the first of these topics that has a route. */
async function brokersOfFirst(
  client: Client,
  topics: readonly string[],
): Promise<readonly string[]> {
  for (const [index, topic] of topics.entries()) {
    try {
      return await brokersOfTopic(client, topic);
    } catch (error) {
      const isMissing = error instanceof ClientError && error.kind === "no_route";
      if (!isMissing || index === topics.length - 1) {
        throw error;
      }
    }
  }
  return [];
}
