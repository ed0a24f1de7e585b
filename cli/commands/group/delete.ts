/** `mq group delete`: a group with its offsets and its retry topic; its dead letters only when that is said. */
import { type BrokerAddress, type Client, gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { CommandError, notFound } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, onOff, toggle } from "../../flag.ts";
import type { MissingPart } from "../../render/listing.ts";
import {
  brokerChoiceFlags,
  chosenBrokers,
  exitFor,
  missingParts,
} from "../cluster/chosen-brokers.ts";
import { deadLetterTopic } from "../dlq/dead-letters.ts";
import { deleteRoutes, deleteTopicAt } from "../topic/topic-deletion.ts";
import { groupMembers } from "./group-members.ts";
import { isSystemGroup } from "./group-names.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "delete"],
    summary: "delete a consumer group",
    description:
      "Deletes the group on every broker that has it, how far it had come, and its retry topic with the messages that\nwait there. A group with members on line is left alone: they would make it anew.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      deadLetters: toggle("its dead letters as well"),
      offsets: flag(onOff().default(true), {
        about: "leave its offsets: a group of that name goes on there",
      }),
      force: toggle("although members are on line"),
      ...brokerChoiceFlags,
    },
    output: (z) =>
      z.object({
        name: z.string(),
        broker: z.string(),
        outcome: z.enum(["deleted", "would delete"]),
      }),
    examples: ["mq group delete billing --dry-run", "mq group delete billing --dead-letters --yes"],
  },
  async run(context, { arguments: [group = ""], flags }) {
    if (isSystemGroup(group)) {
      throw new CommandError(
        "MQ-E-SYSTEM",
        exitCode.precondition,
        `group '${group}' belongs to the brokers`,
      );
    }
    const client = context.client();
    const plan = await holders(client, group, await chosenBrokers(client, flags));
    const { members } = await groupMembers(client.admin, group, plan.brokers);
    if (members.length > 0 && !flags.force) {
      throw new CommandError(
        "MQ-E-ONLINE",
        exitCode.precondition,
        `${members.length} members of '${group}' are on line`,
        { hint: `stop them first: mq group members ${group}; --force deletes all the same` },
      );
    }
    const topics = [`%RETRY%${group}`, ...(flags.deadLetters ? [deadLetterTopic(group)] : [])];
    const where = plan.brokers.map(({ brokerName }) => brokerName).join(", ");
    if (!context.global.dryRun) {
      const question = `Delete group '${group}' and ${topics.join(", ")} on ${where}?`;
      if (!(await context.confirm(question))) {
        context.output.note("nothing changed");
        return exitCode.precondition;
      }
    }
    const missing = [...plan.missing];
    let deleted: readonly BrokerAddress[] = plan.brokers;
    if (!context.global.dryRun) {
      const outcome = await deleteGroup(client, group, topics, plan.brokers, flags.offsets);
      deleted = outcome.deleted;
      missing.push(...outcome.missing);
    }
    await context.output.list({
      kind: "GroupDelete",
      noun: "group",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "broker", head: "BROKER" },
        { key: "outcome", head: "OUTCOME" },
      ],
      items: deleted.map(({ brokerName }) => ({
        name: group,
        broker: brokerName,
        outcome: context.global.dryRun ? "would delete" : "deleted",
      })),
      missing,
    });
    return exitFor(missing);
  },
});

/** The brokers that have the group. */
async function holders(
  { admin }: Client,
  group: string,
  chosen: readonly BrokerAddress[],
): Promise<{
  readonly brokers: readonly BrokerAddress[];
  readonly missing: readonly MissingPart[];
}> {
  const { answers, failures } = await gather(chosen, ({ address }) =>
    admin.groups.config(address, group),
  );
  const brokers = answers.flatMap(({ broker, value }) => (value === undefined ? [] : [broker]));
  if (brokers.length === 0) {
    throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  return { brokers, missing: missingParts(failures) };
}

async function deleteGroup(
  client: Client,
  group: string,
  topics: readonly string[],
  brokers: readonly BrokerAddress[],
  cleanOffset: boolean,
): Promise<{
  readonly deleted: readonly BrokerAddress[];
  readonly missing: readonly MissingPart[];
}> {
  const { answers, failures } = await gather(brokers, async ({ address }) => {
    await client.admin.groups.delete(address, group, { cleanOffset });
    for (const topic of topics) {
      await deleteTopicAt(client.admin, address, topic);
    }
  });
  const missing = [...missingParts(failures)];
  if (failures.length === 0) {
    for (const topic of topics) {
      missing.push(...(await deleteRoutes(client, topic, brokers)));
    }
  }
  return { deleted: answers.map(({ broker }) => broker), missing };
}
