/** What brokers and nameservers say to each other, and what a broker says of itself (remoting 6.3, 7.4). */
import { defineRequest } from "../define.ts";

/** The reply's body is a table of texts (bodies/text-table.ts). */
export const getBrokerRuntimeInfo = defineRequest({
  code: 28,
  name: "GET_BROKER_RUNTIME_INFO",
  request: {},
  reply: {},
});

/** The body is a registration (bodies/registration.ts). */
export const registerBroker = defineRequest({
  code: 103,
  name: "REGISTER_BROKER",
  request: {
    brokerName: { type: "string" },
    brokerAddress: { type: "string", wire: "brokerAddr" },
    clusterName: { type: "string" },
    haServerAddress: { type: "string", optional: true, wire: "haServerAddr" },
    brokerId: { type: "int64" },
    heartbeatTimeoutMillis: { type: "int64", optional: true },
    enableActingMaster: { type: "boolean", optional: true },
    compressed: { type: "boolean", optional: true },
    bodyCrc32: { type: "int32", optional: true },
    /**
     * Ours, which RocketMQ's nameservers pass over: the body names all topics of the broker, and what it does not
     * name is gone. RocketMQ's registrations do not tell changes from all.
     */
    isAllTopics: { type: "boolean", optional: true, wire: "mqAllTopics" },
  },
  reply: {
    haServerAddress: { type: "string", optional: true, wire: "haServerAddr" },
    leaderAddress: { type: "string", optional: true, wire: "masterAddr" },
  },
});

export const unregisterBroker = defineRequest({
  code: 104,
  name: "UNREGISTER_BROKER",
  request: {
    brokerName: { type: "string" },
    brokerAddress: { type: "string", wire: "brokerAddr" },
    clusterName: { type: "string" },
    brokerId: { type: "int64" },
  },
  reply: {},
});

/** Body and reply body are a data version (bodies/data-version.ts). */
export const queryDataVersion = defineRequest({
  code: 322,
  name: "QUERY_DATA_VERSION",
  request: {
    brokerName: { type: "string" },
    brokerAddress: { type: "string", wire: "brokerAddr" },
    clusterName: { type: "string" },
    brokerId: { type: "int64" },
  },
  reply: { changed: { type: "boolean" } },
});
