/** `mq topic delete`: at the brokers, then at the nameservers. */
import {
  type BrokerAddress,
  type Client,
  gather,
  type TopicConfig,
} from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, notFound } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { formatCount } from "../../render/format.ts";
import type { MissingPart } from "../../render/listing.ts";
import {
  brokerChoiceFlags,
  chosenBrokers,
  exitFor,
  missingParts,
} from "../cluster/chosen-brokers.ts";
import { deleteRoutes, deleteTopicAt } from "./topic-deletion.ts";
import { topicGroups } from "./topic-groups.ts";
import { isInnerTopic } from "./topic-names.ts";

interface PlannedTopic {
  readonly broker: BrokerAddress;
  readonly queues: number;
  readonly messages: number;
}

export const command = defineCommand({
  spec: {
    path: ["topic", "delete"],
    summary: "delete a topic with its messages",
    description:
      "Deletes the topic on every broker that has it, or on those that --cluster or --broker name, then its route at\nevery nameserver. Topics of the system are refused. Producers that go on sending may make it anew.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: brokerChoiceFlags,
    output: (z) =>
      z.object({
        name: z.string(),
        broker: z.string(),
        queues: z.number(),
        messages: z.number(),
        outcome: z.enum(["deleted", "would delete"]),
      }),
    examples: ["mq topic delete orders --dry-run", "mq topic delete orders --yes"],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const client = context.client();
    await refuseSystemTopic(client, topic);
    const { plan, missing } = await planned(client, topic, await chosenBrokers(client, flags));
    if (context.global.dryRun) {
      return await show(context, topic, plan, missing, "would delete");
    }
    if (!(await context.confirm(await question(client, topic, plan)))) {
      context.output.note("nothing changed");
      return exitCode.precondition;
    }
    const { answers, failures } = await gather(
      plan.map(({ broker }) => broker),
      ({ address }) => deleteTopicAt(client.admin, address, topic),
    );
    const deleted = answers.map(({ broker }) => broker);
    const left = [...missing, ...missingParts(failures)];
    // Where a broker keeps it the route stays, too: somebody has to come back, and finds it.
    if (left.length === 0) {
      left.push(...(await deleteRoutes(client, topic, deleted)));
    }
    const done = plan.filter(({ broker }) => deleted.includes(broker));
    return await show(context, topic, done, left, "deleted");
  },
});

async function refuseSystemTopic({ admin }: Client, topic: string): Promise<void> {
  const { brokers, clusters } = await admin.cluster.describe();
  const isReserved = clusters.has(topic) || brokers.some(({ brokerName }) => brokerName === topic);
  if (isReserved || isInnerTopic(topic)) {
    throw new CommandError(
      "MQ-E-SYSTEM",
      exitCode.precondition,
      `topic '${topic}' belongs to the brokers`,
    );
  }
}

/** Brokers that have the topic, whatever the nameservers say of it. */
async function planned(
  { admin }: Client,
  topic: string,
  brokers: readonly BrokerAddress[],
): Promise<{ readonly plan: readonly PlannedTopic[]; readonly missing: readonly MissingPart[] }> {
  const { answers, failures } = await gather(brokers, async (broker) => {
    const config = await admin.topics.config(broker.address, topic);
    return config === undefined ? undefined : await plannedAt(admin, broker, topic, config);
  });
  const plan = answers.flatMap(({ value }) => value ?? []);
  if (plan.length === 0) {
    throw notFound(`no broker has a topic '${topic}'`, "mq topic list shows what there is");
  }
  return { plan, missing: missingParts(failures) };
}

async function plannedAt(
  admin: Client["admin"],
  broker: BrokerAddress,
  topic: string,
  config: TopicConfig,
): Promise<PlannedTopic> {
  const rows = await admin.topics.stats(broker.address, topic);
  return {
    broker,
    queues: Math.max(config.readQueueCount, config.writeQueueCount),
    messages: rows.reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0),
  };
}

async function question(
  { admin }: Client,
  topic: string,
  plan: readonly PlannedTopic[],
): Promise<string> {
  const messages = plan.reduce((sum, each) => sum + each.messages, 0);
  const where = plan.map(({ broker }) => broker.brokerName).join(", ");
  const groups = await topicGroups(admin, topic).catch(() => []);
  const consumers = groups.length === 0 ? "" : `; ${groups.join(", ")} consume it`;
  return `Delete topic '${topic}' with ${formatCount(messages)} messages on ${where}${consumers}?`;
}

async function show(
  { output }: CommandContext,
  topic: string,
  plan: readonly PlannedTopic[],
  missing: readonly MissingPart[],
  outcome: "deleted" | "would delete",
): Promise<ExitCode | undefined> {
  await output.list({
    kind: "TopicDelete",
    noun: "topic",
    nameKey: "name",
    columns: [
      { key: "name", head: "NAME" },
      { key: "broker", head: "BROKER" },
      { key: "queues", head: "QUEUES", align: "right" },
      { key: "messages", head: "MESSAGES", align: "right" },
      { key: "outcome", head: "OUTCOME" },
    ],
    items: plan.map(({ broker, queues, messages }) => ({
      name: topic,
      broker: broker.brokerName,
      queues,
      messages,
      outcome,
    })),
    missing,
  });
  return exitFor(missing);
}
