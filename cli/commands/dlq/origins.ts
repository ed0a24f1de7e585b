/** Where dead letters come from, and why they died, as far as they tell: sums over many of them. */
import type { ReceivedMessage } from "../../../src/client/index.ts";
import { originOf } from "./dead-letters.ts";

/**
 * `retries_used_up` where it was given as often as the group allows, `given_up` where its consumer wanted no further try; null
 * where nobody can tell: clients may have bounds of their own, and RocketMQ 4 also counts the last try in another way.
 */
export type DeathReason = "retries_used_up" | "given_up" | null;

export interface Origin {
  readonly originTopic: string | null;
  readonly reconsumeTimes: number;
  readonly reason: DeathReason;
  readonly messages: number;
  /** Store times of the first and the last of them, in ms. */
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** Dead letters by topic, tries and reason; as many sums as there are such triples, whatever the number of messages. */
export class Origins {
  readonly #retriesMaxOf: ReadonlyMap<string, number>;
  readonly #sums = new Map<string, Origin>();
  #count = 0;

  /** `retriesMaxOf`: how often a group is given a message again, by broker. */
  constructor(retriesMaxOf: ReadonlyMap<string, number>) {
    this.#retriesMaxOf = retriesMaxOf;
  }

  get count(): number {
    return this.#count;
  }

  add(message: ReceivedMessage): void {
    const { originTopic } = originOf(message);
    const { reconsumeTimes, storeTimestampMs } = message;
    const reason = this.#reasonOf(message);
    const key = JSON.stringify([originTopic, reconsumeTimes, reason]);
    const known = this.#sums.get(key);
    this.#count++;
    this.#sums.set(key, {
      originTopic,
      reconsumeTimes,
      reason,
      messages: (known?.messages ?? 0) + 1,
      oldestMs: Math.min(known?.oldestMs ?? storeTimestampMs, storeTimestampMs),
      newestMs: Math.max(known?.newestMs ?? storeTimestampMs, storeTimestampMs),
    });
  }

  /** The most frequent first. */
  all(): readonly Origin[] {
    return [...this.#sums.values()].sort(
      (left, right) =>
        right.messages - left.messages ||
        (left.originTopic ?? "").localeCompare(right.originTopic ?? "") ||
        left.reconsumeTimes - right.reconsumeTimes,
    );
  }

  #reasonOf({ brokerName, reconsumeTimes, properties }: ReceivedMessage): DeathReason {
    const said = properties.get("MAX_RECONSUME_TIMES");
    const bound = said === undefined ? this.#retriesMaxOf.get(brokerName) : Number(said);
    if (bound === undefined || !Number.isInteger(bound) || reconsumeTimes === bound) {
      return null;
    }
    return reconsumeTimes > bound ? "retries_used_up" : "given_up";
  }
}
