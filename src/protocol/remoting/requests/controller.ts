/** What operators ask RocketMQ's controllers, which choose the leaders of brokers, and brokers that follow one. */
import { defineRequest } from "../define.ts";

/** Only the leader of the controllers answers. Without `designateElect` the broker is a wish, not an order. */
export const electMaster = defineRequest({
  code: 1002,
  name: "CONTROLLER_ELECT_MASTER",
  request: {
    clusterName: { type: "string" },
    brokerName: { type: "string" },
    brokerId: { type: "int64" },
    designateElect: { type: "boolean" },
    invokeTime: { type: "int64" },
  },
  reply: {
    masterAddress: { type: "string", optional: true },
    masterEpoch: { type: "int32", optional: true },
    syncStateSetEpoch: { type: "int32", optional: true },
  },
});

/** Every controller answers; `peers` are separated by semicolons. */
export const getControllerMetadata = defineRequest({
  code: 1005,
  name: "CONTROLLER_GET_METADATA_INFO",
  request: {},
  reply: {
    group: { type: "string", optional: true },
    controllerLeaderId: { type: "string", optional: true },
    controllerLeaderAddress: { type: "string", optional: true },
    peers: { type: "string", optional: true },
  },
});

/** The body is a list of broker names, the reply's body is bodies/sync-state.ts. Only the leader answers. */
export const getSyncState = defineRequest({
  code: 1006,
  name: "CONTROLLER_GET_SYNC_STATE_DATA",
  request: {},
  reply: {},
});

/** Asked of a broker; the reply's body is bodies/epochs.ts. */
export const getBrokerEpochs = defineRequest({
  code: 1007,
  name: "GET_BROKER_EPOCH_CACHE",
  request: {},
  reply: {},
});

/** The body is a text of properties. */
export const updateControllerConfig = defineRequest({
  code: 1009,
  name: "UPDATE_CONTROLLER_CONFIG",
  request: {},
  reply: {},
});

/** The reply's body is a text of properties. */
export const getControllerConfig = defineRequest({
  code: 1010,
  name: "GET_CONTROLLER_CONFIG",
  request: {},
  reply: {},
});

/** Ids are separated by semicolons; without them all replicas of the name are meant. Only the leader answers. */
export const cleanBrokerData = defineRequest({
  code: 1011,
  name: "CLEAN_BROKER_DATA",
  request: {
    clusterName: { type: "string", optional: true },
    brokerName: { type: "string" },
    brokerControllerIdsToClean: { type: "string", optional: true },
    isCleanLivingBroker: { type: "boolean" },
    invokeTime: { type: "int64" },
  },
  reply: {},
});
