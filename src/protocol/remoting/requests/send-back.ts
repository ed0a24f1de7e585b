/** A consumer gives a message back that it could not handle (remoting 4.2). */
import { defineRequest } from "../define.ts";

export const sendMessageBack = defineRequest({
  code: 36,
  name: "CONSUMER_SEND_MSG_BACK",
  request: {
    /** Of the message in the commit log. */
    offset: { type: "int64" },
    group: { type: "string" },
    delayLevel: { type: "int32" },
    originMsgId: { type: "string", optional: true },
    originTopic: { type: "string", optional: true },
    unitMode: { type: "boolean", optional: true },
    maxReconsumeTimes: { type: "int32", optional: true },
  },
  reply: {},
});
