/**
 * A store that mq wrote and stopped, opened by a real RocketMQ: the official client reads every message where it was, and
 * what changes meanwhile is what mq finds when it opens the store again.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { startRocketmq } from "../../scripts/peer/rocketmq.ts";
import { routeIsKnown } from "../../scripts/peer/route-probe.ts";
import { type RunningStandalone, startStandalone } from "../../src/app/standalone-app.ts";
import { type Client, createClient, type ReceivedMessage } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { buildJavaClasses } from "./java-program.ts";
import type { Tally } from "./tally.ts";
import { peerVersion } from "./target.ts";

export interface WayBackOptions {
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly tally: Tally;
  readonly note: (text: string) => void;
}

const where = "way back";
const topics = ["orders", "parcels"];
/** Retention takes all its messages before RocketMQ sees the store. */
const emptiedTopic = "quiet";
const group = "billing";
const newTopic = "made-by-rocketmq";
const messageCount = 400;
const segmentBytes = 1 << 20;
const nameserverPort = 9_876;
const brokerPort = 10_911;
const javaTimeoutMs = 120_000;
const retentionTimeoutMs = 30_000;
const pollMs = 100;
const environment = createBunEnvironment({ level: "warning", format: "text" });

/** Runs it all; what held and what did not goes to the tally. Needs a network of its own: the ports are RocketMQ's. */
export async function runWayBack(options: WayBackOptions): Promise<void> {
  const { tally, note, runFolder } = options;
  const storeFolder = join(runFolder, "way-back-store");
  note(`${where}: mq writes`);
  const first = await startMq(storeFolder);
  const written = await withClient(async (client) => {
    await fill(client);
    await until(async () => (await extents(client, emptiedTopic)).every(isEmptied));
    const messages = await readAll(client, topics);
    await commitOffset(client);
    return messages;
  });
  await first.stop();
  note(`${where}: RocketMQ ${peerVersion} opens the store`);
  const rows = await throughRocketmq(options, first.broker.rocketmqLines);
  const rowsOf = (kind: string): readonly Row[] => rows.filter(([each]) => each === kind);
  tally.count(
    where,
    same(
      "every message is where it was",
      rowsOf("read").map(textOf),
      written.map(rowOf).map(textOf),
    ),
  );
  tally.count(
    where,
    same("the group's offset is known", rowsOf("group offset"), [["group offset", 3]]),
  );
  tally.count(where, {
    what: "the client ran to its end",
    isOk: rowsOf("done").length === 1,
    detail: "",
  });
  note(`${where}: mq opens it again`);
  const second = await startMq(storeFolder);
  try {
    await withClient(async (client) => judgeReturn(client, tally, written, rowsOf("sent")));
  } finally {
    await second.stop();
  }
}

type Row = readonly [kind: string, ...values: (string | number)[]];

function startMq(storeFolder: string): Promise<RunningStandalone> {
  return startStandalone(environment, {
    storeFolder,
    listen: { host: "127.0.0.1", port: brokerPort },
    nameserverListen: { host: "127.0.0.1", port: nameserverPort },
    segmentBytes,
    logBytesMax: segmentBytes,
  });
}

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient(environment, { nameservers: [`127.0.0.1:${nameserverPort}`] });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

interface Extent {
  readonly queueId: number;
  readonly minOffset: number;
  readonly maxOffset: number;
}

async function extents(client: Client, topic: string): Promise<readonly Extent[]> {
  const found: Extent[] = [];
  for (const queue of await client.pull.queues(topic)) {
    const minOffset = await client.pull.minOffset(queue);
    found.push({
      queueId: queue.queueId,
      minOffset,
      maxOffset: await client.pull.maxOffset(queue),
    });
  }
  return found;
}

