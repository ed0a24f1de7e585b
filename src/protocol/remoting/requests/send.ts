/**
 * Sending (remoting 4.1): code 10 spells its fields out, 310 and 320 use letters. Whether the body is a batch is
 * said by the field `batch`, not by the code. `send-fast.ts` reads the same headers without making strings.
 */
import { defineRequest } from "../define.ts";

const reply = {
  msgId: { type: "string" },
  queueId: { type: "int32" },
  queueOffset: { type: "int64" },
  transactionId: { type: "string", optional: true },
  batchUniqId: { type: "string", optional: true },
  regionId: { type: "string", optional: true, wire: "MSG_REGION" },
  traceOn: { type: "boolean", optional: true, wire: "TRACE_ON" },
} as const;

export const sendMessage = defineRequest({
  code: 10,
  name: "SEND_MESSAGE",
  request: {
    producerGroup: { type: "string", absent: "" },
    topic: { type: "string" },
    defaultTopic: { type: "string" },
    defaultTopicQueueNums: { type: "int32" },
    queueId: { type: "int32" },
    sysFlag: { type: "int32" },
    bornTimestamp: { type: "text64" },
    flag: { type: "int32" },
    properties: { type: "string", optional: true },
    reconsumeTimes: { type: "int32", optional: true },
    unitMode: { type: "boolean", optional: true },
    maxReconsumeTimes: { type: "int32", optional: true },
    batch: { type: "boolean", optional: true },
    brokerName: { type: "string", optional: true, wire: "bname" },
  },
  reply,
});

const letters = {
  producerGroup: { type: "string", absent: "", wire: "a" },
  topic: { type: "string", wire: "b" },
  defaultTopic: { type: "string", wire: "c" },
  defaultTopicQueueNums: { type: "int32", wire: "d" },
  queueId: { type: "int32", wire: "e" },
  sysFlag: { type: "int32", wire: "f" },
  bornTimestamp: { type: "text64", wire: "g" },
  flag: { type: "int32", wire: "h" },
  properties: { type: "string", optional: true, wire: "i" },
  reconsumeTimes: { type: "int32", optional: true, wire: "j" },
  unitMode: { type: "boolean", optional: true, wire: "k" },
  maxReconsumeTimes: { type: "int32", optional: true, wire: "l" },
  batch: { type: "boolean", optional: true, wire: "m" },
  brokerName: { type: "string", optional: true, wire: "n" },
} as const;

export const sendMessageV2 = defineRequest({
  code: 310,
  name: "SEND_MESSAGE_V2",
  request: letters,
  reply,
});

export const sendBatchMessage = defineRequest({
  code: 320,
  name: "SEND_BATCH_MESSAGE",
  request: letters,
  reply,
});
