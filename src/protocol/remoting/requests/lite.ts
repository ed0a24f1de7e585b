/**
 * Lite topics of RocketMQ 5.5: many small ones below one parent, each made by its first message. Bodies of replies are
 * bodies/lite.ts. Codes are wider than the binary header: these requests go with the header in JSON.
 */
import { defineRequest } from "../define.ts";

export const getBrokerLiteInfo = defineRequest({
  code: 200074,
  name: "GET_BROKER_LITE_INFO",
  request: {},
  reply: {},
});

export const getParentTopicInfo = defineRequest({
  code: 200075,
  name: "GET_PARENT_TOPIC_INFO",
  request: { topic: { type: "string" } },
  reply: {},
});

export const getLiteTopicInfo = defineRequest({
  code: 200076,
  name: "GET_LITE_TOPIC_INFO",
  request: { parentTopic: { type: "string" }, liteTopic: { type: "string" } },
  reply: {},
});

/** Of the client's lite topics at most `maxCount` are named. */
export const getLiteClientInfo = defineRequest({
  code: 200077,
  name: "GET_LITE_CLIENT_INFO",
  request: {
    parentTopic: { type: "string" },
    group: { type: "string" },
    clientId: { type: "string" },
    maxCount: { type: "int32" },
  },
  reply: {},
});

/** Without a lite topic: the `topK` that are furthest behind. */
export const getLiteGroupInfo = defineRequest({
  code: 200078,
  name: "GET_LITE_GROUP_INFO",
  request: {
    group: { type: "string" },
    liteTopic: { type: "string", optional: true },
    topK: { type: "int32" },
  },
  reply: {},
});

export const triggerLiteDispatch = defineRequest({
  code: 200079,
  name: "TRIGGER_LITE_DISPATCH",
  request: { group: { type: "string" }, clientId: { type: "string", optional: true } },
  reply: {},
});
