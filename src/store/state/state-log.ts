/**
 * Small tables whose changes are records of one internal topic (settled 6): topics, groups, consumer offsets.
 * Changes gather and become one record a flush interval, or at the end of the turn when somebody waits. A
 * record's body is JSON: `{"version":1,"changes":[[table,key,value],[table,key]…]}`, the short form removes.
 */
import { DecodeError, MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import type { StateTables, StateValue } from "../message-store.ts";

/** The internal topic; RocketMQ takes names with this prefix for system topics. */
export const stateTopic = "rmq_sys_mq_state";

/** Format of the bodies. */
const version = 1;

type Change = readonly [string, string] | readonly [string, string, StateValue];

export interface StateLogOptions {
  readonly clock: Clock;
  /** Appends a state record and returns the offset that must be acknowledged. */
  readonly append: (body: Buffer) => number;
  readonly whenAcknowledged: (offset: number) => Promise<void>;
  /** A timed flush could not be written; the changes are kept for the next. */
  readonly onError: (error: unknown) => void;
}

interface Waiter {
  readonly resolve: (written: Promise<void>) => void;
  readonly reject: (error: unknown) => void;
}

export class StateLog implements StateTables {
  readonly #options: StateLogOptions;
  readonly #tables = new Map<string, Map<string, StateValue>>();
  /** Keys by table whose last value is in no record yet. */
  readonly #dirty = new Map<string, Set<string>>();
  #waiters: Waiter[] = [];
  #timer: Timer | undefined;
  /** End of the last state record: what a commit waits for, also when a timed flush wrote its rows. */
  #endOffset = 0;
  /** Why nothing is written any more. */
  #stopped: { readonly error: unknown } | undefined;

  constructor(options: StateLogOptions) {
    this.#options = options;
  }

  rows(table: string): ReadonlyMap<string, StateValue> {
    return this.#table(table);
  }

  /** Throws MqError `message_illegal` for a row that fits no record: it would hold up every other. */
  put(table: string, key: string, value: StateValue): void {
    if (rowBytesMax(key, value) > limits.stateRecordBytesMax) {
      throw new MqError("message_illegal", `a row of ${table} is larger than a record: ${key}`);
    }
    this.#table(table).set(key, value);
    this.#mark(table, key);
  }

  remove(table: string, key: string): void {
    if (this.#table(table).delete(key)) {
      this.#mark(table, key);
    }
  }

  commit(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) {
        reject(this.#stopped.error);
        return;
      }
      if (this.#waiters.push({ resolve, reject }) === 1) {
        this.#options.clock.endOfTurn(() => this.#waiters.length > 0 && this.#answer());
      }
    });
  }

  /** Writes what changed. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const changes of this.#batches()) {
      this.#endOffset = this.#options.append(
        Buffer.from(JSON.stringify({ version, changes }), "utf8"),
      );
      for (const [table, key] of changes) {
        this.#dirty.get(table)?.delete(key);
      }
    }
  }

  /** Writes all rows again, so that nobody needs the records before; resolves when the new ones are durable. */
  async rewrite(): Promise<void> {
    for (const [table, rows] of [...this.#tables]) {
      const keys = [...rows.keys()];
      for (let at = 0; at < keys.length; at += limits.stateRewriteRows) {
        for (const key of keys.slice(at, at + limits.stateRewriteRows)) {
          this.#mark(table, key);
        }
        await this.commit();
      }
    }
  }

  /** Applies the body of a recovered record. Throws DecodeError when it is none of ours. */
  apply(body: Buffer): void {
    for (const change of readChanges(body)) {
      const [table, key] = change;
      if (change.length === 3) {
        this.#table(table).set(key, change[2]);
      } else {
        this.#table(table).delete(key);
      }
    }
  }

  restore(tables: { readonly [table: string]: { readonly [key: string]: StateValue } }): void {
    for (const [name, rows] of Object.entries(tables)) {
      this.#tables.set(name, new Map(Object.entries(rows)));
    }
  }

  contents(): { [table: string]: { [key: string]: StateValue } } {
    const contents: { [table: string]: { [key: string]: StateValue } } = {};
    for (const [name, rows] of this.#tables) {
      contents[name] = Object.fromEntries(rows);
    }
    return contents;
  }

  /** Writes what is left, then stops. */
  finish(error: unknown): void {
    if (this.#stopped === undefined) {
      this.#answer();
      this.stop(error);
    }
  }

  /** Writes no more and rejects whoever waits. Changes are still seen by readers. */
  stop(error: unknown): void {
    this.#stopped ??= { error };
    this.#timer?.cancel();
    this.#timer = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      waiter.reject(error);
    }
  }

  #answer(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      this.flush();
      if (waiters.length > 0) {
        const written = this.#options.whenAcknowledged(this.#endOffset);
        for (const waiter of waiters) {
          waiter.resolve(written);
        }
      }
    } catch (error) {
      for (const waiter of waiters) {
        waiter.reject(error);
      }
      if (waiters.length === 0) {
        this.#options.onError(error);
      }
    }
  }

  #mark(table: string, key: string): void {
    let keys = this.#dirty.get(table);
    if (keys === undefined) {
      keys = new Set();
      this.#dirty.set(table, keys);
    }
    keys.add(key);
    if (this.#stopped !== undefined) {
      return;
    }
    this.#timer ??= this.#options.clock.after(limits.stateFlushMs, () => this.#flushInTime());
  }

  #flushInTime(): void {
    this.#timer = undefined;
    try {
      this.flush();
    } catch (error) {
      this.#options.onError(error);
      if (this.#stopped !== undefined) {
        return;
      }
      this.#timer ??= this.#options.clock.after(limits.fullDiskRetryMs, () => this.#flushInTime());
    }
  }

  /** Dirty rows in pieces that each fit one record. */
  *#batches(): Generator<Change[]> {
    let batch: Change[] = [];
    let bytes = 0;
    for (const [table, keys] of this.#dirty) {
      for (const key of [...keys]) {
        const value = this.#table(table).get(key);
        const size = rowBytesMax(key, value);
        if (bytes + size > limits.stateRecordBytesMax && batch.length > 0) {
          yield batch;
          batch = [];
          bytes = 0;
        }
        batch.push(value === undefined ? [table, key] : [table, key, value]);
        bytes += size;
      }
    }
    if (batch.length > 0) {
      yield batch;
    }
  }

  #table(name: string): Map<string, StateValue> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Map();
      this.#tables.set(name, table);
    }
    return table;
  }
}

