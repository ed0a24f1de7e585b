/** A broker's services, as transports get them. */
import type { Clock } from "../io/clock.ts";
import type { MessageStore } from "../store/message-store.ts";
import type { BrokerConfig } from "./config.ts";
import type { DelayService } from "./delay/delay-service.ts";
import type { GroupTable } from "./group/group-table.ts";
import type { IntrospectionService } from "./group/introspection-service.ts";
import type { MemberTable } from "./group/member-table.ts";
import type { QueueLockTable } from "./group/queue-lock.ts";
import type { OffsetService } from "./offset/offset-service.ts";
import type { ResetService } from "./offset/reset-service.ts";
import type { Durability } from "./ports.ts";
import type { PullService } from "./pull/pull-service.ts";
import type { LookUpService } from "./query/look-up-service.ts";
import type { QueryService } from "./query/query-service.ts";
import type { SendBackService } from "./retry/send-back-service.ts";
import type { SendService } from "./send/send-service.ts";
import type { Settings } from "./settings/settings.ts";
import type { BrokerCounters } from "./stats/counters.ts";
import type { LagSurvey } from "./stats/lag-survey.ts";
import type { StatsService } from "./stats/stats-service.ts";
import type { TopicTable } from "./topic/topic-table.ts";

export interface BrokerServices {
  readonly config: BrokerConfig;
  readonly clock: Clock;
  readonly store: MessageStore;
  readonly durability: Durability;
  readonly topics: TopicTable;
  readonly groups: GroupTable;
  readonly members: MemberTable;
  readonly locks: QueueLockTable;
  readonly delays: DelayService;
  readonly offsets: OffsetService;
  readonly settings: Settings;
  readonly introspection: IntrospectionService;
  readonly resets: ResetService;
  readonly send: SendService;
  readonly sendBack: SendBackService;
  readonly pull: PullService;
  readonly lookUps: LookUpService;
  readonly query: QueryService;
  readonly stats: StatsService;
  readonly survey: LagSurvey;
  readonly counters: BrokerCounters;
  /** Address and port of this broker as records and message ids carry them. */
  readonly storeHost: Buffer;
  /** The same as `host:port`. */
  readonly storeAddress: string;
}
