/** One message under each other, with what each group did with it: what queryMsgById and its kin print. */
import { ClientError, type ReceivedMessage, unpackedSysFlag } from "../../src/client/index.ts";
import { consumptionOf, presenceOf } from "./group-consumption.ts";
import type { Formatted } from "./java-format.ts";
import { hashOrder } from "./java-order.ts";
import {
  bodyText,
  messageId,
  messageItem,
  type PulledFrom,
  propertiesText,
} from "./message-text.ts";
import { bodyPath, writeOutputFile } from "./output-file.ts";
import type { AdminCall } from "./subcommand.ts";
import { brokersOfTopic } from "./targets.ts";
import { millisecondsText } from "./values.ts";

export interface MessageLook {
  /** Where it was pulled from, when it was. */
  readonly from?: PulledFrom | undefined;
  /** Begins with the id that tells where the message lies. */
  readonly hasOffsetId: boolean;
  /** A text encoding in which the body is shown. */
  readonly charset?: string | undefined;
  /** Ends the name of the file for the body. */
  readonly fileEnding?: string;
  /** Ends the line of a group. */
  readonly trackEnding: "%n" | "";
}

/** Shows a message and leaves its body in a file. Throws DiskError. */
export async function printMessage(
  call: AdminCall,
  message: ReceivedMessage,
  look: MessageLook,
): Promise<void> {
  const { environment, printer } = call;
  const path = bodyPath(`${messageId(message)}${look.fileEnding ?? ""}`);
  writeOutputFile(environment, path, message.body);
  const line = (name: string, value: Formatted): void => {
    printer.print("%-20s %s%n", `${name}:`, value);
  };
  if (look.hasOffsetId) {
    line("OffsetID", message.offsetMessageId);
  }
  line("Topic", message.topic);
  line("Tags", `[${message.tag ?? null}]`);
  line("Keys", `[${message.properties.get("KEYS") ?? null}]`);
  line("Queue ID", message.queueId);
  line("Queue Offset", message.queueOffset);
  line("CommitLog Offset", message.physicalOffset);
  line("Reconsume Times", message.reconsumeTimes);
  line("Born Timestamp", millisecondsText(message.bornTimestampMs));
  line("Store Timestamp", millisecondsText(message.storeTimestampMs));
  line("Born Host", message.bornHost);
  line("Store Host", message.storeHost);
  line("System Flag", unpackedSysFlag(message));
  line("Properties", propertiesText(message, look.from));
  line("Message Body Path", path);
  if (look.charset !== undefined) {
    line("Message Body", bodyText(message.body, look.charset));
  }
  await printTracks(call, message, look.trackEnding);
}

/** A group, and what it did with a message. */
interface Track {
  readonly group: string;
  readonly kind: string;
  readonly problem: string | null;
}

async function printTracks(
  call: AdminCall,
  message: ReceivedMessage,
  ending: MessageLook["trackEnding"],
): Promise<void> {
  const { client, printer } = call;
  const [address = ""] = await brokersOfTopic(client, message.topic);
  const groups = await client.admin.topics.groups(address, message.topic);
  const tracks: Track[] = [];
  for (const group of hashOrder(groups, (name) => name)) {
    tracks.push(await trackOf(call, message, group));
  }
  printer.item({ ...messageItem(message), groups: tracks });
  printer.print(tracks.length === 0 ? "%n%nWARN: No Consumer" : "%n%n");
  for (const { group, kind, problem } of tracks) {
    printer.print(
      `MessageTrack [consumerGroup=%s, trackType=%s, exceptionDesc=%s]${ending}`,
      ...[group, kind, problem],
    );
  }
}

async function trackOf(call: AdminCall, message: ReceivedMessage, group: string): Promise<Track> {
  try {
    const presence = await presenceOf(call.client, group);
    if (presence === undefined) {
      const problem = `CODE:206 DESC:the consumer group[${group}] not online`;
      return { group, kind: "NOT_ONLINE", problem };
    }
    if (presence.consumeType !== "CONSUME_PASSIVELY") {
      return { group, kind: "PULL", problem: null };
    }
    if (!(await isConsumed(call, message, group))) {
      return { group, kind: "NOT_CONSUME_YET", problem: null };
    }
    const wanted = presence.subscriptions.find(({ topic }) => topic === message.topic);
    const isTaken = wanted === undefined || takes(wanted, message.tag);
    return { group, kind: isTaken ? "CONSUMED" : "CONSUMED_BUT_FILTERED", problem: null };
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    return { group, kind: "UNKNOWN", problem: error.message };
  }
}

/** Whether the group is beyond the message in its queue. */
async function isConsumed(
  { client }: AdminCall,
  message: ReceivedMessage,
  group: string,
): Promise<boolean> {
  const { queues } = await consumptionOf(client, group);
  const { brokers } = await client.admin.cluster.describe();
  return queues.some(([{ topic, queueId, brokerName }, { consumerOffset }]) => {
    const broker = brokers.find((each) => each.brokerName === brokerName);
    return (
      topic === message.topic &&
      queueId === message.queueId &&
      broker?.addresses.get(0) === message.storeHost &&
      consumerOffset > message.queueOffset
    );
  });
}

function takes(
  { expression, expressionType }: { readonly expression: string; readonly expressionType: string },
  tag: string | undefined,
): boolean {
  const tags = expression.split("||").map((each) => each.trim());
  return expressionType !== "TAG" || tags.includes("*") || tags.includes(tag ?? "");
}
