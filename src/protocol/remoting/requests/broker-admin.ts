/** A broker's settings, statistics and upkeep, as an operator asks for them (remoting 7.4, 4.8). */
import { defineRequest } from "../define.ts";

/** The body is `name=value` lines (properties-text.ts). */
export const updateBrokerConfig = defineRequest({
  code: 25,
  name: "UPDATE_BROKER_CONFIG",
  request: {},
  reply: {},
});

/** The reply's body is `name=value` lines (properties-text.ts). */
export const getBrokerConfig = defineRequest({
  code: 26,
  name: "GET_BROKER_CONFIG",
  request: {},
  reply: {
    /** A data version as JSON text. */
    version: { type: "string", optional: true },
  },
});

/** The body is bodies/client-config.ts: may a consumer filter like this? */
export const checkClientConfig = defineRequest({
  code: 46,
  name: "CHECK_CLIENT_CONFIG",
  request: {},
  reply: {},
});

/** Removes files of consume queues that only speak of messages that are gone. */
export const cleanExpiredConsumeQueues = defineRequest({
  code: 306,
  name: "CLEAN_EXPIRED_CONSUMEQUEUE",
  request: {},
  reply: {},
});

/** The reply's body is bodies/broker-stats.ts; statistics that are not there are answered with 1. */
export const viewBrokerStats = defineRequest({
  code: 315,
  name: "VIEW_BROKER_STATS_DATA",
  request: { statsName: { type: "string" }, statsKey: { type: "string" } },
  reply: {},
});

/** The reply's body is entries of a queue (bodies/queue-entries.ts); a queue that is not there is answered with 1. */
export const queryConsumeQueue = defineRequest({
  code: 321,
  name: "QUERY_CONSUME_QUEUE",
  request: {
    topic: { type: "string" },
    queueId: { type: "int32" },
    /** First queue offset wanted. */
    index: { type: "int64" },
    count: { type: "int32" },
    consumerGroup: { type: "string", optional: true },
  },
  reply: {},
});

/** Removes segments that retention allows to go, now. */
export const deleteExpiredCommitLog = defineRequest({
  code: 329,
  name: "DELETE_EXPIRED_COMMITLOG",
  request: {},
  reply: {},
});

/** The reply's body is bodies/ha-status.ts. */
export const getHaStatus = defineRequest({
  code: 907,
  name: "GET_BROKER_HA_STATUS",
  request: {},
  reply: {},
});
