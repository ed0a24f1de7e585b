/** Static topics, as RocketMQ's brokers keep them: each broker has a mapping of the queues that it leads or led. */
import {
  decodeStaticTopic,
  encodeStaticTopicMapping,
  type StaticTopic,
  type StaticTopicMapping,
} from "../../protocol/remoting/bodies/static-topic.ts";
import type { TopicConfig } from "../../protocol/remoting/bodies/topic-table.ts";
import { getTopicConfig, updateStaticTopic } from "../../protocol/remoting/requests/topic.ts";
import { responseCode } from "../../protocol/remoting/response-code.ts";
import { type ConnectionPool, mustSucceed } from "../connection-pool.ts";

export class StaticTopicAdmin {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /** A topic with its mapping on one broker; undefined when the broker does not have it. */
  async topic(address: string, topic: string): Promise<StaticTopic | undefined> {
    const reply = await this.#pool.invoke(address, {
      code: getTopicConfig.code,
      fields: getTopicConfig.encode({ topic, lo: true }),
    });
    if (reply.code === responseCode.topicNotExist) {
      return undefined;
    }
    mustSucceed(address, reply);
    return decodeStaticTopic(reply.source, reply.bodyStart, reply.bodyEnd);
  }

  /**
   * Creates or changes a static topic on one broker; `isForced`: also where its mapping is newer. A broker that knows no
   * such topics refuses with code 3.
   */
  async update(
    address: string,
    { config, mapping }: { readonly config: TopicConfig; readonly mapping: StaticTopicMapping },
    { isForced }: { readonly isForced: boolean },
  ): Promise<void> {
    const { topic, readQueueCount, writeQueueCount, perm, order, topicSysFlag } = config;
    await this.#pool.ask(address, {
      code: updateStaticTopic.code,
      fields: updateStaticTopic.encode({
        ...{ topic, readQueueCount, writeQueueCount, perm, order, topicSysFlag },
        defaultTopic: "TBW102",
        topicFilterType: config.filterType,
        force: isForced,
      }),
      body: encodeStaticTopicMapping(mapping),
    });
  }
}
