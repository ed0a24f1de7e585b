/**
 * Lets somebody watch the requests that a broker gets: a sample of them, with what names them and nothing of what
 * they carry. While nobody watches, a request costs one comparison with undefined.
 *
 * Only fields of the list below are read, so that no signature, key or property can slip out; bodies are counted and
 * not looked at. What a watcher does not take in time is dropped and counted: it never slows the broker.
 */
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../io/clock.ts";
import { type CommandHead, flagOneway } from "../../protocol/remoting/command.ts";
import { languageName } from "../../protocol/remoting/language.ts";
import { requestName } from "../../protocol/remoting/request-code.ts";
import { versionName } from "../../protocol/remoting/version.ts";
import type { Session } from "../session.ts";

export interface SeenRequest {
  readonly atMs: number;
  readonly peer: string;
  readonly code: number;
  /** RocketMQ's name of the code. */
  readonly name: string | undefined;
  readonly language: string;
  readonly version: string;
  readonly isOneway: boolean;
  /** Of the header and of the body. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly topic: string | undefined;
  readonly group: string | undefined;
  readonly queueId: string | undefined;
  readonly offset: string | undefined;
}

export interface WatchOptions {
  /** One of so many requests that match. */
  readonly every: number;
  /** Only these codes; empty for all. */
  readonly codes: ReadonlySet<number>;
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
}

/** One who watches. */
export interface Watcher {
  /** What was seen since the last call, and how many that matched were left out. */
  take(): { readonly seen: readonly SeenRequest[]; readonly dropped: number };
  /** Idempotent. */
  close(): void;
}

type FrameListener = (session: Session, source: Buffer, head: CommandHead) => void;

/** Where the frames come from: a dispatch. */
interface Watched {
  onRequest: FrameListener | undefined;
}

type Place = "topic" | "group" | "queueId" | "offset";

const places: ReadonlyMap<string, Place> = new Map([
  ["topic", "topic"],
  ["originTopic", "topic"],
  ["group", "group"],
  ["consumerGroup", "group"],
  ["producerGroup", "group"],
  ["queueId", "queueId"],
  ["offset", "offset"],
  ["queueOffset", "offset"],
  ["commitOffset", "offset"],
]);

/** Sends that spell their fields in letters (requests/send.ts). */
const letterPlaces: ReadonlyMap<string, Place> = new Map([
  ["a", "group"],
  ["b", "topic"],
  ["e", "queueId"],
]);
const letterCodes: ReadonlySet<number> = new Set([310, 320]);

export class RequestWatch {
  readonly #watched: Watched;
  readonly #clock: Clock;
  readonly #watchers = new Set<RequestQueue>();

  constructor(watched: Watched, clock: Clock) {
    this.#watched = watched;
    this.#clock = clock;
  }

  /** Undefined when too many watch already. */
  open(options: WatchOptions): Watcher | undefined {
    if (this.#watchers.size >= limits.requestWatchersMax) {
      return undefined;
    }
    const queue = new RequestQueue(options, this.#clock);
    this.#watchers.add(queue);
    this.#watched.onRequest = (session, source, head) => this.#saw(session, source, head);
    return {
      take: () => queue.take(),
      close: () => {
        this.#watchers.delete(queue);
        if (this.#watchers.size === 0) {
          this.#watched.onRequest = undefined;
        }
      },
    };
  }

  #saw(session: Session, source: Buffer, head: CommandHead): void {
    let seen: SeenRequest | undefined;
    for (const watcher of this.#watchers) {
      if (watcher.wantsCode(head.code)) {
        seen ??= this.#read(session, source, head);
        watcher.add(seen);
      }
    }
  }

  #read(session: Session, source: Buffer, head: CommandHead): SeenRequest {
    const found: { [Name in Place]?: string } = {};
    const known = letterCodes.has(head.code) ? letterPlaces : places;
    for (let index = 0; index < head.fieldCount; index++) {
      const place = known.get(head.keyText(source, index));
      if (place !== undefined) {
        found[place] = head.valueText(source, index).slice(0, limits.watchedTextMax);
      }
    }
    return {
      atMs: this.#clock.nowMs(),
      peer: session.remoteAddress,
      code: head.code,
      name: requestName(head.code),
      language: languageName(head.language),
      version: versionName(head.version),
      isOneway: (head.flag & flagOneway) !== 0,
      headerBytes: head.headerEnd - head.headerStart,
      bodyBytes: head.bodyEnd - head.bodyStart,
      topic: found.topic,
      group: found.group,
      queueId: found.queueId,
      offset: found.offset,
    };
  }
}

/** What one watcher has not taken yet: bounded in number, and in how many a second. */
class RequestQueue {
  readonly #options: WatchOptions;
  readonly #clock: Clock;
  #seen: SeenRequest[] = [];
  #matched = 0;
  #dropped = 0;
  #second = -1;
  #inSecond = 0;

  constructor(options: WatchOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  wantsCode(code: number): boolean {
    const { codes } = this.#options;
    return codes.size === 0 || codes.has(code);
  }

  add(request: SeenRequest): void {
    const { topic, group, every } = this.#options;
    const isWanted =
      (topic === undefined || topic === request.topic) &&
      (group === undefined || group === request.group);
    if (!isWanted) {
      return;
    }
    const second = Math.floor(this.#clock.elapsedMs() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    const isSampled = this.#matched++ % every === 0;
    if (
      !isSampled ||
      this.#inSecond >= limits.watchedPerSecondMax ||
      this.#seen.length >= limits.watchedPerSecondMax
    ) {
      this.#dropped++;
      return;
    }
    this.#inSecond++;
    this.#seen.push(request);
  }

  take(): ReturnType<Watcher["take"]> {
    const taken = { seen: this.#seen, dropped: this.#dropped };
    this.#seen = [];
    this.#dropped = 0;
    return taken;
  }
}
