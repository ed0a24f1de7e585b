/** Consumer groups, as an operator sees them (remoting 7.2, 7.3). */
import { defineRequest } from "../define.ts";

/** The reply's body is bodies/group-table.ts. */
export const getAllGroups = defineRequest({
  code: 201,
  name: "GET_ALL_SUBSCRIPTIONGROUP_CONFIG",
  request: {
    /** Pages, as newer tools ask for them: absent means all at once. */
    groupSeq: { type: "int32", optional: true },
    dataVersion: { type: "string", optional: true },
    maxGroupNum: { type: "int32", optional: true },
  },
  reply: { totalGroupNum: { type: "int32", optional: true } },
});

/** The reply's body is bodies/consumer-connection.ts; a group without members is answered with 206. */
export const getConsumerConnections = defineRequest({
  code: 203,
  name: "GET_CONSUMER_CONNECTION_LIST",
  request: { consumerGroup: { type: "string" } },
  reply: {},
});

/** The reply's body is bodies/consume-stats.ts. */
export const getConsumeStats = defineRequest({
  code: 208,
  name: "GET_CONSUME_STATS",
  request: {
    consumerGroup: { type: "string" },
    topic: { type: "string", optional: true },
    /** Several topics, separated by semicolons. */
    topicList: { type: "string", optional: true },
  },
  reply: {},
});

/** Broker to consumer, one-way, with bodies/reset-offset.ts: move to these offsets. */
export const resetClientOffset = defineRequest({
  code: 220,
  name: "RESET_CONSUMER_CLIENT_OFFSET",
  request: {
    topic: { type: "string" },
    group: { type: "string" },
    timestamp: { type: "int64" },
    isForce: { type: "boolean", optional: true },
  },
  reply: {},
});

/** The reply's body is bodies/reset-offset.ts. */
export const invokeResetOffset = defineRequest({
  code: 222,
  name: "INVOKE_BROKER_TO_RESET_OFFSET",
  request: {
    topic: { type: "string" },
    group: { type: "string" },
    /** -1 or absent: all queues. */
    queueId: { type: "int32", optional: true },
    /** -1 or absent: by time. */
    offset: { type: "int64", optional: true },
    /** -1: to the end. */
    timestamp: { type: "int64" },
    isForce: { type: "boolean" },
  },
  reply: {},
});
