/** A message that was read, to be sent again as it was. */
import { compressionOf, type Message, type ReceivedMessage } from "../../../src/client/index.ts";
import { waysOfOnce } from "./message-line.ts";

/** What a broker writes into each message that it stores. */
const brokers: ReadonlySet<string> = new Set(["MSG_REGION", "TRACE_ON", "CLUSTER"]);

/** The message for another topic, with its unique key, its keys and its compression; or why it cannot be sent. */
export function copyOf(message: ReceivedMessage, topic: string): Message | string {
  if (message.isCompressed) {
    return "its body is compressed in a way that is not known here";
  }
  const { body, flag, sysFlag } = message;
  const properties = [...message.properties].filter(
    ([name]) => !brokers.has(name) && !waysOfOnce.has(name),
  );
  return {
    topic,
    body,
    flag,
    compression: compressionOf(sysFlag),
    properties: new Map(properties),
  };
}
