/** The public API: what applications and the command line use to talk to a cluster, `mq` or RocketMQ. */
import type { Environment } from "../io/environment.ts";
import { Admin } from "./admin.ts";
import type { RoundTripListener } from "./connection.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { Producer } from "./producer.ts";
import { PullConsumer } from "./pull-consumer.ts";
import { RouteCache } from "./route-cache.ts";

export type { Admin, BrokerAddress, QueueProgressRow, QueueStatsRow } from "./admin.ts";
export { parseAddress } from "./connection-pool.ts";
export { ClientError, type ClientErrorKind } from "./errors.ts";
export type { Message, MessageQueue, ReceivedMessage } from "./message.ts";
export type { Producer, SendOptions, SendResult } from "./producer.ts";
export type { PullConsumer, PullOptions, PullResult } from "./pull-consumer.ts";

export interface ClientOptions {
  /** `host:port` each; the first that answers is used. */
  readonly nameservers: readonly string[];
  /** For a connection and for each answer; 3 s as RocketMQ's clients. */
  readonly timeoutMs?: number | undefined;
  readonly producerGroup?: string | undefined;
  /** Told of each round trip. */
  readonly onRoundTrip?: RoundTripListener | undefined;
}

export interface Client {
  readonly producer: Producer;
  readonly pull: PullConsumer;
  readonly admin: Admin;
  close(): Promise<void>;
}

const timeoutMsDefault = 3_000;

/** Makes a client; nothing is connected before it is used. */
export function createClient(environment: Environment, options: ClientOptions): Client {
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  const pool = new ConnectionPool({ environment, timeoutMs, onRoundTrip: options.onRoundTrip });
  const routes = new RouteCache(pool, environment.clock, options.nameservers);
  return {
    producer: new Producer({
      environment,
      pool,
      routes,
      group: options.producerGroup ?? "mq-client",
      timeoutMs,
    }),
    pull: new PullConsumer(pool, routes, timeoutMs),
    admin: new Admin(pool, routes),
    close: () => pool.close(),
  };
}