const isEmptied = ({ minOffset, maxOffset }: Extent): boolean =>
  maxOffset > 0 && minOffset === maxOffset;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + retentionTimeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) {
      throw new Error(`${where}: retention took nothing`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Messages of all sizes over several segments. */
async function fill(client: Client): Promise<void> {
  const gone = { topic: emptiedTopic, body: Buffer.from("goes") };
  await client.producer.send(gone);
  for (const queue of await client.pull.queues(emptiedTopic)) {
    await client.producer.send(gone, { queue });
    await client.producer.send(gone, { queue });
  }
  for (let number = 0; number < messageCount; number++) {
    const topic = topics[number % topics.length] ?? "";
    const body = Buffer.from(`by mq ${number}`.padEnd((number * 97) % 12_000, "."));
    const tag = number % 3 === 0 ? {} : { tag: `Tag${number % 3}` };
    await client.producer.send({ topic, body, keys: [`k${number}`], ...tag });
  }
}

async function commitOffset(client: Client): Promise<void> {
  const queue = (await client.pull.queues(topics[0] ?? "")).find(({ queueId }) => queueId === 0);
  if (queue === undefined) {
    throw new Error("the topic has no queue 0");
  }
  await client.pull.commitOffset(group, queue, 3);
}

async function readAll(
  client: Client,
  names: readonly string[],
): Promise<readonly ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  for (const topic of names) {
    for (const queue of await client.pull.queues(topic)) {
      let offset = await client.pull.minOffset(queue);
      const end = await client.pull.maxOffset(queue);
      while (offset < end) {
        const result = await client.pull.pull({ group, queue, offset });
        messages.push(...(result.kind === "found" ? result.messages : []));
        offset = result.nextOffset;
      }
    }
  }
  return messages;
}

/** Runs RocketMQ on the store and the official client on RocketMQ; the client's rows. */
async function throughRocketmq(
  { cacheFolder, runFolder }: WayBackOptions,
  lines: readonly string[],
): Promise<readonly Row[]> {
  const classPath = await buildJavaClasses(peerVersion, cacheFolder);
  const peer = await startRocketmq({
    version: peerVersion,
    heap: "-Xms128m -Xmx512m",
    lenient: true,
    nameserverPort,
    brokerPort,
    configuration: lines,
  });
  try {
    await peer.registered();
    for (const topic of topics) {
      await routeIsKnown(peer.nameserver, topic);
    }
    const words = ["-Xmx256m", `-Duser.home=${runFolder}`, "-cp", classPath, "interop.WayBack"];
    const names = [...topics, emptiedTopic];
    const java = spawnSync("java", [...words, peer.nameserver, group, newTopic, ...names], {
      encoding: "utf8",
      timeout: javaTimeoutMs,
      maxBuffer: 1 << 28,
    });
    if (java.status !== 0) {
      throw new Error(`${where}: java ended with ${java.status}\n${java.stderr.slice(-2_000)}`);
    }
    return java.stdout
      .trim()
      .split("\n")
      .map((line): Row => JSON.parse(line));
  } finally {
    await peer.stop();
  }
}

async function judgeReturn(
  client: Client,
  tally: Tally,
  written: readonly ReceivedMessage[],
  sent: readonly Row[],
): Promise<void> {
  const found = await readAll(client, [...topics, emptiedTopic, newTopic]);
  const ours = found.filter(({ body }) => body.toString().startsWith("by mq"));
  tally.count(
    where,
    same(
      "our messages are where they were",
      ours.map(rowOf).map(textOf),
      written.map(rowOf).map(textOf),
    ),
  );
  const theirs = found
    .filter(({ body }) => body.toString().startsWith("by RocketMQ"))
    .map(({ topic, queueId, queueOffset, offsetMessageId, body }) =>
      textOf(["sent", topic, queueId, queueOffset, offsetMessageId, body.toString()]),
    );
  tally.count(where, same("what was sent to RocketMQ is there", theirs, sent.map(textOf)));
  const onEmptied = sent.filter(([, topic]) => topic === emptiedTopic);
  tally.count(where, {
    what: "an emptied queue goes on where it was",
    isOk: onEmptied.length > 0 && onEmptied.every(([, , , offset]) => Number(offset) >= 2),
    detail: textOf(onEmptied[0] ?? ["nothing was sent to it"]),
  });
  const queues = await client.pull.queues(topics[0] ?? "");
  const [lowest] = [...queues].sort((a, b) => a.queueId - b.queueId);
  const offset = lowest === undefined ? -1 : await client.pull.committedOffset(group, lowest);
  tally.count(
    where,
    same("an offset that was moved meanwhile wins", [["offset", offset ?? -1]], [["offset", 5]]),
  );
  const fresh = await client.pull.queues(newTopic);
  tally.count(
    where,
    same("a topic that was made meanwhile is there", [["queues", fresh.length]], [["queues", 2]]),
  );
}

function rowOf(message: ReceivedMessage): Row {
  const { topic, queueId, queueOffset, physicalOffset, offsetMessageId, uniqueKey, tag, keys } =
    message;
  const id = uniqueKey ?? offsetMessageId;
  const place = [topic, queueId, queueOffset, physicalOffset] as const;
  return ["read", ...place, id, tag ?? "null", keys.join(" "), message.body.toString()];
}

const textOf = (row: Row): string => JSON.stringify(row);

function same(
  what: string,
  found: readonly unknown[],
  wanted: readonly unknown[],
): { readonly what: string; readonly isOk: boolean; readonly detail: string } {
  const texts = (all: readonly unknown[]): readonly string[] =>
    all.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).sort();
  const [left, right] = [texts(found), texts(wanted)];
  const missing = right.filter((each) => !left.includes(each));
  const extra = left.filter((each) => !right.includes(each));
  return {
    what,
    isOk: left.length === right.length && missing.length + extra.length === 0 && right.length > 0,
    detail: `${left.length} of ${right.length}; missing ${missing.slice(0, 3)}; not expected ${extra.slice(0, 3)}`,
  };
}
