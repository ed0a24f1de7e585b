/** Asks several brokers the same. One that is down takes nothing from what the others say. */
import { inParallel } from "../../core/in-parallel.ts";
import { ClientError } from "../errors.ts";
import type { BrokerAddress } from "./broker-address.ts";

export interface BrokerAnswer<T, B extends BrokerAddress = BrokerAddress> {
  readonly broker: B;
  readonly value: T;
}

export interface BrokerFailure {
  readonly broker: BrokerAddress;
  readonly error: ClientError;
}

/** What the brokers said, and which of them could not be asked; both in the brokers' order. */
export interface Gathered<T, B extends BrokerAddress = BrokerAddress> {
  readonly answers: readonly BrokerAnswer<T, B>[];
  readonly failures: readonly BrokerFailure[];
}

/** Resolves when all answered or failed. Throws the first failure when there is nothing else. */
export async function gather<T, B extends BrokerAddress>(
  brokers: readonly B[],
  ask: (broker: B) => Promise<T>,
): Promise<Gathered<T, B>> {
  const outcomes = await inParallel(brokers, async (broker) => {
    try {
      return { kind: "answer", broker, value: await ask(broker) } as const;
    } catch (error) {
      if (error instanceof ClientError) {
        return { kind: "failure", broker, error } as const;
      }
      throw error;
    }
  });
  const answers: BrokerAnswer<T, B>[] = [];
  const failures: BrokerFailure[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === "answer") {
      answers.push({ broker: outcome.broker, value: outcome.value });
    } else {
      failures.push({ broker: outcome.broker, error: outcome.error });
    }
  }
  const [first] = failures;
  if (first !== undefined && answers.length === 0) {
    throw first.error;
  }
  return { answers, failures };
}
