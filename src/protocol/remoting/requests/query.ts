/** Looking for messages: by key, by where they lie, and how old the oldest is (remoting 4.6, 4.7). */
import { defineRequest } from "../define.ts";

export const getEarliestStoreTime = defineRequest({
  code: 32,
  name: "GET_EARLIEST_MSG_STORETIME",
  request: {
    topic: { type: "string" },
    queueId: { type: "int32" },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  /** Milliseconds; −1 for a queue without messages. */
  reply: { timestamp: { type: "int64" } },
});

/** The reply's body is records back to back, newest first. */
export const queryMessage = defineRequest({
  code: 12,
  name: "QUERY_MESSAGE",
  request: {
    topic: { type: "string" },
    key: { type: "string" },
    maxNum: { type: "int32" },
    /** Store times in milliseconds, both included. */
    beginTimestamp: { type: "int64" },
    endTimestamp: { type: "int64" },
    /** The key is a message's unique key, not one of its KEYS. */
    isUniqueKey: { type: "boolean", optional: true, wire: "_UNIQUE_KEY_QUERY" },
    /** K for KEYS, U for the unique key; RocketMQ 5.4 and later also know T, the tag. */
    indexType: { type: "string", optional: true },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  /** How far the index has come. */
  reply: {
    indexLastUpdateTimestamp: { type: "int64" },
    indexLastUpdatePhyoffset: { type: "int64" },
  },
});

/** The reply's body is the one record that begins at the offset of the log. */
export const viewMessageById = defineRequest({
  code: 33,
  name: "VIEW_MESSAGE_BY_ID",
  request: {
    /** Clients before 5 leave it out. */
    topic: { type: "string", optional: true },
    offset: { type: "int64" },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply: {},
});
