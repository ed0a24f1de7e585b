/** Looking for messages (12, 32, 33). */
import type { BrokerServices } from "../../../broker/services.ts";
import { DecodeError } from "../../../core/error.ts";
import {
  getEarliestStoreTime,
  queryMessage,
  viewMessageById,
} from "../../../protocol/remoting/requests/query.ts";
import { handle } from "../dispatch.ts";

export const messageHandlers = [
  handle(queryMessage, async ({ lookUps }: BrokerServices, header, _command, session) => {
    const { topic, key } = header;
    if (header.indexType === "T") {
      throw new DecodeError("field 'indexType' is T, but messages are not found by tag here");
    }
    const query = {
      fromMs: header.beginTimestamp,
      toMs: header.endTimestamp,
      countMax: header.maxNum,
      isUnique: header.isUniqueKey ?? false,
    };
    const hits = await lookUps.byKey(topic, key, query, () => session.isBacklogged);
    return {
      fields: {
        indexLastUpdateTimestamp: hits.indexedTimestampMs,
        indexLastUpdatePhyoffset: hits.indexedOffset,
      },
      body: hits.records,
    };
  }),

  handle(getEarliestStoreTime, async ({ query }: BrokerServices, header) => ({
    fields: { timestamp: await query.earliestStoreTime(header.topic, header.queueId) },
  })),

  handle(viewMessageById, async ({ lookUps }: BrokerServices, header, _command, session) => ({
    fields: {},
    body: await lookUps.byOffset(header.offset, () => session.isBacklogged),
  })),
];
