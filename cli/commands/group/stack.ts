/** `mq group stack`: what a member says of itself, with the stacks of its threads. */
import { byQueue, type ConsumerRunningInfo, gather } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { flag, onOff } from "../../flag.ts";
import { visible } from "../../render/format.ts";
import type { MissingPart } from "../../render/listing.ts";
import { chosenBrokers, exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { timeOrNull } from "../time-fields.ts";
import { groupMembers, type MemberItem } from "./group-members.ts";

type StackItem = ReturnType<typeof itemOf>;

export const command = defineCommand({
  spec: {
    path: ["group", "stack"],
    summary: "show where the threads of a group's members are",
    description:
      "Asks members through a broker that they are connected to (307): which queues each holds, how much waits there,\nwhen it last pulled and consumed, and the stacks of its threads. Clients that are not written in Java tell no stacks.",
    arguments: [
      { name: "GROUP", about: "name of the group", completes: "group" },
      { name: "MEMBER", about: "client id of one member; without it all", isOptional: true },
    ],
    flags: {
      stacks: flag(onOff().default(true), { about: "leave out the stacks" }),
    },
    output: (z) =>
      z.object({
        clientId: z.string(),
        address: z.string(),
        language: z.string(),
        version: z.string(),
        started: z.string().nullable(),
        queues: z.array(
          z.strictObject({
            topic: z.string(),
            broker: z.string(),
            queue: z.number(),
            offset: z.number(),
            waiting: z.number(),
            isLocked: z.boolean(),
            lastPulled: z.string().nullable(),
            lastConsumed: z.string().nullable(),
          }),
        ),
        stacks: z.string().nullable(),
      }),
    examples: ["mq group stack billing", "mq group stack billing 10.0.0.7@4711 -o json"],
  },
  async run(context, { arguments: [group = "", clientId], flags }) {
    const { admin } = context.client();
    const brokers = await chosenBrokers(context.client());
    const { members, missing: silent } = await groupMembers(admin, group, brokers);
    const wanted = members.filter(
      (member) => clientId === undefined || member.clientId === clientId,
    );
    if (wanted.length === 0) {
      throw await nobody(context, group, clientId);
    }
    // A member is asked through the first broker that it is connected to.
    const asked = wanted.flatMap((member) => {
      const broker = brokers.find(({ brokerName }) => member.brokers.includes(brokerName));
      return broker === undefined ? [] : [{ ...broker, member }];
    });
    const { answers, failures } = await gather(asked, ({ address, member }) =>
      admin.groups.runningInfo(address, {
        group,
        clientId: member.clientId,
        hasStacks: flags.stacks,
      }),
    );
    const missing: readonly MissingPart[] = [...silent, ...missingParts(failures)];
    const items = answers.map(({ broker: { member }, value }) =>
      itemOf(member, value, context.global.utc),
    );
    await context.output.list({
      kind: "GroupStack",
      noun: "client",
      nameKey: "clientId",
      columns: [
        { key: "clientId", head: "CLIENT" },
        { key: "language", head: "LANGUAGE" },
        { key: "started", head: "STARTED" },
        { key: "stacks", head: "STACKS" },
      ],
      items,
      text: items.map(blockOf).join("\n"),
      missing,
    });
    return exitFor(missing);
  },
});

async function nobody(context: CommandContext, group: string, clientId: string | undefined) {
  if (!(await context.client().admin.groups.isKnown(group))) {
    return notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  return clientId === undefined
    ? notFound(`nobody of group '${group}' is on line`)
    : notFound(
        `no member '${clientId}' of group '${group}' is on line`,
        `mq group members ${group}`,
      );
}

function itemOf(member: MemberItem, info: ConsumerRunningInfo, isUtc: boolean) {
  const { clientId, address, language, version } = member;
  const startedMs = Number(info.properties.get("PROP_CONSUMER_START_TIMESTAMP"));
  return {
    clientId,
    address,
    language,
    version,
    started: timeOrNull(startedMs, isUtc),
    queues: [...info.pulled].sort(byQueue).map(([queue, state]) => ({
      topic: queue.topic,
      broker: queue.brokerName,
      queue: queue.queueId,
      offset: state.commitOffset,
      waiting: state.cachedMessages,
      isLocked: state.isLocked,
      lastPulled: timeOrNull(state.pulledAtMs, isUtc),
      lastConsumed: timeOrNull(state.consumedAtMs, isUtc),
    })),
    stacks: info.stacks ?? null,
  };
}

/** Stacks keep their lines: a table would fold them. What a client says must not drive the terminal. */
function blockOf({ clientId, language, version, started, queues, stacks }: StackItem): string {
  const head = `${clientId} ${language} ${version}${started === null ? "" : `, since ${started}`}\n`;
  const lines = queues.map(
    ({ topic, broker, queue, offset, waiting, lastConsumed }) =>
      `  ${topic} ${broker} q${queue} at ${offset}, ${waiting} wait, last consumed ${lastConsumed ?? "never"}\n`,
  );
  const shown = (stacks ?? "(tells no stacks)").trimEnd().replaceAll("\t", "    ").split(/\r?\n/);
  return `${head}${lines.join("")}${shown.map(visible).join("\n")}\n`;
}
