/**
 * What clients asked for, what they were told, and what they saw, in one order. An operation is invoked
 * and then ends ok, fail (it certainly did not happen) or info (nobody can tell: a timeout, a cut
 * connection, a crash). Checkers judge from this alone.
 */
import type { CrashKind } from "./disk-image.ts";
import type { Kernel, Life } from "./kernel.ts";

export type Outcome = "pending" | "ok" | "fail" | "info";

/** Where a message lies. */
export interface Place {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
}

export interface Send {
  readonly id: string;
  readonly topic: string;
  /** Undefined when the client left the choice to others. */
  readonly queueId: number | undefined;
  /** How often the client may have sent it: copies up to this number are no phantoms. */
  readonly attemptsMax: number;
  readonly invoked: number;
  readonly invokedMs: number;
  ended: number;
  endedMs: number;
  outcome: Outcome;
  place: Place | undefined;
}

/** A place as text. */
export function placeKey({ topic, queueId, queueOffset }: Place): string {
  return `${topic}:${queueId}:${queueOffset}`;
}

/** One record as somebody read it. */
export interface Sighting extends Place {
  /** The sender's id, or undefined when the body is nobody's. */
  readonly id: string | undefined;
  /** The reader was owed this offset or, where that is gone, a later one. */
  readonly owedOffset: number;
  readonly physicalOffset: number;
  readonly bytes: number;
  readonly seen: number;
  readonly seenMs: number;
}

/** A sighting before it is written down. */
export type SeenRecord = Omit<Sighting, "seen" | "seenMs">;

/** A whole queue, read from end to end after a restart. */
export interface Drain {
  readonly topic: string;
  readonly queueId: number;
  readonly minOffset: number;
  readonly maxOffset: number;
  readonly begun: number;
  readonly sightings: readonly Sighting[];
  /** How far the store's log had come. */
  readonly logEnd?: number;
}

/** A change of one consumer offset. */
export interface Commit {
  /** Group, topic and queue. */
  readonly key: string;
  readonly value: number;
  readonly invoked: number;
  ended: number;
  outcome: Outcome;
}

/** An answer to "how far is this group". −1 is "never committed". */
export interface OffsetQuery {
  readonly key: string;
  readonly value: number;
  readonly invoked: number;
  readonly ended: number;
}

/** A message that is to arrive later. */
export interface Postponed {
  readonly send: Send;
  readonly delayMs: number;
}

/** A message that a consumer could not handle. */
export interface GivenBack {
  readonly id: string;
  readonly brokerName: string;
  outcome: Outcome;
}

export interface Crash {
  readonly kind: CrashKind;
  readonly at: number;
  readonly atMs: number;
}

/** A rule that was broken. */
export interface Violation {
  readonly checker: string;
  readonly message: string;
}

/** Everything that happened in a run. */
export class History {
  readonly sends = new Map<string, Send>();
  readonly sightings: Sighting[] = [];
  readonly drains: Drain[] = [];
  readonly commits: Commit[] = [];
  readonly queries: OffsetQuery[] = [];
  readonly crashes: Crash[] = [];
  /** Places whose record rotted on the device: it may be missing, and must never be shown wrong. */
  readonly damaged = new Set<string>();
  /** Times at which the device refused something: asynchronous flush may lose what it had not synced. */
  readonly deviceFailuresMs: number[] = [];
  /** Messages for later, with their delays. */
  readonly postponed: Postponed[] = [];
  /** Messages that a consumer gave back. */
  readonly givenBack: GivenBack[] = [];
  readonly #kernel: Kernel;
  #step = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The next position in the order of everything. */
  next(): number {
    return ++this.#step;
  }

  get elapsedMs(): number {
    return this.#kernel.elapsedMs;
  }

  /** Who writes down what one process does: nothing more once its life has ended. */
  scribe(life: Life): Scribe {
    return new Scribe(this, life);
  }

