/**
 * Topics that are there before a program starts. The Java programs make theirs with the official client; the
 * other clients cannot, or not all of them, and find one of four queues for each scenario, named after it.
 */
import { routeIsKnown } from "../../scripts/peer/route-probe.ts";
import { createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Variant } from "./variant.ts";

const queueCount = 4;
const readAndWrite = 6;
const timeoutMs = 30_000;

export function topicsOf(variant: Variant): readonly string[] {
  return variant.language === "java"
    ? []
    : variant.scenarios.map((scenario) => `${variant.prefix}-${scenario}`);
}

/** Makes the topics on every broker and resolves when the nameserver sends clients there. */
export async function makeTopics(nameserver: string, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) {
    return;
  }
  const environment = createBunEnvironment({ level: "error", format: "text" });
  const client = createClient(environment, { nameservers: [nameserver], timeoutMs });
  try {
    const brokers = await client.admin.cluster.brokers();
    for (const topic of topics) {
      for (const { address } of brokers) {
        await client.admin.topics.update(address, {
          topic,
          readQueueCount: queueCount,
          writeQueueCount: queueCount,
          perm: readAndWrite,
        });
      }
    }
  } finally {
    await client.close();
  }
  for (const topic of topics) {
    await routeIsKnown(nameserver, topic);
  }
}
