/**
 * The messages inside a record of a batch queue: RocketMQ stores what was sent as one batch as one record there, which
 * takes as many queue offsets as it holds messages (`MessageDecoder.decodeMessage(MessageExt, List)`).
 */
import { DecodeError } from "../core/error.ts";
import { forEachBatchMessage } from "../record/batch.ts";
import { sysFlag } from "../record/layout.ts";
import { parseProperties, propertyNames } from "../record/properties.ts";
import type { ReceivedMessage } from "./message.ts";

const wrapped = sysFlag.innerBatch | sysFlag.needsUnwrap;

/** The messages that a record holds: itself, unless it is such a group. One that cannot be read stays whole. */
export function unwrapMessages(outer: ReceivedMessage): readonly ReceivedMessage[] {
  if ((outer.sysFlag & wrapped) !== wrapped || outer.isCompressed) {
    return [outer];
  }
  const messages: ReceivedMessage[] = [];
  const { body } = outer;
  try {
    forEachBatchMessage(body, 0, body.length, (flag, bodyStart, bodyEnd, start, end) => {
      const properties = parseProperties(body, start, end);
      messages.push({
        ...outer,
        flag,
        properties,
        queueOffset: outer.queueOffset + messages.length,
        uniqueKey: properties.get(propertyNames.uniqueKey),
        tag: properties.get(propertyNames.tags),
        keys: properties.get(propertyNames.keys)?.split(" ").filter(Boolean) ?? [],
        body: body.subarray(bodyStart, bodyEnd),
      });
    });
  } catch (error) {
    if (error instanceof DecodeError) {
      return [outer];
    }
    throw error;
  }
  return messages;
}
