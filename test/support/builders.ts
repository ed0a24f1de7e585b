/** Builders of inputs that show only what matters to a test. */
import { javaHash } from "../../src/core/java-hash.ts";
import { formatProperties, propertyNames } from "../../src/record/properties.ts";
import type { MessageStore, QueueHandle, RecordDraft } from "../../src/store/message-store.ts";

/** A draft for the queue; body, tag and keys as given. */
export function recordDraft(
  queue: QueueHandle,
  parts: {
    readonly body?: string | Buffer;
    readonly tag?: string;
    readonly keys?: string;
    readonly uniqueKey?: string;
  } = {},
): RecordDraft {
  const body = Buffer.from(parts.body ?? "body");
  const pairs: readonly (readonly [string, string | undefined])[] = [
    [propertyNames.uniqueKey, parts.uniqueKey],
    [propertyNames.tags, parts.tag],
    [propertyNames.keys, parts.keys],
  ];
  const properties = Buffer.from(
    formatProperties(
      pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  );
  return {
    queue,
    flag: 0,
    sysFlag: 0,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 0,
    bornTimestampLow: 1,
    bornHost: Buffer.from([127, 0, 0, 1, 0, 0, 0, 9]),
    body,
    bodyStart: 0,
    bodyEnd: body.length,
    properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    tagHash: parts.tag === undefined ? 0 : javaHash(parts.tag),
  };
}

/** Appends messages and waits until they are acknowledged. */
export async function appendAll(
  store: MessageStore,
  queue: QueueHandle,
  bodies: readonly (string | Buffer)[],
  tag?: string,
): Promise<void> {
  let endOffset = 0;
  for (const body of bodies) {
    const draft = recordDraft(queue, tag === undefined ? { body } : { body, tag });
    endOffset = store.append(draft).endOffset;
  }
  await store.whenAcknowledged(endOffset);
}
