/** The message that an operator names: by its offset id, its unique key and topic, or its place. */
import { type Client, ClientError, type ReceivedMessage } from "../../../src/client/index.ts";
import { DecodeError } from "../../../src/core/error.ts";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text } from "../../flag.ts";
import { messageAt } from "./stored-messages.ts";

const placePattern = /^(.+)\/(\d+)\/(\d+)$/;

export const idFlags = {
  topic: flag(text(1).optional(), {
    about: "the ID is a unique key of this topic",
    short: "t",
    value: "TOPIC",
    completes: "topic",
  }),
  broker: flag(text(1).optional(), {
    about: "broker of TOPIC/QUEUE/OFFSET",
    short: "b",
    value: "NAME",
    completes: "broker",
  }),
} as const;

interface IdFlags {
  readonly topic?: string | undefined;
  readonly broker?: string | undefined;
}

/** Throws CommandError when it is not there (3), or when the broker that would know does not answer (5). */
export async function messageById(
  client: Client,
  id: string,
  flags: IdFlags,
): Promise<ReceivedMessage> {
  const message = await find(client, id, flags);
  if (message === undefined) {
    throw notFound(`message '${id}' is not there, or not any more`);
  }
  return message;
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
