/** Pulling (remoting 4.5). The reply's four offsets are there with every code that a pull can earn. */
import { defineRequest } from "../define.ts";

/** Bits of a pull's `sysFlag`. */
export const pullFlag = {
  /** Commit `commitOffset` with the pull. */
  commitOffset: 1,
  /** The request may be held while there is nothing new. */
  suspend: 2,
  /** `subscription` counts, not what the group's heartbeat said. */
  subscription: 4,
  /** The broker filters nothing. */
  classFilter: 8,
  litePull: 16,
} as const;

const request = {
  consumerGroup: { type: "string" },
  topic: { type: "string" },
  queueId: { type: "int32" },
  queueOffset: { type: "int64" },
  maxMsgNums: { type: "int32" },
  sysFlag: { type: "int32" },
  commitOffset: { type: "int64" },
  suspendTimeoutMillis: { type: "int64" },
  subscription: { type: "string", optional: true },
  subVersion: { type: "text64" },
  expressionType: { type: "string", optional: true },
  maxMsgBytes: { type: "int32", optional: true },
  brokerName: { type: "string", optional: true, wire: "bname" },
} as const;

const reply = {
  suggestWhichBrokerId: { type: "int64" },
  nextBeginOffset: { type: "int64" },
  minOffset: { type: "int64" },
  maxOffset: { type: "int64" },
  offsetDelta: { type: "int64", optional: true },
  topicSysFlag: { type: "int32", optional: true },
  groupSysFlag: { type: "int32", optional: true },
  forbiddenType: { type: "int32", optional: true },
} as const;

export const pullMessage = defineRequest({ code: 11, name: "PULL_MESSAGE", request, reply });

export const litePullMessage = defineRequest({
  code: 361,
  name: "LITE_PULL_MESSAGE",
  request,
  reply,
});
