/**
 * Live names for completion: topics, groups, brokers. They are asked for in the background and kept for a while; a
 * key waits for them no longer than a blink, and late ones are there at the next key.
 */
import type { Client } from "../../src/client/index.ts";
import type { Environment } from "../../src/io/environment.ts";
import { liveNames, type NameKind } from "../live-names.ts";

export interface NamesOptions {
  readonly clock: Environment["clock"];
  /** The client for the nameservers that are chosen now. */
  readonly client: () => Client;
}

const keptMs = 10_000;
const waitMs = 150;

interface Known {
  readonly client: Client;
  readonly names: readonly string[];
  readonly untilMs: number;
}

export class Names {
  readonly #options: NamesOptions;
  readonly #known = new Map<NameKind, Known>();
  readonly #loading = new Map<NameKind, Promise<void>>();

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  /** What is known after at most a blink. */
  async get(kind: NameKind): Promise<readonly string[]> {
    const { clock, client } = this.#options;
    const loading = this.refresh(kind);
    if (loading !== undefined) {
      await new Promise<void>((resolve) => {
        const timer = clock.after(waitMs, resolve);
        void loading.then(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    const known = this.#known.get(kind);
    return known !== undefined && known.client === client() ? known.names : [];
  }

  /** Asks anew when what is known is old; undefined when it is not. Never rejects. */
  refresh(kind: NameKind): Promise<void> | undefined {
    const client = this.#options.client();
    const known = this.#known.get(kind);
    const isFresh =
      known !== undefined &&
      known.client === client &&
      this.#options.clock.elapsedMs() < known.untilMs;
    if (isFresh) {
      return undefined;
    }
    let loading = this.#loading.get(kind);
    if (loading === undefined) {
      loading = this.#load(kind, client, known).finally(() => this.#loading.delete(kind));
      this.#loading.set(kind, loading);
    }
    return loading;
  }

  async #load(kind: NameKind, client: Client, known: Known | undefined): Promise<void> {
    // Nobody answers: Tab offers what was known, and asks no more for a while.
    let names = known !== undefined && known.client === client ? known.names : [];
    try {
      names = await liveNames(kind, client);
    } catch {
      names = [...names];
    }
    const untilMs = this.#options.clock.elapsedMs() + keptMs;
    this.#known.set(kind, { client, names, untilMs });
  }
}
