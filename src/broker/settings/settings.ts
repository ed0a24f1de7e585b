/**
 * A broker's settings under RocketMQ's names (25, 26; remoting 7.4): all can be read, some be changed while it runs.
 *
 * A change is kept in the store's table `config`, with the value that the start's own options had when it was made.
 * The next start takes it over as long as those options still say the same; who starts the broker with another
 * value means that one, and the change is dropped.
 */
import { MqError } from "../../core/error.ts";
import type { Log } from "../../io/log.ts";
import type { StateTables } from "../../store/message-store.ts";
import type { DataVersion } from "../ports.ts";
import { rowMembers } from "../topic/topic-config.ts";

const table = "config";

/** Names that nobody changes over the wire: they say where RocketMQ itself lies. */
const forbiddenNames: ReadonlySet<string> = new Set([
  "brokerConfigPath",
  "configBlackList",
  "rocketmqHome",
]);

export interface Setting {
  /** RocketMQ's name. */
  readonly name: string;
  /** Its value as text. */
  read(): string;
  /** Checks a new value and returns how to set it; throws MqError `bad_request`. Absent: it cannot change. */
  readonly change?: ((text: string) => () => void) | undefined;
  /** Of one that cannot change: what would have to be done. */
  readonly fixedBecause?: string | undefined;
}

export class Settings {
  readonly #state: StateTables;
  readonly #log: Log;
  readonly #settings = new Map<string, Setting>();
  /** What the options of this start said, before kept changes. */
  readonly #started = new Map<string, string>();
  #dataVersion: DataVersion;

  constructor(state: StateTables, log: Log, nowMs: number) {
    this.#state = state;
    this.#log = log;
    this.#dataVersion = { counter: 0, stateVersion: 0, timestamp: nowMs };
  }

  get dataVersion(): DataVersion {
    return this.#dataVersion;
  }

  /** Adds a setting, and sets it to what an operator made of it before this start. */
  add(setting: Setting): void {
    this.#settings.set(setting.name, setting);
    this.#started.set(setting.name, setting.read());
    this.#takeOver(setting);
  }

  /** Adds settings that are what they are. */
  addFixed(rows: Iterable<readonly [name: string, value: string]>): void {
    for (const [name, value] of rows) {
      this.#settings.set(name, { name, read: () => value, fixedBecause: restart });
    }
  }

  /** All, by name. */
  rows(): readonly (readonly [string, string])[] {
    return [...this.#settings.values()]
      .map((setting) => [setting.name, setting.read()] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /**
   * Changes settings, all or none; resolves when that is durable. One that has the value already may always be
   * named. Throws MqError: `permission_denied` for names that nobody changes, `bad_request` for others that cannot
   * change, that are not there, or whose value cannot be.
   */
  async update(wanted: ReadonlyMap<string, string>): Promise<void> {
    const changes: (() => void)[] = [];
    for (const [name, text] of wanted) {
      const change = this.#check(name, text.trim());
      if (change !== undefined) {
        changes.push(change);
      }
    }
    for (const change of changes) {
      change();
    }
    if (changes.length > 0) {
      const { counter, stateVersion, timestamp } = this.#dataVersion;
      this.#dataVersion = { counter: counter + 1, stateVersion, timestamp };
      await this.#state.commit();
    }
  }

  /** How to make the change; undefined when there is nothing to change. */
  #check(name: string, text: string): (() => void) | undefined {
    if (forbiddenNames.has(name)) {
      throw new MqError("permission_denied", `Can not update config in black list: ${name}`);
    }
    const setting = this.#settings.get(name);
    if (setting === undefined) {
      throw new MqError("bad_request", `the broker has no setting ${name.slice(0, 80)}`);
    }
    if (setting.read() === text) {
      return undefined;
    }
    if (setting.change === undefined) {
      throw new MqError("bad_request", `${name} ${setting.fixedBecause ?? restart}`);
    }
    const set = setting.change(text);
    return () => {
      const before = setting.read();
      set();
      this.#keep(setting);
      this.#log.info("an operator changed a setting", { name, before, now: setting.read() });
    };
  }

  #keep(setting: Setting): void {
    const { name } = setting;
    const over = this.#started.get(name) ?? "";
    const value = setting.read();
    if (value === over) {
      this.#state.remove(table, name);
    } else {
      this.#state.put(table, name, { value, over });
    }
  }

  #takeOver(setting: Setting): void {
    const { name } = setting;
    const row = this.#state.rows(table).get(name);
    if (row === undefined || setting.change === undefined) {
      return;
    }
    const { value, over } = rowMembers(row);
    if (typeof value === "string" && over === this.#started.get(name)) {
      setting.change(value)();
      this.#log.info("a setting is as an operator left it", { name, value });
    } else {
      this.#state.remove(table, name);
      this.#log.info("the start's options replace what an operator had set", { name });
    }
  }
}

const restart =
  "cannot change while the broker runs: set it where the broker is started, and restart";