/** What a row takes in a record at most. */
function rowBytesMax(key: string, value: StateValue | undefined): number {
  return key.length * 3 + (value === undefined ? 0 : JSON.stringify(value).length * 3);
}

/** Body of the record behind which a topic starts anew. */
export function forgetBody(topic: string): Buffer {
  return Buffer.from(JSON.stringify({ version, forget: topic, changes: [] }), "utf8");
}

/** The topic that a state record starts anew, if it is such a record. */
export function forgottenTopic(body: Buffer): string | undefined {
  const value = readBody(body);
  return "forget" in value && typeof value.forget === "string" ? value.forget : undefined;
}

/** A state record's body. Throws DecodeError when it is none, MqError `store_unavailable` for one of a later mq. */
function readBody(body: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new DecodeError(`a state record that is no JSON: ${String(error)}`);
  }
  if (typeof value !== "object" || value === null) {
    throw new DecodeError("a state record that is no object");
  }
  if ("version" in value && typeof value.version === "number" && value.version > version) {
    throw new MqError(
      "store_unavailable",
      `the store was written by a later mq (state record of format ${value.version})`,
    );
  }
  return value;
}

/** The changes in a state record's body. */
function readChanges(body: Buffer): readonly Change[] {
  const value = readBody(body);
  const changes = "changes" in value ? value.changes : undefined;
  if (!Array.isArray(changes) || !changes.every(isChange)) {
    throw new DecodeError("a state record with a change that is none");
  }
  return changes;
}

function isChange(change: unknown): change is Change {
  return (
    Array.isArray(change) &&
    (change.length === 2 || change.length === 3) &&
    typeof change[0] === "string" &&
    typeof change[1] === "string"
  );
}
