/** The draft of a state record: no client sent it, so its born fields are zero and it has no properties. */
import type { QueueHandle, RecordDraft } from "../message-store.ts";

const nobody = Buffer.alloc(8);
const nothing = Buffer.alloc(0);

/** A record of the internal topic with the body. */
export function createStateDraft(queue: QueueHandle, body: Buffer): RecordDraft {
  return {
    queue,
    flag: 0,
    sysFlag: 0,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    bornTimestampHigh: 0,
    bornTimestampLow: 0,
    bornHost: nobody,
    body,
    bodyStart: 0,
    bodyEnd: body.length,
    properties: nothing,
    propertiesStart: 0,
    propertiesEnd: 0,
    tagHash: 0,
  };
}
