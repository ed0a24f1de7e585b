/**
 * A nameserver's settings under RocketMQ's names (318, 319). Those that RocketMQ reads while it runs can be changed;
 * with a folder they are kept there, in `namesrv.properties`, and are read at the next start.
 */
import { MqError } from "../core/error.ts";
import type { KeptFile } from "./kept-file.ts";

const changeable = {
  /** Routes carry the order of queues that the key-value configuration has for a topic. */
  orderMessageEnable: false,
  /** A broker that registers is told the order of all topics. */
  returnOrderTopicConfigToBroker: true,
  /** 206 is answered. */
  enableAllTopicList: true,
  /** A replica stands in for its leader while that is gone, for reading. */
  supportActingMaster: false,
  /** Brokers of one name are told when the smallest id among them changes. */
  notifyMinBrokerIdChanged: false,
  /** A registration of all topics takes away those that it does not name. */
  deleteTopicWithBrokerRegistration: false,
} as const;

export type NameserverSetting = keyof typeof changeable;

/** Names that nobody changes over the wire, as in RocketMQ: they say where files lie. */
const forbiddenNames: ReadonlySet<string> = new Set([
  "configBlackList",
  "configStorePath",
  "kvConfigPath",
  "rocketmqHome",
]);

export class NameserverSettings {
  readonly #file: KeptFile | undefined;
  readonly #values = new Map<string, boolean>(Object.entries(changeable));
  readonly #fixed: readonly (readonly [string, string])[];

  /** `fixed`: what else 319 shows. Throws MqError `bad_request` when the file cannot be read. */
  constructor(
    file: KeptFile | undefined,
    fixed: readonly (readonly [name: string, value: string])[],
  ) {
    this.#file = file;
    this.#fixed = fixed;
    for (const line of (file?.read() ?? "").split("\n")) {
      const at = line.indexOf("=");
      if (at > 0) {
        this.#values.set(line.slice(0, at), this.#checked(line.slice(0, at), line.slice(at + 1)));
      }
    }
  }

  is(name: NameserverSetting): boolean {
    return this.#values.get(name) === true;
  }

  rows(): readonly (readonly [string, string])[] {
    const values = [...this.#values].map(([name, value]) => [name, String(value)] as const);
    return [...values, ...this.#fixed];
  }

  /**
   * All of it or nothing. Throws MqError `permission_denied` for names that are not for the wire, `parameter_invalid`
   * for unknown ones and for values that are none: RocketMQ passes those over, and who asked believes they count.
   */
  update(rows: Iterable<readonly [name: string, value: string]>): void {
    const values = new Map(this.#values);
    for (const [name, value] of rows) {
      values.set(name, this.#checked(name, value));
    }
    this.#file?.replace([...values].map(([name, value]) => `${name}=${value}\n`).join(""));
    for (const [name, value] of values) {
      this.#values.set(name, value);
    }
  }

  #checked(name: string, value: string): boolean {
    if (forbiddenNames.has(name)) {
      throw new MqError("permission_denied", `Can not update config in black list: ${name}`);
    }
    const known = [...Object.keys(changeable)].join(", ");
    if (this.#fixed.some(([fixed]) => fixed === name)) {
      throw new MqError("parameter_invalid", `${name} is set when the nameserver starts`);
    }
    if (!this.#values.has(name)) {
      throw new MqError(
        "parameter_invalid",
        `'${name.slice(0, 40)}' is no setting of this nameserver, which has ${known}`,
      );
    }
    if (value !== "true" && value !== "false") {
      throw new MqError(
        "parameter_invalid",
        `${name} is true or false, not '${value.slice(0, 40)}'`,
      );
    }
    return value === "true";
  }
}
