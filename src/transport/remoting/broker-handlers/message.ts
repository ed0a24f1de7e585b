/** Looking for messages (32). */
import type { BrokerServices } from "../../../broker/services.ts";
import { getEarliestStoreTime } from "../../../protocol/remoting/requests/query.ts";
import { handle } from "../dispatch.ts";

export const messageHandlers = [
  handle(getEarliestStoreTime, async ({ query }: BrokerServices, header) => ({
    fields: { timestamp: await query.earliestStoreTime(header.topic, header.queueId) },
  })),
];
