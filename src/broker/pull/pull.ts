/** One pull on its way: what it reads, for whom, and how long it may wait. */
import type {
  QueueHandle,
  ReadOutcome,
  ReadRequest,
  TagFilter,
} from "../../store/message-store.ts";
import type { GroupEntry } from "../group/group-table.ts";
import type { TopicEntry } from "../topic/topic-table.ts";

/** What a pull came to; `offset_moved` also says that an operator moved the group. */
export type PullOutcome = ReadOutcome;

/** The connection that pulls, as the service sees it; implemented by transports. */
export interface PullClient {
  readonly isClosed: boolean;
  /** It has not taken earlier replies: a ready pull waits. */
  readonly isBacklogged: boolean;
  /** Pulls of it that are held. */
  heldCount: number;
  /** Pulls of it that wait for the device. */
  inFlightCount: number;
  /** Runs once when it is no longer backlogged; not after it closed. */
  whenRelieved(run: () => void): void;
  /** The bytes of a found outcome are good only during the call. */
  answer(pull: Pull, outcome: PullOutcome): void;
  refuse(pull: Pull, error: unknown): void;
  requestDone(): void;
}

export class Pull implements ReadRequest {
  readonly client: PullClient;
  /** The two numbers by which the client knows its request; the service only hands them back. */
  readonly requestId: number;
  readonly requestForm: number;
  readonly group: GroupEntry;
  readonly topic: TopicEntry;
  readonly queue: QueueHandle;
  readonly countMax: number;
  readonly bytesMax: number;
  readonly filter: TagFilter | undefined;
  /** Moves on while the pull is held and what arrives does not match. */
  offset: number;
  /** How long it may be held, 0 for not at all. */
  readonly holdMs: number;
  /** When its holding ends, by the monotonic clock; −1 until it is held first. */
  holdUntilMs = -1;
  /** While held: the wheel's tick at which it ends. */
  endTick = -1;

  constructor(parts: {
    readonly client: PullClient;
    readonly requestId: number;
    readonly requestForm: number;
    readonly group: GroupEntry;
    readonly topic: TopicEntry;
    readonly queue: QueueHandle;
    readonly countMax: number;
    readonly bytesMax: number;
    readonly filter: TagFilter | undefined;
    readonly offset: number;
    readonly holdMs: number;
  }) {
    this.client = parts.client;
    this.requestId = parts.requestId;
    this.requestForm = parts.requestForm;
    this.group = parts.group;
    this.topic = parts.topic;
    this.queue = parts.queue;
    this.countMax = parts.countMax;
    this.bytesMax = parts.bytesMax;
    this.filter = parts.filter;
    this.offset = parts.offset;
    this.holdMs = parts.holdMs;
  }
}
