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
  request: { topic: { type: "string" } },
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
