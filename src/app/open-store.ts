/** Chooses the store: one line a storage back end. The contract suite runs over the same lines. */
import type { Environment } from "../io/environment.ts";
import type { MessageStore } from "../store/message-store.ts";
import { type LogStoreOptions, openLogStore } from "../store/open-log-store.ts";

/** How a store is opened. */
export type OpenStoreOptions = LogStoreOptions;

/** Opens the store that a broker runs on. Throws MqError when it is in use or cannot be. */
export function openStore(
  environment: Environment,
  options: OpenStoreOptions,
): Promise<MessageStore> {
  return openLogStore(environment, options);
}
