/**
 * Finds single messages: by key, and by where they lie in the log. An answer may be as large as a frame, so only some
 * are made side by side, and none for an asker that has not taken its earlier ones.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { KeyHits, KeyQuery, MessageStore } from "../../store/message-store.ts";

/** True while the asker owes us the taking of its answers. */
export type IsLagging = () => boolean;

/** RocketMQ's defaultQueryMaxNum: what a search by unique key asks for, whatever its request says. */
const uniqueCountMax = 32;

export class LookUpService {
  readonly #store: MessageStore;
  readonly #waiting: (() => void)[] = [];
  #runningCount = 0;

  constructor(store: MessageStore) {
    this.#store = store;
  }

  /** Messages by key, newest first. Throws MqError `not_found` when there is none, `broker_busy` for who lags. */
  async byKey(topic: string, key: string, query: KeyQuery, isLagging: IsLagging): Promise<KeyHits> {
    const countWanted = query.isUnique === true ? uniqueCountMax : query.countMax;
    const countMax = Math.max(1, Math.min(countWanted, limits.keyCountMax));
    const hits = await this.#inTurn(isLagging, () =>
      this.#store.queryKey(topic, key, { ...query, countMax }),
    );
    if (hits.count === 0) {
      throw new MqError("not_found", "can not find message, maybe time range not correct");
    }
    return hits;
  }

  /** The record that begins at the offset. Throws MqError `bad_request` when there is none, as RocketMQ says it. */
  async byOffset(physicalOffset: number, isLagging: IsLagging): Promise<Buffer> {
    const record = await this.#inTurn(isLagging, () => this.#store.recordAt(physicalOffset));
    if (record === undefined) {
      throw new MqError(
        "bad_request",
        `can not find message by the offset, ${physicalOffset}: no readable message begins there`,
      );
    }
    return record;
  }

  async #inTurn<T>(isLagging: IsLagging, work: () => Promise<T>): Promise<T> {
    if (this.#runningCount >= limits.lookUpsAtOnce) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#runningCount++;
    }
    try {
      if (isLagging()) {
        throw new MqError("broker_busy", "earlier answers were not taken yet");
      }
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#runningCount--;
      } else {
        next();
      }
    }
  }
}
