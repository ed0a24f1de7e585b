/** `mq message send-to-client`: one member of a group consumes a stored message once more, now (request 309). */
import type { Client, ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text } from "../../flag.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { groupMembers } from "../group/group-members.ts";
import { idFlags, messageById } from "./message-by-id.ts";

/** What a consumer that handled the message says (RocketMQ `CMResult`): unordered, ordered, ordered without auto-commit. */
const handled: ReadonlySet<string> = new Set(["CR_SUCCESS", "CR_COMMIT"]);

export const command = defineCommand({
  spec: {
    path: ["message", "send-to-client"],
    summary: "hand a message to one member of a group once more",
    description:
      "The member's listener gets the message at once, whatever the group has consumed; its offsets stay where they are.\nOnly members that are handed messages can be asked, not ones that pull. Exit code 1 when the listener did not\nhandle it, 3 when message or member is not there.",
    arguments: [{ name: "ID", about: "offset id, unique key, or TOPIC/QUEUE/OFFSET" }],
    flags: {
      group: flag(text(1), {
        about: "the group",
        short: "g",
        value: "GROUP",
        completes: "group",
      }),
      client: flag(text(1).optional(), {
        about: "id of the member; may be left out when there is only one",
        value: "CLIENT",
      }),
      ...idFlags,
    },
    output: (z) =>
      z.object({
        messageId: z.string(),
        topic: z.string(),
        group: z.string(),
        clientId: z.string(),
        outcome: z.string().nullable(),
        remark: z.string().nullable(),
        elapsedMs: z.number().nullable(),
        ordered: z.boolean().nullable(),
      }),
    examples: [
      "mq message send-to-client 7F00000100002A9F000000000000013E --group billing --dry-run",
      "mq message send-to-client orders/0/17 --group billing --client 10.0.3.21@4711 --yes",
    ],
  },
  async run(context, { arguments: [id = ""], flags }) {
    const client = context.client();
    const message = await messageById(client, id, flags);
    const clientId = await chosenMember(client, flags.group, flags.client);
    const { topic, offsetMessageId: messageId, queueId, queueOffset } = message;
    const plan = { messageId, topic, group: flags.group, clientId };
    if (context.global.dryRun) {
      show(context, { ...plan, outcome: "planned", remark: null, elapsedMs: null, ordered: null });
      return undefined;
    }
    const what = `message ${messageId} (${topic} q${queueId}@${queueOffset})`;
    if (!(await context.confirm(`Hand ${what} to ${clientId} of '${flags.group}' once more?`))) {
      context.output.note("nothing was sent");
      return exitCode.precondition;
    }
    const did = await client.admin.groups.consumeDirectly(
      await addressOf(client, message),
      { group: flags.group, clientId },
      message,
    );
    show(context, {
      ...plan,
      outcome: did.outcome ?? null,
      remark: did.remark ?? null,
      elapsedMs: did.elapsedMs,
      ordered: did.isOrdered,
    });
    return handled.has(did.outcome ?? "") ? undefined : exitCode.failed;
  },
});

function show(context: CommandContext, item: Readonly<Record<string, unknown>>): void {
  context.output.item("DirectConsumption", item);
}

/** Throws CommandError: nobody, nobody of that name, several to choose from, or one that pulls. */
async function chosenMember(
  client: Client,
  group: string,
  wanted: string | undefined,
): Promise<string> {
  const brokers = await chosenBrokers(client);
  const { members, presence, missing } = await groupMembers(client.admin, group, brokers);
  const ids = members.map(({ clientId }) => clientId);
  if (wanted === undefined && ids.length > 1) {
    throw usageError(`'${group}' has ${ids.length} members`, `--client: ${ids.join(", ")}`);
  }
  const chosen = wanted === undefined ? ids[0] : ids.find((id) => id === wanted);
  if (chosen === undefined) {
    const [unasked] = missing;
    if (unasked !== undefined) {
      throw unasked.error;
    }
    throw notFound(
      wanted === undefined
        ? `nobody of group '${group}' is on line`
        : `'${wanted}' is not on line in group '${group}'`,
      ids.length === 0 ? "mq group list shows groups" : `on line: ${ids.join(", ")}`,
    );
  }
  if (presence?.consumeType !== "CONSUME_PASSIVELY") {
    throw new CommandError(
      "MQ-E-PULLS",
      exitCode.precondition,
      `members of '${group}' pull their messages themselves and can be handed none`,
    );
  }
  return chosen;
}

/** The broker that has the message where clients reach it. */
async function addressOf(client: Client, message: ReceivedMessage): Promise<string> {
  const leaders = await client.admin.topics.leaders(message.topic);
  const leader = leaders.find(({ brokerName }) => brokerName === message.brokerName);
  return leader?.address ?? message.storeHost;
}
