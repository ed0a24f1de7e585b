/** The public API: what applications and the command line use to talk to a cluster, `mq` or RocketMQ. */
import type { Environment } from "../io/environment.ts";
import { type Admin, createAdmin } from "./admin/admin.ts";
import type { RoundTripListener, ServerRequestHandler } from "./connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { Load } from "./load.ts";
import { MessageFinder } from "./message-finder.ts";
import { Producer } from "./producer.ts";
import { PullConsumer } from "./pull-consumer.ts";
import { RouteCache } from "./route-cache.ts";

export type { Acl } from "../protocol/remoting/bodies/acl.ts";
export type { ColdDataFlow } from "../protocol/remoting/bodies/cold-data-flow.ts";
export type {
  ConsumerRunningInfo,
  PulledQueue,
} from "../protocol/remoting/bodies/consumer-running-info.ts";
export type { DataVersion } from "../protocol/remoting/bodies/data-version.ts";
export type { GroupConfig, GroupTable } from "../protocol/remoting/bodies/group-table.ts";
export type { LiteLag } from "../protocol/remoting/bodies/lite.ts";
export {
  decodeStaticTopicMapping,
  decodeStaticTopicPlan,
  encodeStaticTopicPlan,
  type StaticQueuePart,
  type StaticTopic,
  type StaticTopicMapping,
  type StaticTopicPlan,
} from "../protocol/remoting/bodies/static-topic.ts";
export type { TopicRoute } from "../protocol/remoting/bodies/topic-route.ts";
export type { TopicConfig, TopicTable } from "../protocol/remoting/bodies/topic-table.ts";
export type { User } from "../protocol/remoting/bodies/user.ts";
export { delayLevelsByDefault } from "../record/delay-levels.ts";
export type { Admin } from "./admin/admin.ts";
export type { BrokerAddress } from "./admin/broker-address.ts";
export type { Upkeep } from "./admin/broker-admin.ts";
export type { BrokerChoice } from "./admin/cluster-admin.ts";
export { readGroupConfigs, readTopicConfigs } from "./admin/config-text.ts";
export { type BrokerFailure, type Gathered, gather } from "./admin/gather.ts";
export { groupDefaults } from "./admin/group-admin.ts";
export type { GroupMember, GroupPresence, GroupSubscription } from "./admin/group-presence.ts";
export { orderNamespace } from "./admin/nameserver-admin.ts";
export { byQueue, type QueueProgressRow, type QueueStatsRow } from "./admin/queue-rows.ts";
export type { RocksdbConfig, TimerEngine } from "./admin/store-admin.ts";
export type { TopicSettings } from "./admin/topic-admin.ts";
export { parseAddress } from "./connection-pool.ts";
export { compressionOf, unpackedSysFlag } from "./decode-messages.ts";
export { ClientError, type ClientErrorKind } from "./errors.ts";
export { Latencies } from "./latencies.ts";
export type { ConsumeLoad, Load, ProduceLoad } from "./load.ts";
export type { Message, MessageQueue, ReceivedMessage } from "./message.ts";
export type { KeyQuery, MessageFinder } from "./message-finder.ts";
export { decodeMessageId, type MessageIdParts } from "./message-ids.ts";
export type { Producer, SendOptions, SendResult } from "./producer.ts";
export type { PullConsumer, PullOptions, PullResult } from "./pull-consumer.ts";
export type { PullLoadReport } from "./pull-load.ts";
export type { SendLoadReport } from "./send-load.ts";

export interface ClientOptions {
  /** `host:port` each; the first that answers is used. */
  readonly nameservers: readonly string[];
  /** For a connection and for each answer; 3 s as RocketMQ's clients. */
  readonly timeoutMs?: number | undefined;
  /** How often more a connection is tried that cannot be made; 0 unless told. Each try waits twice as long. */
  readonly connectRetries?: number | undefined;
  /** Resolves after so many ms; needed for retries. */
  readonly wait?: ((ms: number) => Promise<void>) | undefined;
  readonly producerGroup?: string | undefined;
  /** Told of each round trip. */
  readonly onRoundTrip?: RoundTripListener | undefined;
  /** Answers what brokers ask; without one, or where it says nothing, the answer is 3 (not supported). */
  readonly onServerRequest?: ServerRequestHandler | undefined;
}

export interface Client {
  readonly producer: Producer;
  readonly pull: PullConsumer;
  readonly admin: Admin;
  readonly load: Load;
  readonly messages: MessageFinder;
  close(): Promise<void>;
}

/** As RocketMQ's clients. */
export const timeoutMsDefault = 3_000;

/** Makes a client; nothing is connected before it is used. */
export function createClient(environment: Environment, options: ClientOptions): Client {
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  const pool = new ConnectionPool({
    environment,
    timeoutMs,
    onRoundTrip: options.onRoundTrip,
    connectRetries: options.connectRetries,
    wait: options.wait,
  });
  if (options.onServerRequest !== undefined) {
    pool.onServerRequest(options.onServerRequest);
  }
  const routes = new RouteCache(pool, environment.clock, options.nameservers);
  const producerGroup = options.producerGroup ?? "mq-client";
  const pull = new PullConsumer(pool, routes, timeoutMs);
  return {
    producer: new Producer({ environment, pool, routes, group: producerGroup, timeoutMs }),
    pull,
    admin: createAdmin(pool, routes, environment.clock),
    load: new Load({ environment, pool, routes, pull, producerGroup, timeoutMs }),
    messages: new MessageFinder(pool, routes),
    close: () => pool.close(),
  };
}
