/** What operators and brokers ask a nameserver beyond routes and registrations (remoting 6.1, 6.3). */
import { defineRequest } from "../define.ts";

export const putKvConfig = defineRequest({
  code: 100,
  name: "PUT_KV_CONFIG",
  request: {
    namespace: { type: "string" },
    key: { type: "string" },
    value: { type: "string" },
  },
  reply: {},
});

/** A missing entry is answered with 22. */
export const getKvConfig = defineRequest({
  code: 101,
  name: "GET_KV_CONFIG",
  request: { namespace: { type: "string" }, key: { type: "string" } },
  reply: { value: { type: "string", optional: true } },
});

export const deleteKvConfig = defineRequest({
  code: 102,
  name: "DELETE_KV_CONFIG",
  request: { namespace: { type: "string" }, key: { type: "string" } },
  reply: {},
});

/** The reply's body is bodies/text-table.ts; a missing namespace is answered with 22. */
export const getKvList = defineRequest({
  code: 219,
  name: "GET_KVLIST_BY_NAMESPACE",
  request: { namespace: { type: "string" } },
  reply: {},
});

/** The reply says how many topics the broker serves. */
export const wipeWritePerm = defineRequest({
  code: 205,
  name: "WIPE_WRITE_PERM_OF_BROKER",
  request: { brokerName: { type: "string" } },
  reply: { topicCount: { type: "int32", wire: "wipeTopicCount" } },
});

export const addWritePerm = defineRequest({
  code: 327,
  name: "ADD_WRITE_PERM_OF_BROKER",
  request: { brokerName: { type: "string" } },
  reply: { topicCount: { type: "int32", wire: "addTopicCount" } },
});

/** Without a cluster: of all of them. */
export const deleteTopicInNameserver = defineRequest({
  code: 216,
  name: "DELETE_TOPIC_IN_NAMESRV",
  request: {
    topic: { type: "string" },
    clusterName: { type: "string", optional: true },
  },
  reply: {},
});

/** The body is a route (bodies/topic-route.ts), of which the queues count. */
export const registerTopicInNameserver = defineRequest({
  code: 217,
  name: "REGISTER_TOPIC_IN_NAMESRV",
  request: { topic: { type: "string" } },
  reply: {},
});

/** The reply's body is a list of names (bodies/name-list.ts). */
export const getTopicsByCluster = defineRequest({
  code: 224,
  name: "GET_TOPICS_BY_CLUSTER",
  request: { cluster: { type: "string" } },
  reply: {},
});

/** The reply's body is the names of clusters and brokers, which are topics too, and some broker's address. */
export const getSystemTopics = defineRequest({
  code: 304,
  name: "GET_SYSTEM_TOPIC_LIST_FROM_NS",
  request: {},
  reply: {},
});

/** Topics whose topicSysFlag has bit 0. */
export const getUnitTopics = defineRequest({
  code: 311,
  name: "GET_UNIT_TOPIC_LIST",
  request: {},
  reply: {},
});

/** Topics whose topicSysFlag has bit 1. */
export const getUnitSubTopics = defineRequest({
  code: 312,
  name: "GET_HAS_UNIT_SUB_TOPIC_LIST",
  request: {},
  reply: {},
});

/** Topics whose topicSysFlag has bit 1 and not bit 0. */
export const getUnitSubOnlyTopics = defineRequest({
  code: 313,
  name: "GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST",
  request: {},
  reply: {},
});

/** The body is settings (properties-text.ts). */
export const updateNameserverConfig = defineRequest({
  code: 318,
  name: "UPDATE_NAMESRV_CONFIG",
  request: {},
  reply: {},
});

/** The reply's body is settings (properties-text.ts). */
export const getNameserverConfig = defineRequest({
  code: 319,
  name: "GET_NAMESRV_CONFIG",
  request: {},
  reply: {},
});

/** The reply's body is bodies/broker-member-group.ts. */
export const getBrokerMemberGroup = defineRequest({
  code: 901,
  name: "GET_BROKER_MEMBER_GROUP",
  request: { clusterName: { type: "string" }, brokerName: { type: "string" } },
  reply: {},
});

/** A sign of life without a registration. */
export const brokerHeartbeat = defineRequest({
  code: 904,
  name: "BROKER_HEARTBEAT",
  request: {
    clusterName: { type: "string" },
    brokerAddress: { type: "string", wire: "brokerAddr" },
    brokerName: { type: "string" },
    brokerId: { type: "int64", optional: true },
    epoch: { type: "int32", optional: true },
    maxOffset: { type: "int64", optional: true },
    confirmOffset: { type: "int64", optional: true },
    heartbeatTimeoutMillis: { type: "int64", optional: true, wire: "heartbeatTimeoutMills" },
    electionPriority: { type: "int32", optional: true },
  },
  reply: {},
});

/** The nameserver tells brokers of one name who has the smallest id now; nobody answers. */
export const notifyMinBrokerId = defineRequest({
  code: 905,
  name: "NOTIFY_MIN_BROKER_ID_CHANGE",
  request: {
    minBrokerId: { type: "int64", optional: true },
    brokerName: { type: "string", optional: true },
    minBrokerAddress: { type: "string", optional: true, wire: "minBrokerAddr" },
    offlineBrokerAddress: { type: "string", optional: true, wire: "offlineBrokerAddr" },
    haBrokerAddress: { type: "string", optional: true, wire: "haBrokerAddr" },
  },
  reply: {},
});
