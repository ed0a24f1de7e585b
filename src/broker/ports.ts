/** What a broker needs of the world beyond its store: transports implement it, `app` joins the two. */
import type { TopicConfig } from "./topic/topic-config.ts";

/** From when a record counts as stored, as replies need to know it. */
export interface Durability {
  readonly acknowledgedOffset: number;
  /** Nothing more will ever be acknowledged. */
  readonly isFailed: boolean;
  /** Called when either changed. */
  onAcknowledged(listener: () => void): void;
}

/** Where a group shall go on, by queue id. */
export interface OffsetReset {
  readonly topic: string;
  readonly group: string;
  readonly timestampMs: number;
  readonly isForced: boolean;
  readonly offsets: ReadonlyMap<number, number>;
}

/** A question for one client, handed on as it came: what it holds is between the asker and the client. */
export interface ClientQuestion {
  readonly code: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly body?: Buffer | undefined;
}

/** What the client said, unread. */
export interface ClientAnswer {
  readonly code: number;
  readonly remark: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The way back to one connected client. Compared by identity. */
export interface ClientChannel {
  /** `host:port` of the client's end. */
  readonly address: string;
  /** The group's members changed: share the queues anew. */
  notifyMembersChanged(group: string): void;
  /** Consumers shall go on elsewhere. */
  resetOffsets(reset: OffsetReset): void;
  /**
   * Asks and waits for the answer. Rejects with MqError: `client_timeout` when none came in time, `bad_request` when
   * the client went away meanwhile, `broker_busy` when too many questions wait for it.
   */
  ask(question: ClientQuestion, timeoutMs: number): Promise<ClientAnswer>;
}

export interface DataVersion {
  readonly counter: number;
  readonly stateVersion: number;
  readonly timestamp: number;
}

/** One nameserver, as a broker sees it. Calls reject when it cannot be reached or refuses. */
export interface NameserverPort {
  readonly name: string;
  /** Tells topics; all of them, so that it forgets others, or those that changed. */
  register(
    topics: readonly TopicConfig[],
    dataVersion: DataVersion,
    options: { readonly isAll: boolean },
  ): Promise<void>;
  unregister(): Promise<void>;
  /** Called when the connection over which it was told broke: it has forgotten us by then. */
  onLost(run: () => void): void;
  close(): void;
}
