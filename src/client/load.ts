/** Measuring a cluster: the loads of `mq bench`, for applications as well. */
import type { Environment } from "../io/environment.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import type { PullConsumer } from "./pull-consumer.ts";
import { type PullLoadOptions, type PullLoadReport, runPullLoad } from "./pull-load.ts";
import type { RouteCache } from "./route-cache.ts";
import { runSendLoad, type SendLoadOptions, type SendLoadReport } from "./send-load.ts";

export interface ProduceLoad
  extends Omit<SendLoadOptions, "targets" | "producerGroup" | "timeoutMs"> {
  readonly topics: readonly string[];
}

export interface ConsumeLoad extends Omit<PullLoadOptions, "targets"> {
  readonly topic: string;
  readonly from: "start" | "end";
}

export interface LoadParts {
  readonly environment: Environment;
  readonly pool: ConnectionPool;
  readonly routes: RouteCache;
  readonly pull: PullConsumer;
  readonly producerGroup: string;
  readonly timeoutMs: number;
}

export class Load {
  readonly #parts: LoadParts;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  /** Sends to all queues of all topics in turn. Throws ClientError. */
  async produce(options: ProduceLoad): Promise<SendLoadReport> {
    const { environment, routes, producerGroup, timeoutMs } = this.#parts;
    const { topics, ...load } = options;
    const targets = [];
    for (const topic of topics) {
      for (const queue of await routes.writeQueues(topic)) {
        targets.push({ queue, address: await routes.brokerAddress(topic, queue.brokerName) });
      }
    }
    return await runSendLoad(environment, { ...load, targets, producerGroup, timeoutMs });
  }

  /** Reads all queues of the topic side by side. Throws ClientError. */
  async consume(options: ConsumeLoad): Promise<PullLoadReport> {
    const { environment, pool, routes, pull } = this.#parts;
    const { topic, from, ...load } = options;
    const targets = [];
    for (const queue of await routes.readQueues(topic)) {
      const offset = await (from === "start" ? pull.minOffset(queue) : pull.maxOffset(queue));
      const address = await routes.brokerAddress(topic, queue.brokerName);
      targets.push({ queue, address, offset });
    }
    return await runPullLoad(environment, pool, { ...load, targets });
  }
}
