/** `mq message get`: one message by the id that it is known by. */
import { type Client, ClientError, type ReceivedMessage } from "../../../src/client/index.ts";
import { DecodeError } from "../../../src/core/error.ts";
import { defineCommand } from "../../command.ts";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text } from "../../flag.ts";
import { bodyText, type MessageItem } from "./message-item.ts";
import { lookFlags, lookOf, messageSchema, printFormatted } from "./message-look.ts";
import { messageAt } from "./stored-messages.ts";

const placePattern = /^(.+)\/(\d+)\/(\d+)$/;

export const command = defineCommand({
  spec: {
    path: ["message", "get"],
    summary: "show one message",
    description:
      "By its offset id, which names broker and place; by the unique key that its producer gave it, with --topic; or by\nTOPIC/QUEUE/OFFSET, with --broker where several brokers have the queue. Exit code 3 when it is not there, 5\nwhen the broker that would know does not answer.",
    arguments: [{ name: "ID", about: "offset id, unique key, or TOPIC/QUEUE/OFFSET" }],
    flags: {
      topic: flag(text(1).optional(), {
        about: "the ID is a unique key of this topic",
        short: "t",
        value: "TOPIC",
      }),
      broker: flag(text(1).optional(), {
        about: "broker of TOPIC/QUEUE/OFFSET",
        short: "b",
        value: "NAME",
      }),
      ...lookFlags,
    },
    output: messageSchema,
    examples: [
      "mq message get 7F00000100002A9F000000000000013E",
      "mq message get 7F0000010A3C18B4AAC2062C4E5A0000 --topic orders",
      "mq message get orders/0/17 -F '%v'",
    ],
  },
  async run(context, { arguments: [id = ""], flags }) {
    const message = await find(context.client(), id, flags);
    if (message === undefined) {
      throw notFound(`message '${id}' is not there, or not any more`);
    }
    if (flags.format !== undefined) {
      printFormatted(context, [message], flags.format);
      return undefined;
    }
    const item = lookOf(context, message, flags.maxBytes);
    context.output.item("Message", item, {
      columns: Object.keys(item).map((key) => ({
        key,
        head: key,
        ...(key === "body" ? { show: () => bodyText(item) } : {}),
        ...(key === "keys" ? { show: () => item.keys.join(" ") || "-" } : {}),
        ...(numbers.has(key) ? { show: (value: unknown) => String(value) } : {}),
      })),
    });
    return undefined;
  },
});

/** Positions are names here: without separators they can be typed again. */
const numbers: ReadonlySet<keyof MessageItem> = new Set(["queue", "offset", "commitOffset"]);

interface IdFlags {
  readonly topic?: string | undefined;
  readonly broker?: string | undefined;
}

async function find(
  client: Client,
  id: string,
  { topic, broker }: IdFlags,
): Promise<ReceivedMessage | undefined> {
  const [, placeTopic, queue, offset] = placePattern.exec(id) ?? [];
  if (placeTopic !== undefined) {
    return await atPlace(client, placeTopic, { queueId: Number(queue), broker }, Number(offset));
  }
  if (broker !== undefined) {
    throw usageError("--broker belongs to TOPIC/QUEUE/OFFSET");
  }
  if (topic !== undefined) {
    return (await client.messages.queryByUniqueKey(topic, id, { countMax: 1 }))[0];
  }
  if (!/^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{56})$/.test(id)) {
    throw usageError(
      `'${id}' is no offset id (32 or 56 hexadecimal digits) and no TOPIC/QUEUE/OFFSET`,
      "a unique key needs --topic",
    );
  }
  try {
    return await client.messages.viewMessage(id);
  } catch (error) {
    // A unique key has the form of an offset id, and names an address that is none of a broker.
    const hint = "if it is a unique key, name its topic: --topic TOPIC";
    if (error instanceof DecodeError) {
      throw notFound(`no broker can be where '${id}' points to: ${error.message}`, hint);
    }
    if (
      error instanceof ClientError &&
      (error.kind === "unreachable" || error.kind === "timed_out")
    ) {
      const message = `no broker answers where '${id}' points to: ${error.message}`;
      // The message may well be there: whoever does not answer has not said that it is not.
      throw new CommandError("MQ-E-UNREACHABLE", exitCode.unreachable, message, { hint });
    }
    throw error;
  }
}

async function atPlace(
  { pull }: Client,
  topic: string,
  { queueId, broker }: { readonly queueId: number; readonly broker: string | undefined },
  offset: number,
): Promise<ReceivedMessage | undefined> {
  const queues = (await pull.queues(topic)).filter((queue) => queue.queueId === queueId);
  const chosen = queues.filter(({ brokerName }) => broker === undefined || brokerName === broker);
  const [queue, another] = chosen;
  if (queue === undefined) {
    throw notFound(
      `topic '${topic}' has no queue ${queueId}${broker === undefined ? "" : ` on ${broker}`} that can be read`,
    );
  }
  if (another !== undefined) {
    const names = chosen.map(({ brokerName }) => brokerName).join(", ");
    throw usageError(`several brokers have queue ${queueId} of '${topic}'`, `--broker: ${names}`);
  }
  return await messageAt(pull, queue, offset);
}
