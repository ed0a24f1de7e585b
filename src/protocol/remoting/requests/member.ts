/** Clients and the groups they are members of (remoting 4.8). */
import { defineRequest } from "../define.ts";

/** The body is a heartbeat (bodies/heartbeat.ts). */
export const heartBeat = defineRequest({
  code: 34,
  name: "HEART_BEAT",
  request: {},
  reply: {
    /** Heartbeats without subscriptions are understood; never said, so that clients always send whole ones. */
    supportsHeartbeatV2: { type: "boolean", optional: true, wire: "IS_SUPPORT_HEART_BEAT_V2" },
    hasSubscriptionChanged: { type: "boolean", optional: true, wire: "IS_SUB_CHANGE" },
  },
});

export const unregisterClient = defineRequest({
  code: 35,
  name: "UNREGISTER_CLIENT",
  request: {
    clientId: { type: "string", wire: "clientID" },
    producerGroup: { type: "string", optional: true },
    consumerGroup: { type: "string", optional: true },
  },
  reply: {},
});

/** The reply's body is a list (bodies/consumer-list.ts); a group without members is answered with code 1. */
export const getConsumerList = defineRequest({
  code: 38,
  name: "GET_CONSUMER_LIST_BY_GROUP",
  request: { consumerGroup: { type: "string" } },
  reply: {},
});

/** Broker to client, one-way: the group's members changed, share the queues anew. */
export const notifyConsumerIdsChanged = defineRequest({
  code: 40,
  name: "NOTIFY_CONSUMER_IDS_CHANGED",
  request: { consumerGroup: { type: "string" } },
  reply: {},
});
