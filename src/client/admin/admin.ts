/** What an operator asks of a cluster, noun by noun, over the same public requests that RocketMQ's own tools use. */
import type { Clock } from "../../io/clock.ts";
import type { ConnectionPool } from "../connection-pool.ts";
import type { RouteCache } from "../route-cache.ts";
import { AuthAdmin } from "./auth-admin.ts";
import { BrokerAdmin } from "./broker-admin.ts";
import { ClusterAdmin } from "./cluster-admin.ts";
import { ContainerAdmin } from "./container-admin.ts";
import { ControllerAdmin } from "./controller-admin.ts";
import { GroupAdmin } from "./group-admin.ts";
import { LiteAdmin } from "./lite-admin.ts";
import { NameserverAdmin } from "./nameserver-admin.ts";
import { StaticTopicAdmin } from "./static-topic-admin.ts";
import { StoreAdmin } from "./store-admin.ts";
import { TopicAdmin } from "./topic-admin.ts";

/**
 * Methods that take an address ask that one broker; who asks several brokers does so with `gather`, which tells
 * what each of them said and which of them could not be asked.
 */
export interface Admin {
  readonly brokers: BrokerAdmin;
  readonly cluster: ClusterAdmin;
  readonly topics: TopicAdmin;
  readonly groups: GroupAdmin;
  readonly nameservers: NameserverAdmin;
  readonly stores: StoreAdmin;
  readonly staticTopics: StaticTopicAdmin;
  readonly auth: AuthAdmin;
  readonly controllers: ControllerAdmin;
  readonly containers: ContainerAdmin;
  readonly lite: LiteAdmin;
}

export function createAdmin(pool: ConnectionPool, routes: RouteCache, clock: Clock): Admin {
  const cluster = new ClusterAdmin(pool, routes);
  return {
    brokers: new BrokerAdmin(pool),
    cluster,
    topics: new TopicAdmin(pool, routes),
    groups: new GroupAdmin(pool, routes, cluster),
    nameservers: new NameserverAdmin(pool),
    stores: new StoreAdmin(pool),
    staticTopics: new StaticTopicAdmin(pool),
    auth: new AuthAdmin(pool),
    controllers: new ControllerAdmin(pool, clock),
    containers: new ContainerAdmin(pool),
    lite: new LiteAdmin(pool),
  };
}
