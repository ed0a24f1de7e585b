/** Looking into connected consumers: what an operator asks, and what the broker asks of them for it (remoting 5, 7.3). */
import { defineRequest } from "../define.ts";

/** Broker to consumer; the reply's body is where it stands in each queue (bodies/consumer-status.ts). */
export const getStatusFromClient = defineRequest({
  code: 221,
  name: "GET_CONSUMER_STATUS_FROM_CLIENT",
  request: {
    topic: { type: "string" },
    group: { type: "string" },
    clientId: { type: "string", optional: true, wire: "clientAddr" },
  },
  reply: {},
});

/** The reply's body is what each member answered to 221 (bodies/consumer-status.ts). */
export const getConsumerStatus = defineRequest({
  code: 223,
  name: "INVOKE_BROKER_TO_GET_CONSUMER_STATUS",
  request: {
    topic: { type: "string" },
    group: { type: "string" },
    /** One member; blank or absent: all. */
    clientId: { type: "string", optional: true, wire: "clientAddr" },
  },
  reply: {},
});

/** Relayed to the consumer as it is; so is its answer, whose body each language writes a little differently. */
export const getConsumerRunningInfo = defineRequest({
  code: 307,
  name: "GET_CONSUMER_RUNNING_INFO",
  request: {
    consumerGroup: { type: "string" },
    clientId: { type: "string" },
    jstackEnable: { type: "boolean", optional: true },
  },
  reply: {},
});

/** Relayed to the consumer with the record as body; so is its answer. */
export const consumeMessageDirectly = defineRequest({
  code: 309,
  name: "CONSUME_MESSAGE_DIRECTLY",
  request: {
    consumerGroup: { type: "string" },
    clientId: { type: "string", optional: true },
    /** The record's address, in hexadecimal (record/message-id.ts). */
    messageId: { type: "string", optional: true, wire: "msgId" },
    brokerName: { type: "string", optional: true },
    topic: { type: "string", optional: true },
    topicSysFlag: { type: "int32", optional: true },
    groupSysFlag: { type: "int32", optional: true },
  },
  reply: {},
});