  get okCount(): number {
    return [...this.sends.values()].filter((send) => send.outcome === "ok").length;
  }

  crashed(kind: CrashKind): void {
    this.crashes.push({ kind, at: this.next(), atMs: this.#kernel.elapsedMs });
    this.note(`crash ${kind}`);
  }

  /** The device refused something: asynchronous flush may lose what it had not synced. */
  deviceFailed(): void {
    this.deviceFailuresMs.push(this.#kernel.elapsedMs);
  }

  note(text: string): void {
    this.#kernel.trace.note(text);
  }
}

/** Writes the history of one process. */
export class Scribe {
  readonly #history: History;
  readonly #life: Life;

  constructor(history: History, life: Life) {
    this.#history = history;
    this.#life = life;
  }

  /** A position in the order of everything. */
  next(): number {
    return this.#history.next();
  }

  send(id: string, topic: string, queueId: number | undefined, attemptsMax = 1): Send {
    const send: Send = {
      id,
      topic,
      queueId,
      attemptsMax,
      invoked: this.next(),
      invokedMs: this.#history.elapsedMs,
      ended: Number.POSITIVE_INFINITY,
      endedMs: Number.POSITIVE_INFINITY,
      outcome: "pending",
      place: undefined,
    };
    this.#write(`send ${id} ${topic} ${queueId ?? "any"}`, () => {
      this.#history.sends.set(id, send);
    });
    return send;
  }

  sendEnded(send: Send, outcome: Outcome, place?: Place): void {
    this.#write(`${outcome} ${send.id} ${place?.queueId}:${place?.queueOffset}`, () => {
      send.ended = this.next();
      send.endedMs = this.#history.elapsedMs;
      send.outcome = outcome;
      send.place = place;
    });
  }

  saw(record: SeenRecord): Sighting {
    const sighting = { ...record, seen: this.next(), seenMs: this.#history.elapsedMs };
    const { topic, queueId, queueOffset, id } = record;
    this.#write(`saw ${topic} ${queueId}:${queueOffset} ${id}`, () => {
      this.#history.sightings.push(sighting);
    });
    return sighting;
  }

  drained(drain: Drain): void {
    const { topic, queueId, minOffset, maxOffset } = drain;
    this.#write(`drained ${topic} ${queueId} ${minOffset}..${maxOffset}`, () => {
      this.#history.drains.push(drain);
    });
  }

  postponed(send: Send, delayMs: number): void {
    this.#write(`postpone ${send.id} ${delayMs}`, () => {
      this.#history.postponed.push({ send, delayMs });
    });
  }

  gaveBack(id: string, brokerName: string): GivenBack {
    const back: GivenBack = { id, brokerName, outcome: "pending" };
    this.#write(`back ${id} ${brokerName}`, () => {
      this.#history.givenBack.push(back);
    });
    return back;
  }

  backEnded(back: GivenBack, outcome: Outcome): void {
    this.#write(`${outcome} back ${back.id}`, () => {
      back.outcome = outcome;
    });
  }

  commit(key: string, value: number): Commit {
    const commit: Commit = {
      key,
      value,
      invoked: this.next(),
      ended: Number.POSITIVE_INFINITY,
      outcome: "pending",
    };
    this.#write(`commit ${key} ${value}`, () => {
      this.#history.commits.push(commit);
    });
    return commit;
  }

  commitEnded(commit: Commit, outcome: Outcome): void {
    this.#write(`${outcome} commit ${commit.key} ${commit.value}`, () => {
      commit.ended = this.next();
      commit.outcome = outcome;
    });
  }

  queried(key: string, value: number, invoked: number): void {
    this.#write(`offset ${key} ${value}`, () => {
      this.#history.queries.push({ key, value, invoked, ended: this.next() });
    });
  }

  #write(text: string, change: () => void): void {
    if (this.#life.isAlive) {
      this.#history.note(text);
      change();
    }
  }
}
