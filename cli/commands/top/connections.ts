/** Who is connected to a cluster: producers, and consumers with their groups. */
import { type BrokerAddress, type Client, ClientError } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { isSystemGroup } from "../group/group-names.ts";

export interface Connected {
  readonly clientId: string;
  readonly address: string;
  readonly language: string;
  readonly version: string | null;
  readonly role: "producer" | "consumer" | "both";
  /** Producer and consumer groups. */
  readonly groups: readonly string[];
}

/** Every client once, however many brokers it is connected to; those of brokers that do not answer are missing. */
export async function connectedClients(
  { admin }: Client,
  brokers: readonly BrokerAddress[],
): Promise<readonly Connected[]> {
  const found = new Map<string, Connected>();
  const add = (
    role: "producer" | "consumer",
    group: string,
    each: {
      readonly clientId: string;
      readonly address: string;
      readonly language: string;
      readonly version: string | number;
    },
  ): void => {
    const { clientId, address, language, version } = each;
    const known = found.get(clientId);
    found.set(clientId, {
      ...{ clientId, address, language },
      version: typeof version === "string" ? version : (known?.version ?? null),
      role: known === undefined || known.role === role ? role : "both",
      groups: [...new Set([...(known?.groups ?? []), group])].sort(),
    });
  };
  for (const { address } of brokers) {
    const producers = await orNothing(() => admin.brokers.producers(address));
    for (const [group, rows] of producers ?? []) {
      for (const row of rows) {
        add("producer", group, row);
      }
    }
    const configs = (await orNothing(() => admin.groups.configs(address))) ?? [];
    const groups = configs.map(({ group }) => group).filter((group) => !isSystemGroup(group));
    const presences = await inParallel(groups, (group) =>
      orNothing(() => admin.groups.members(address, group)),
    );
    for (const [index, presence] of presences.entries()) {
      for (const member of presence?.members ?? []) {
        add("consumer", groups[index] ?? "", member);
      }
    }
  }
  return [...found.values()];
}

async function orNothing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ClientError) {
      return undefined;
    }
    throw error;
  }
}
