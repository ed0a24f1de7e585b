/** The topic that a run of `mq check e2e` makes for itself: made, taken away, and taken away when its run could not. */
import { type BrokerAddress, type Client, ClientError } from "../../../src/client/index.ts";
import type { Environment } from "../../../src/io/environment.ts";
import type { CommandContext } from "../../command.ts";
import { pause } from "../../pause.ts";
import { allBrokers } from "../cluster/all-brokers.ts";
import { deleteRoutes, deleteTopicAt } from "../topic/topic-deletion.ts";

const readWrite = 6;
const permWrite = 2;
const routedWithinMs = 5_000;
const lookEveryMs = 25;
/** Longer than any run; clocks of hosts that check the same cluster may differ. */
const leftAfterSeconds = 3_600;
const ownName = /^mq-check-e2e-(\d{1,12})-[0-9a-f]{16}$/i;

/** Another for each run, with the second in which it began. */
export function ownTopicName({
  clock,
  random,
}: {
  readonly clock: Pick<Environment["clock"], "nowMs">;
  readonly random: Pick<Environment["random"], "hex">;
}): string {
  return `mq-check-e2e-${Math.floor(clock.nowMs() / 1_000)}-${random.hex(8)}`;
}

/** Makes the topic at the brokers, and waits until it can be written there. Throws ClientError `no_route` when that takes too long. */
export async function makeOwnTopic(
  context: CommandContext,
  topic: string,
  brokers: readonly BrokerAddress[],
): Promise<readonly BrokerAddress[]> {
  const { admin } = context.client();
  for (const { address } of brokers) {
    await admin.topics.update(address, {
      ...{ topic, readQueueCount: 1, writeQueueCount: 1, perm: readWrite },
    });
  }
  const { clock } = context.environment;
  const endMs = clock.elapsedMs() + routedWithinMs;
  while ((await routedNames(context.client(), topic)).size < brokers.length) {
    if (clock.elapsedMs() >= endMs || context.signal.aborted) {
      throw new ClientError("no_route", `nameservers did not learn of topic '${topic}' in time`);
    }
    admin.topics.forget(topic);
    await pause(context, lookEveryMs, context.signal);
  }
  return brokers;
}

/** Names of brokers where the topic can be written. */
export async function routedNames({ admin }: Client, topic: string): Promise<ReadonlySet<string>> {
  try {
    const { queues, brokers } = await admin.topics.route(topic);
    const led = brokers.filter(({ addresses }) => addresses.has(0));
    return new Set(
      queues
        .filter(({ perm, writeQueueCount }) => (perm & permWrite) !== 0 && writeQueueCount > 0)
        .map(({ brokerName }) => brokerName)
        .filter((name) => led.some(({ brokerName }) => brokerName === name)),
    );
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return new Set();
    }
    throw error;
  }
}

/** As far as it can be: a broker that is down keeps its part, and a note says so. */
export async function removeOwnTopic(
  context: CommandContext,
  topic: string,
  brokers: readonly BrokerAddress[],
): Promise<void> {
  const client = context.client();
  const left: string[] = [];
  for (const { address, brokerName } of brokers) {
    await deleteTopicAt(client.admin, address, topic).catch(() => left.push(brokerName));
  }
  const missing =
    left.length > 0 ? [] : await deleteRoutes(client, topic, brokers).catch(() => [undefined]);
  if (left.length > 0 || missing.length > 0) {
    context.output.note(
      `topic '${topic}' could not be deleted everywhere: mq topic delete ${topic}`,
    );
  }
}

/** Takes away what runs that were killed left an hour ago or longer. A check is not about that: failures are for the next run. */
export async function removeLeftTopics(context: CommandContext): Promise<void> {
  const { admin } = context.client();
  try {
    const nowSeconds = context.environment.clock.nowMs() / 1_000;
    const left = (await admin.topics.names()).filter((topic) => {
      const [, startedAt] = ownName.exec(topic) ?? [];
      return startedAt !== undefined && nowSeconds - Number(startedAt) > leftAfterSeconds;
    });
    for (const topic of left) {
      const { queues } = await admin.topics.route(topic);
      const names = new Set(queues.map(({ brokerName }) => brokerName));
      const brokers = allBrokers(await admin.cluster.describe());
      const keeping = brokers.filter(
        ({ brokerName, brokerId }) => names.has(brokerName) && brokerId === 0,
      );
      await removeOwnTopic(context, topic, keeping);
    }
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
  }
}
