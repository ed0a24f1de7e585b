/** Topics, as an operator sees them (remoting 7.1). */
import { defineRequest } from "../define.ts";

export const updateTopic = defineRequest({
  code: 17,
  name: "UPDATE_AND_CREATE_TOPIC",
  request: {
    topic: { type: "string" },
    defaultTopic: { type: "string", optional: true },
    readQueueCount: { type: "int32", wire: "readQueueNums" },
    writeQueueCount: { type: "int32", wire: "writeQueueNums" },
    perm: { type: "int32" },
    topicFilterType: { type: "string", optional: true },
    topicSysFlag: { type: "int32", optional: true },
    order: { type: "boolean", optional: true },
    /** `+name=value` sets, `-name` removes, separated by commas. */
    attributes: { type: "string", optional: true },
    force: { type: "boolean", optional: true },
  },
  reply: {},
});

/** The reply's body is one topic (bodies/topic-table.ts); a missing topic is answered with 17. */
export const getTopicConfig = defineRequest({
  code: 351,
  name: "GET_TOPIC_CONFIG",
  request: {
    topic: { type: "string" },
    /** True: with the mapping of a static topic. */
    lo: { type: "boolean", optional: true },
  },
  reply: {},
});

/** The body is a mapping of bodies/static-topic.ts, the fields those of UPDATE_AND_CREATE_TOPIC. */
export const updateStaticTopic = defineRequest({
  code: 513,
  name: "UPDATE_AND_CREATE_STATIC_TOPIC",
  request: updateTopic.request,
  reply: {},
});

/** The reply's body is bodies/topic-stats.ts. */
export const getTopicStats = defineRequest({
  code: 202,
  name: "GET_TOPIC_STATS_INFO",
  request: { topic: { type: "string" } },
  reply: {},
});

/** The reply's body is a list of groups (bodies/name-list.ts). */
export const getTopicGroups = defineRequest({
  code: 300,
  name: "QUERY_TOPIC_CONSUME_BY_WHO",
  request: { topic: { type: "string" } },
  reply: {},
});

/** The body is a list of topics (bodies/topic-table.ts). */
export const updateTopicList = defineRequest({
  code: 18,
  name: "UPDATE_AND_CREATE_TOPIC_LIST",
  request: {},
  reply: {},
});

/** The reply's body is all topics of a broker, or a page of them (bodies/topic-table.ts). */
export const getAllTopicConfigs = defineRequest({
  code: 21,
  name: "GET_ALL_TOPIC_CONFIG",
  request: {
    /** Pages, as newer tools and replicas ask for them: absent means all at once. */
    topicSeq: { type: "int32", optional: true },
    /** The data version, as JSON text, that the pages before this one had. */
    dataVersion: { type: "string", optional: true },
    maxTopicNum: { type: "int32", optional: true },
  },
  reply: { totalTopicNum: { type: "int32", optional: true } },
});

/** Drops a topic with its messages and all groups' offsets in it. */
export const deleteTopic = defineRequest({
  code: 215,
  name: "DELETE_TOPIC_IN_BROKER",
  request: { topic: { type: "string" } },
  reply: {},
});

/** The reply's body is a list of names (bodies/name-list.ts). */
export const getSystemTopics = defineRequest({
  code: 305,
  name: "GET_SYSTEM_TOPIC_LIST_FROM_BROKER",
  request: {},
  reply: {},
});

/** Drops the messages that lie in queues of topics which do not exist any more. */
export const cleanUnusedTopics = defineRequest({
  code: 316,
  name: "CLEAN_UNUSED_TOPIC",
  request: {},
  reply: {},
});
