/** What operators ask a broker container: a process of RocketMQ with several brokers in it. */
import { defineRequest } from "../define.ts";

/** The path is one on the container's machine. */
export const addBroker = defineRequest({
  code: 902,
  name: "ADD_BROKER",
  request: { configPath: { type: "string" } },
  reply: {},
});

export const removeBroker = defineRequest({
  code: 903,
  name: "REMOVE_BROKER",
  request: {
    brokerClusterName: { type: "string" },
    brokerName: { type: "string" },
    brokerId: { type: "int64" },
  },
  reply: {},
});
