/** Who is connected and how far groups have come, as an operator sees it (remoting 7.3). */
import { defineRequest } from "../define.ts";

/** The reply's body is bodies/data-version.ts with offsets by `topic@group` (bodies/offset-table.ts). */
export const getAllConsumerOffsets = defineRequest({
  code: 43,
  name: "GET_ALL_CONSUMER_OFFSET",
  request: {},
  reply: {},
});

/** The reply's body is the next offset of each delay level's queue (bodies/offset-table.ts). */
export const getAllDelayOffsets = defineRequest({
  code: 45,
  name: "GET_ALL_DELAY_OFFSET",
  request: {},
  reply: {},
});

/** The reply's body is bodies/producer-table.ts; a group without producers is answered with 1. */
export const getProducerConnections = defineRequest({
  code: 204,
  name: "GET_PRODUCER_CONNECTION_LIST",
  request: { producerGroup: { type: "string" } },
  reply: {},
});

/** The reply's body is all producers by group (bodies/producer-table.ts). */
export const getAllProducers = defineRequest({
  code: 328,
  name: "GET_ALL_PRODUCER_INFO",
  request: {},
  reply: {},
});

/** The reply's body is the progress of all groups of a broker (bodies/broker-consume-stats.ts). */
export const getBrokerConsumeStats = defineRequest({
  code: 317,
  name: "GET_BROKER_CONSUME_STATS",
  request: {
    /** Only what groups have in ordered topics. */
    isOrder: { type: "boolean" },
  },
  reply: {},
});

/** The reply's body is a list of topics (bodies/name-list.ts). */
export const getTopicsOfGroup = defineRequest({
  code: 343,
  name: "QUERY_TOPICS_BY_CONSUMER",
  request: { group: { type: "string" } },
  reply: {},
});

/** The reply's body is bodies/group-subscription.ts. */
export const getSubscriptionOfGroup = defineRequest({
  code: 345,
  name: "QUERY_SUBSCRIPTION_BY_CONSUMER",
  request: { group: { type: "string" }, topic: { type: "string", optional: true } },
  reply: {},
});

/** The reply's body is bodies/consume-time-span.ts. */
export const getConsumeTimeSpan = defineRequest({
  code: 303,
  name: "QUERY_CONSUME_TIME_SPAN",
  request: { topic: { type: "string" }, group: { type: "string" } },
  reply: {},
});

/** The reply's body is where a group may go on so as not to overtake others (bodies/correction-offset.ts). */
export const queryCorrectionOffset = defineRequest({
  code: 308,
  name: "QUERY_CORRECTION_OFFSET",
  request: {
    /** Groups that do not count, separated by commas. */
    filterGroups: { type: "string", optional: true },
    compareGroup: { type: "string" },
    topic: { type: "string" },
  },
  reply: {},
});

/** Gives one group the offsets of another. */
export const cloneGroupOffset = defineRequest({
  code: 314,
  name: "CLONE_GROUP_OFFSET",
  request: {
    fromGroup: { type: "string", wire: "srcGroup" },
    toGroup: { type: "string", wire: "destGroup" },
    /** Blank or absent: all topics of the group. */
    topic: { type: "string", optional: true },
    offline: { type: "boolean", optional: true },
  },
  reply: {},
});
