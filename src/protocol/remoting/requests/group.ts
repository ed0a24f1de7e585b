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

/** The body is one group's settings (bodies/group-table.ts). */
export const updateGroup = defineRequest({
  code: 200,
  name: "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP",
  request: {},
  reply: {},
});

/** The body is a list of settings (bodies/group-table.ts). */
export const updateGroupList = defineRequest({
  code: 225,
  name: "UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST",
  request: {},
  reply: {},
});

/** The reply's body is one group's settings (bodies/group-table.ts); a missing group is answered with 26. */
export const getGroupConfig = defineRequest({
  code: 352,
  name: "GET_SUBSCRIPTIONGROUP_CONFIG",
  request: { group: { type: "string" } },
  reply: {},
});

export const deleteGroup = defineRequest({
  code: 207,
  name: "DELETE_SUBSCRIPTIONGROUP",
  request: {
    group: { type: "string", wire: "groupName" },
    /** Whether the group's offsets go with it; absent means not. */
    cleanOffset: { type: "boolean", optional: true },
    /** What 4.x calls the same. */
    removeOffset: { type: "boolean", optional: true },
  },
  reply: {},
});

/** Forbids or allows a group to read a topic, or asks which of them is so (bodies/group-table.ts). */
export const updateGroupForbidden = defineRequest({
  code: 353,
  name: "UPDATE_AND_GET_GROUP_FORBIDDEN",
  request: {
    group: { type: "string" },
    topic: { type: "string" },
    /** Absent: only asks. */
    readable: { type: "boolean", optional: true },
  },
  reply: {},
});

/** The body is bodies/request-mode.ts. A topic or group that the broker does not have is answered with 17 or 26. */
export const setRequestMode = defineRequest({
  code: 401,
  name: "SET_MESSAGE_REQUEST_MODE",
  request: {},
  reply: {},
});
