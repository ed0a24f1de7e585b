/** Offsets of groups and of queues (14, 15, 29, 30, 31). */
import type { BrokerServices } from "../../../broker/services.ts";
import { DecodeError, MqError } from "../../../core/error.ts";
import { isOneway } from "../../../protocol/remoting/command.ts";
import {
  getMaxOffset,
  getMinOffset,
  queryConsumerOffset,
  searchOffsetByTimestamp,
  updateConsumerOffset,
} from "../../../protocol/remoting/requests/offset.ts";
import { handle } from "../dispatch.ts";

export const offsetHandlers = [
  handle(queryConsumerOffset, ({ offsets }: BrokerServices, header) => ({
    fields: {
      offset: offsets.query(
        header.consumerGroup,
        header.topic,
        header.queueId,
        header.setZeroIfNotFound ?? true,
      ),
    },
  })),

  handle(updateConsumerOffset, (services: BrokerServices, header, command) => {
    const { offsets, counters } = services;
    const { consumerGroup, topic, queueId, commitOffset } = header;
    if (queueId === undefined || commitOffset === undefined) {
      throw new MqError("parameter_invalid", "QueueId or offset is null");
    }
    counters.offsetCommits++;
    if (!offsets.commit(consumerGroup, topic, queueId, commitOffset)) {
      return { fields: {}, remark: "Offset has been previously reset" };
    }
    // A commit that nobody waits for becomes part of the next state record; this one's answer means "durable".
    return isOneway(command)
      ? { fields: {} }
      : offsets.durable(consumerGroup, topic).then(() => ({ fields: {} }));
  }),

  handle(searchOffsetByTimestamp, async ({ query }: BrokerServices, header) => ({
    fields: {
      offset: await query.offsetAtTime(
        header.topic,
        header.queueId,
        header.timestamp,
        boundaryOf(header.boundaryType),
      ),
    },
  })),

  handle(getMaxOffset, ({ query }: BrokerServices, header) => ({
    fields: { offset: query.maxOffset(header.topic, header.queueId) },
  })),

  handle(getMinOffset, ({ query }: BrokerServices, header) => ({
    fields: { offset: query.minOffset(header.topic, header.queueId) },
  })),
];

function boundaryOf(text: string | undefined): "lower" | "upper" {
  switch (text?.toLowerCase()) {
    case undefined:
    case "":
    case "lower":
      return "lower";
    case "upper":
      return "upper";
    default:
      throw new DecodeError("field 'boundaryType' is neither LOWER nor UPPER");
  }
}
