/** The frames of test/fixtures/wire, and the codecs of each body by request code. */
import { readFileSync } from "node:fs";
import * as brokerConsumeStats from "../../../src/protocol/remoting/bodies/broker-consume-stats.ts";
import * as brokerStats from "../../../src/protocol/remoting/bodies/broker-stats.ts";
import * as clientConfig from "../../../src/protocol/remoting/bodies/client-config.ts";
import * as cluster from "../../../src/protocol/remoting/bodies/cluster.ts";
import * as consumeStats from "../../../src/protocol/remoting/bodies/consume-stats.ts";
import * as consumerConnection from "../../../src/protocol/remoting/bodies/consumer-connection.ts";
import * as consumerList from "../../../src/protocol/remoting/bodies/consumer-list.ts";
import * as groupTable from "../../../src/protocol/remoting/bodies/group-table.ts";
import * as haStatus from "../../../src/protocol/remoting/bodies/ha-status.ts";
import * as heartbeat from "../../../src/protocol/remoting/bodies/heartbeat.ts";
import * as nameList from "../../../src/protocol/remoting/bodies/name-list.ts";
import * as offsetTable from "../../../src/protocol/remoting/bodies/offset-table.ts";
import * as producerTable from "../../../src/protocol/remoting/bodies/producer-table.ts";
import * as queueEntries from "../../../src/protocol/remoting/bodies/queue-entries.ts";
import * as queueLock from "../../../src/protocol/remoting/bodies/queue-lock.ts";
import * as registration from "../../../src/protocol/remoting/bodies/registration.ts";
import * as resetOffset from "../../../src/protocol/remoting/bodies/reset-offset.ts";
import * as textTable from "../../../src/protocol/remoting/bodies/text-table.ts";
import * as topicRoute from "../../../src/protocol/remoting/bodies/topic-route.ts";
import * as topicStats from "../../../src/protocol/remoting/bodies/topic-stats.ts";
import * as topicTable from "../../../src/protocol/remoting/bodies/topic-table.ts";

export interface CapturedFrame {
  readonly from: string;
  readonly kind: "request" | "oneway" | "response";
  readonly requestCode: number;
  readonly code: number;
  readonly opaque: number;
  readonly flag: number;
  readonly language: string;
  readonly version: number;
  readonly serialize: "JSON" | "ROCKETMQ";
  readonly remark: string | null;
  readonly extFields: Readonly<Record<string, string>> | null;
  /** The whole frame in hexadecimal. */
  readonly frame: string;
}

const folder = new URL("../../fixtures/wire/", import.meta.url);

export const capturedFrames: readonly CapturedFrame[] = readFileSync(
  new URL("frames.jsonl", folder),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

export interface BodyCodec {
  readonly kind: "request" | "response";
  readonly code: number;
  /** Decodes the body and encodes what came of it. */
  recode(source: Buffer, start: number, end: number): Buffer;
}

function codec<V>(
  kind: "request" | "response",
  code: number,
  decode: (source: Buffer, start: number, end: number) => V,
  encode: (value: V) => Buffer,
): BodyCodec {
  return { kind, code, recode: (source, start, end) => encode(decode(source, start, end)) };
}

export const bodyCodecs: readonly BodyCodec[] = [
  codec("request", 18, topicTable.decodeTopicConfigList, topicTable.encodeTopicConfigList),
  codec("response", 21, topicTable.decodeTopicTable, topicTable.encodeTopicTable),
  codec("response", 28, textTable.decodeTextTable, textTable.encodeTextTable),
  codec("request", 34, heartbeat.decodeHeartbeat, heartbeat.encodeHeartbeat),
  codec("response", 38, consumerList.decodeConsumerList, consumerList.encodeConsumerList),
  codec("request", 41, queueLock.decodeQueueLockRequest, queueLock.encodeQueueLockRequest),
  codec("response", 41, queueLock.decodeLockedQueues, queueLock.encodeLockedQueues),
  codec("request", 42, queueLock.decodeQueueLockRequest, queueLock.encodeQueueLockRequest),
  codec("response", 43, offsetTable.decodeConsumerOffsets, offsetTable.encodeConsumerOffsets),
  codec("response", 45, offsetTable.decodeDelayOffsets, offsetTable.encodeDelayOffsets),
  codec("request", 46, clientConfig.decodeClientConfig, clientConfig.encodeClientConfig),
  codec("request", 103, registration.decodeRegistration, registration.encodeRegistration),
  codec("response", 105, topicRoute.decodeTopicRoute, (route) =>
    topicRoute.encodeTopicRoute(route, { isStandardJson: true }),
  ),
  codec("response", 106, cluster.decodeCluster, cluster.encodeCluster),
  codec("request", 200, groupTable.decodeGroupConfig, groupTable.encodeGroupConfig),
  codec("response", 201, groupTable.decodeGroupTable, groupTable.encodeGroupTable),
  codec("response", 202, topicStats.decodeTopicStats, topicStats.encodeTopicStats),
  codec(
    "response",
    203,
    consumerConnection.decodeConsumerConnection,
    consumerConnection.encodeConsumerConnection,
  ),
  codec(
    "response",
    204,
    producerTable.decodeProducerConnection,
    producerTable.encodeProducerConnection,
  ),
  codec("response", 206, nameList.decodeTopicList, nameList.encodeTopicList),
  codec("response", 208, consumeStats.decodeConsumeStats, consumeStats.encodeConsumeStats),
  codec("response", 222, resetOffset.decodeResetOffsets, resetOffset.encodeResetOffsets),
  codec("request", 225, groupTable.decodeGroupConfigList, groupTable.encodeGroupConfigList),
  codec("response", 300, nameList.decodeGroupList, nameList.encodeGroupList),
  codec("response", 305, nameList.decodeTopicList, nameList.encodeTopicList),
  codec("response", 315, brokerStats.decodeBrokerStats, brokerStats.encodeBrokerStats),
  codec(
    "response",
    317,
    brokerConsumeStats.decodeBrokerConsumeStats,
    brokerConsumeStats.encodeBrokerConsumeStats,
  ),
  codec("response", 321, queueEntries.decodeQueueEntries, queueEntries.encodeQueueEntries),
  codec("response", 328, producerTable.decodeProducerTable, producerTable.encodeProducerTable),
  codec("response", 351, topicTable.decodeTopicConfig, topicTable.encodeTopicConfig),
  codec("response", 907, haStatus.decodeHaStatus, haStatus.encodeHaStatus),
];
