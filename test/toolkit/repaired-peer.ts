/**
 * Real RocketMQ brokers on stores that `mq segment repair` mended: each must start, serve every message that was whole, and
 * say of each filler that it hands out the queue and the offset that it was asked for.
 */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { type RocketmqVersion, startRocketmq } from "../../scripts/peer/rocketmq.ts";
import { type Client, createClient, type ReceivedMessage } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Finding } from "../interop/observations.ts";
import { unpackStore } from "../support/rocketmq-stores.ts";
import { peerPorts } from "./cluster.ts";
import { type RepairedStore, repairedStore } from "./repaired-store.ts";

/** Damage that a repair mends, and after which RocketMQ would cut the log, hand out garbage, or not start. */
const kinds: readonly string[] = [
  "bitflip-body",
  "bitflip-size",
  "zeroed-page",
  "torn-tail",
  "truncated-file",
];
/** Of the fixtures: small files, so that there are many. */
const configuration: readonly string[] = [
  "mappedFileSizeCommitLog=1048576",
  "mappedFileSizeConsumeQueue=2000",
  "mapperFileSizeBatchConsumeQueue=920",
  "maxHashSlotNum=500",
  "maxIndexNum=2000",
  "fileReservedTime=1000000",
  "flushDelayOffsetInterval=600000",
];
const fillerTopic = "MQ_DAMAGED";
const environment = createBunEnvironment({ level: "error", format: "text" });

/** One finding for each kind of damage. */
export async function readRepairedStores(version: RocketmqVersion): Promise<readonly Finding[]> {
  const { folder, manifest } = unpackStore(version, "main-clean");
  rmSync(dirname(dirname(folder)), { recursive: true, force: true });
  const findings: Finding[] = [];
  for (const each of manifest.damaged.filter(({ kind }) => kinds.includes(kind))) {
    const what = `RocketMQ ${version} on the repaired store: ${each.kind}`;
    const store = await repairedStore(version, each);
    try {
      const look = () => withBroker(version, store, (client) => judge(client, store));
      // On a busy machine a broker may be late for its own registration.
      const wrong = await look().catch(look);
      findings.push({ what, isOk: wrong.length === 0, detail: wrong.slice(0, 5).join("\n") });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      findings.push({ what, isOk: false, detail });
    } finally {
      rmSync(dirname(dirname(store.folder)), { recursive: true, force: true });
    }
  }
  return findings;
}

async function withBroker<T>(
  version: RocketmqVersion,
  { folder }: RepairedStore,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const [nameserverPort, brokerPort] = peerPorts[version];
  const peer = await startRocketmq({
    version,
    heap: "-Xms128m -Xmx512m",
    lenient: true,
    nameserverPort,
    brokerPort,
    configuration: [
      ...configuration,
      `storePathRootDir=${folder}`,
      `storePathCommitLog=${folder}/commitlog`,
    ],
  });
  const client = createClient(environment, { nameservers: [peer.nameserver] });
  try {
    await peer.registered();
    return await work(client);
  } finally {
    await client.close();
    await peer.kill();
    await peer.stop();
  }
}

/** What is wrong with what the broker serves. */
async function judge(
  client: Client,
  { whole, filled, manifest }: RepairedStore,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const lost = new Set(filled.map(([topic, queueId, offset]) => `${topic}/${queueId}@${offset}`));
  for (const [topic, queueId, from, to] of manifest.queues) {
    for (const message of await readQueue(client, { topic, queueId, from, to })) {
      const place = `${topic}/${message.queueId}@${message.queueOffset}`;
      if (message.topic !== fillerTopic) {
        seen.add(`${place} ${message.physicalOffset}`);
      } else if (message.queueId !== queueId || !lost.has(place)) {
        wrong.push(`a filler in ${topic}/${queueId} says ${place}`);
      }
    }
  }
  if (seen.size === 0) {
    wrong.push("nothing was served");
  }
  // Records of other topics stand in queues of their own as well, and what waits there is not for clients.
  for (const [topic, queueId, offset, physicalOffset, , , , , recordTopic] of whole) {
    const text = `${topic}/${queueId}@${offset} ${physicalOffset}`;
    if (recordTopic === null && isServed(topic) && !seen.has(text)) {
      wrong.push(`not served: ${text}`);
    }
  }
  return wrong;
}

const isServed = (topic: string): boolean => topic.startsWith("Fx") && topic !== "FxBcq";

interface QueueRange {
  readonly topic: string;
  readonly queueId: number;
  readonly from: number;
  readonly to: number;
}

async function readQueue(
  { pull }: Client,
  { topic, queueId, from, to }: QueueRange,
): Promise<readonly ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  if (!isServed(topic)) {
    return messages;
  }
  const queue = { topic, queueId, brokerName: "broker-a" };
  for (let offset = from; offset < to; ) {
    const result = await pull.pull({ group: "TOOLS_CONSUMER", queue, offset });
    messages.push(...(result.kind === "found" ? result.messages : []));
    if (result.nextOffset <= offset) {
      break;
    }
    offset = result.nextOffset;
  }
  return messages;
}
