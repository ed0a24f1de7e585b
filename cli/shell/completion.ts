/**
 * What Tab offers: commands, flags and their values from the specs, and live names of topics and groups. Names come
 * from a cache that is filled in the background; a key never waits for the network longer than a blink.
 */
import type { Client } from "../../src/client/index.ts";
import type { Clock } from "../../src/io/clock.ts";
import type { CommandSpec, Completes } from "../command.ts";
import { type CommandEntry, commands, commandsUnder, findCommand } from "../commands/index.ts";
import { flagName } from "../flag.ts";
import { flagsOf, globalFlagsOf } from "../parse.ts";

const keptMs = 10_000;
const waitMs = 150;

export interface CompletionOptions {
  readonly clock: Clock;
  readonly client: () => Client;
  readonly builtins: readonly string[];
}

interface Names {
  readonly topics: readonly string[];
  readonly groups: readonly string[];
}

const noNames: Names = { topics: [], groups: [] };

export class Completion {
  readonly #options: CompletionOptions;
  #names: Names = noNames;
  #untilMs = 0;
  #loading: Promise<void> | undefined;

  constructor(options: CompletionOptions) {
    this.#options = options;
  }

  /** Candidates for the text before the cursor, and the part of it that they replace. */
  async complete(text: string): Promise<readonly [readonly string[], string]> {
    const words = text.split(/\s+/);
    const typed = words.pop() ?? "";
    const before = words.filter((word) => word !== "");
    const found = findCommand(before);
    if (found === undefined || found.length > before.length) {
      return [this.#commandWords(before, typed), typed];
    }
    const { spec } = await found.entry.load();
    return [await this.#inCommand(spec, before.slice(found.length), typed), typed];
  }

  #commandWords(before: readonly string[], typed: string): string[] {
    const entries: readonly CommandEntry[] = before.length === 0 ? commands : commandsUnder(before);
    const words = new Set(entries.map(({ path }) => path[before.length] ?? ""));
    const all = before.length === 0 ? [...words, ...this.#options.builtins] : [...words];
    return matching(all, typed).map((word) => `${word} `);
  }

  async #inCommand(
    spec: CommandSpec,
    before: readonly string[],
    typed: string,
  ): Promise<readonly string[]> {
    const flags = [...flagsOf(spec), ...globalFlagsOf()];
    const last = before[before.length - 1] ?? "";
    const open = flags.find(
      ([key, form]) =>
        form.kind !== "toggle" &&
        (last === `--${flagName(key)}` || last === `-${form.details.short ?? ""}`),
    );
    if (open !== undefined) {
      const completes = open[0] === "topic" || open[0] === "group" ? open[0] : undefined;
      return matching([...open[1].choices, ...(await this.#live(completes))], typed);
    }
    if (typed.startsWith("-")) {
      const names = flags.map(([key]) => `--${flagName(key)}`);
      return matching(names, typed).map((name) => `${name} `);
    }
    const position = before.filter((word) => !word.startsWith("-")).length;
    return matching(await this.#live(spec.arguments?.[position]?.completes), typed);
  }

  async #live(completes: Completes | undefined): Promise<readonly string[]> {
    if (completes === undefined || completes === "folder") {
      return [];
    }
    await this.#refresh();
    return completes === "topic" ? this.#names.topics : this.#names.groups;
  }

  /** Waits a little for fresh names; late ones are there at the next key. */
  #refresh(): Promise<void> {
    const { clock } = this.#options;
    if (clock.elapsedMs() >= this.#untilMs && this.#loading === undefined) {
      this.#loading = this.#load().finally(() => {
        this.#loading = undefined;
      });
    }
    const loading = this.#loading;
    if (loading === undefined) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = clock.after(waitMs, resolve);
      loading.then(
        () => {
          timer.cancel();
          resolve();
        },
        () => resolve(),
      );
    });
  }

  async #load(): Promise<void> {
    try {
      const { admin } = this.#options.client();
      const topics = [...(await admin.topics())].sort();
      const groups = [...(await admin.groups()).keys()];
      this.#names = { topics, groups };
      this.#untilMs = this.#options.clock.elapsedMs() + keptMs;
    } catch {
      // Nobody answers: Tab offers what needs no network.
    }
  }
}

function matching(words: readonly string[], typed: string): string[] {
  return words.filter((word) => word !== "" && word.startsWith(typed)).sort();
}
