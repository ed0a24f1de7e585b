/** `mq topic groups`: who consumes a topic, and how far behind. */
import { type Admin, type BrokerAddress, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import { exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { showShortTime, timeOrNull } from "../time-fields.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "groups"],
    summary: "show the groups that consume a topic, and their lag",
    description:
      "Groups of which members are on line with the topic, or that have offsets in it (300), with their lag in this topic.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {},
    output: (z) =>
      z.object({
        group: z.string(),
        members: z.number(),
        queues: z.number(),
        lag: z.number(),
        lastConsumed: z.string().nullable(),
      }),
    examples: ["mq topic groups orders", "mq topic groups orders --sort -lag"],
  },
  async run(context, { arguments: [topic = ""] }) {
    const { admin } = context.client();
    const { answers, failures } = await gather(await admin.topics.leaders(topic), ({ address }) =>
      admin.topics.groups(address, topic),
    );
    const brokers = answers.map(({ broker }) => broker);
    const names = [...new Set(answers.flatMap(({ value }) => value))].sort();
    const missing = missingParts(failures);
    const items = await inParallel(names, async (group) => {
      const { lastMs, ...standing } = await standingOf(admin, group, topic, brokers);
      return { group, ...standing, lastConsumed: timeOrNull(lastMs, context.global.utc) };
    });
    const lag = items.reduce((sum, each) => sum + each.lag, 0);
    await context.output.list({
      kind: "TopicGroups",
      noun: "group",
      nameKey: "group",
      columns: [
        { key: "group", head: "GROUP" },
        { key: "members", head: "MEMBERS", align: "right" },
        { key: "queues", head: "QUEUES", align: "right" },
        { key: "lag", head: "LAG", align: "right" },
        { key: "lastConsumed", head: "LAST CONSUMED", show: showShortTime },
      ],
      items,
      summary: `${items.length} groups, ${lag} behind`,
      missing,
    });
    return exitFor(missing);
  },
});

/** A member is connected to every broker, and counted once. */
async function standingOf(
  admin: Admin,
  group: string,
  topic: string,
  brokers: readonly BrokerAddress[],
) {
  const { answers } = await gather(brokers, async ({ address }) => ({
    members: (await admin.groups.members(address, group))?.members ?? [],
    progress: await admin.groups.progress(address, group, topic),
  }));
  const rows = answers.flatMap(({ value }) => value.progress);
  const members = answers.flatMap(({ value }) => value.members);
  return {
    members: new Set(members.map(({ clientId }) => clientId)).size,
    queues: rows.length,
    lag: rows.reduce(
      (sum, [, { brokerOffset, consumerOffset }]) =>
        sum + Math.max(0, brokerOffset - consumerOffset),
      0,
    ),
    lastMs: rows.reduce((latest, [, { lastTimestamp }]) => Math.max(latest, lastTimestamp), 0),
  };
}
