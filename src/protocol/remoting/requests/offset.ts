/** Offsets of queues and of consumer groups (remoting 4.6). */
import { defineRequest } from "../define.ts";

export const queryConsumerOffset = defineRequest({
  code: 14,
  name: "QUERY_CONSUMER_OFFSET",
  request: {
    consumerGroup: { type: "string" },
    topic: { type: "string" },
    queueId: { type: "int32" },
    setZeroIfNotFound: { type: "boolean", optional: true },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply: { offset: { type: "int64" } },
});

export const updateConsumerOffset = defineRequest({
  code: 15,
  name: "UPDATE_CONSUMER_OFFSET",
  request: {
    consumerGroup: { type: "string" },
    topic: { type: "string" },
    /** These two are optional so that a handler can answer 29 to their absence, as RocketMQ does. */
    queueId: { type: "int32", optional: true },
    commitOffset: { type: "int64", optional: true },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply: {},
});

export const searchOffsetByTimestamp = defineRequest({
  code: 29,
  name: "SEARCH_OFFSET_BY_TIMESTAMP",
  request: {
    topic: { type: "string" },
    queueId: { type: "int32" },
    timestamp: { type: "int64" },
    /** LOWER (when absent) or UPPER, in any case. */
    boundaryType: { type: "string", optional: true },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply: { offset: { type: "int64" } },
});

export const getMaxOffset = defineRequest({
  code: 30,
  name: "GET_MAX_OFFSET",
  request: {
    topic: { type: "string" },
    queueId: { type: "int32" },
    committed: { type: "boolean", optional: true },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply: { offset: { type: "int64" } },
});

export const getMinOffset = defineRequest({
  code: 31,
  name: "GET_MIN_OFFSET",
  request: {
    topic: { type: "string" },
    queueId: { type: "int32" },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply: { offset: { type: "int64" } },
});
