/**
 * Which consumer groups exist, with what settings (remoting 8.2, 9.3). Rows live in the store's state table, in
 * RocketMQ's JSON. A group that is asked for comes into being with defaults, when the broker's settings allow it.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { MessageStore } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import { type NamedEntry, NameTable } from "../name-table.ts";
import { checkGroupName } from "../names.ts";
import type { DataVersion } from "../ports.ts";
import type { TopicEntry } from "../topic/topic-table.ts";
import { type GroupConfig, groupOfRow, groupRow } from "./group-config.ts";
import { forbiddenOfRow, forbiddenRow, forbidsReading, readBit } from "./group-forbidden.ts";
import { GroupTopicTally } from "./group-topic-tally.ts";

const table = "group";
/** What groups may not read, apart from their settings: RocketMQ keeps it beside them, too. */
const forbiddenTable = "forbidden";

export class GroupEntry implements NamedEntry {
  readonly name: string;
  readonly nameBytes: Buffer;
  config: GroupConfig;
  /** RocketMQ's bits by topic; undefined while nothing is forbidden, as nearly always. */
  forbidden: ReadonlyMap<string, number> | undefined;
  /** What the group took and gave back, by topic. */
  readonly tallies = new Map<TopicEntry, GroupTopicTally>();
  #lastTopic: TopicEntry | undefined;
  #lastTally: GroupTopicTally | undefined;

  constructor(config: GroupConfig) {
    this.name = config.group;
    this.nameBytes = Buffer.from(config.group, "utf8");
    this.config = config;
  }

  /** Whether an operator keeps the group from reading the topic (353). */
  mayNotRead(topic: string): boolean {
    return this.forbidden !== undefined && forbidsReading(this.forbidden.get(topic));
  }

  /** The counters of the group in a topic, made on first use. */
  tally(topic: TopicEntry): GroupTopicTally {
    if (this.#lastTopic === topic && this.#lastTally !== undefined) {
      return this.#lastTally;
    }
    let tally = this.tallies.get(topic);
    if (tally === undefined) {
      tally = new GroupTopicTally();
      if (this.tallies.size < limits.groupTopicsMax) {
        this.tallies.set(topic, tally);
      }
    }
    this.#lastTopic = topic;
    this.#lastTally = tally;
    return tally;
  }

  /** Lets go of the counters of a topic that is gone. */
  forgetTally(topic: TopicEntry): void {
    this.tallies.delete(topic);
    this.#lastTopic = undefined;
    this.#lastTally = undefined;
  }
}

/** Groups that RocketMQ's own clients and tools use; there without a row. */
const systemGroups = [
  "DEFAULT_CONSUMER",
  "TOOLS_CONSUMER",
  "SCHEDULE_CONSUMER",
  "FILTERSRV_CONSUMER",
  "__MONITOR_CONSUMER",
  "SELF_TEST_C_GROUP",
  "CID_ONS-HTTP-PROXY",
  "CID_ONSAPI_PERMISSION",
  "CID_ONSAPI_OWNER",
  "CID_ONSAPI_PULL",
] as const;
const systemGroupNames: ReadonlySet<string> = new Set(systemGroups);

export class GroupTable {
  readonly #store: MessageStore;
  readonly #config: BrokerConfig;
  readonly #entries = new Map<string, GroupEntry>();
  readonly #byBytes = new NameTable<GroupEntry>();
  #dataVersion: DataVersion;

  constructor(store: MessageStore, config: BrokerConfig, nowMs: number) {
    this.#store = store;
    this.#config = config;
    this.#dataVersion = { counter: 0, stateVersion: 0, timestamp: nowMs };
    for (const group of systemGroups) {
      this.#add(new GroupEntry(groupOfRow(group, null)));
    }
    for (const [group, row] of store.state.rows(table)) {
      const known = this.#entries.get(group);
      if (known === undefined) {
        this.#add(new GroupEntry(groupOfRow(group, row)));
      } else {
        known.config = groupOfRow(group, row);
      }
    }
    for (const [group, row] of store.state.rows(forbiddenTable)) {
      const entry = this.#entries.get(group);
      if (entry !== undefined) {
        entry.forbidden = forbiddenOfRow(row);
      }
    }
  }

  get dataVersion(): DataVersion {
    return this.#dataVersion;
  }

  get count(): number {
    return this.#entries.size;
  }

  find(group: string): GroupEntry | undefined {
    return this.#entries.get(group);
  }

  /** The group named by source[start, end). */
  findBytes(source: Buffer, start: number, end: number): GroupEntry | undefined {
    return this.#byBytes.find(source, start, end);
  }

  /**
   * The group, made when it is missing. Throws MqError `group_not_found` when groups are not made by asking,
   * `parameter_invalid` for a name that cannot be, `broker_busy` when there are too many.
   */
  getOrCreate(group: string): GroupEntry {
    const known = this.#entries.get(group);
    if (known !== undefined) {
      return known;
    }
    if (!this.#config.autoCreateGroups) {
      throw missingGroup(group);
    }
    return this.#put(groupOfRow(group, null));
  }

  /** Throws MqError `parameter_invalid` for a name that cannot be. */
  checkName(group: string): void {
    checkGroupName(group);
  }

  /** Makes or changes a group as an operator asks. Throws MqError. */
  update(config: GroupConfig): GroupEntry {
    return this.#put(config);
  }

  /** Forgets a group; members that stay make it anew where the settings allow it. False when there was none. */
  remove(group: string): boolean {
    const entry = this.#entries.get(group);
    if (entry === undefined) {
      return false;
    }
    const { state } = this.#store;
    state.remove(table, group);
    state.remove(forbiddenTable, group);
    this.#nextVersion();
    if (systemGroupNames.has(group)) {
      entry.config = groupOfRow(group, null);
      entry.forbidden = undefined;
    } else {
      this.#entries.delete(group);
      this.#byBytes.remove(entry);
    }
    return true;
  }

  /** Keeps a group from reading a topic, or lets it read again. Throws MqError. */
  setReadable(group: string, topic: string, isReadable: boolean): void {
    const entry = this.getOrCreate(group);
    const forbidden = new Map(entry.forbidden);
    if (isReadable) {
      forbidden.delete(topic);
    } else if (forbidden.size >= limits.groupTopicsMax && !forbidden.has(topic)) {
      throw new MqError("broker_busy", `at most ${limits.groupTopicsMax} topics of a group`);
    } else {
      forbidden.set(topic, readBit);
    }
    if (forbidden.size === 0) {
      this.#store.state.remove(forbiddenTable, group);
      entry.forbidden = undefined;
    } else {
      this.#store.state.put(forbiddenTable, group, forbiddenRow(forbidden));
      entry.forbidden = forbidden;
    }
    this.#nextVersion();
  }

  /** What groups may not read, by group and topic. */
  forbidden(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    const rows = new Map<string, ReadonlyMap<string, number>>();
    for (const { name, forbidden } of this.#entries.values()) {
      if (forbidden !== undefined) {
        rows.set(name, forbidden);
      }
    }
    return rows;
  }

  /** Throws MqError `group_not_found`. */
  get(group: string): GroupEntry {
    const entry = this.#entries.get(group);
    if (entry === undefined) {
      throw missingGroup(group);
    }
    return entry;
  }

  entries(): Iterable<GroupEntry> {
    return this.#entries.values();
  }

  configs(): readonly GroupConfig[] {
    return [...this.#entries.values()].map((entry) => entry.config);
  }

  #put(config: GroupConfig): GroupEntry {
    const { group } = config;
    let entry = this.#entries.get(group);
    if (entry === undefined) {
      checkGroupName(group);
      if (this.#entries.size >= limits.groupsMax) {
        throw new MqError("broker_busy", `a broker has at most ${limits.groupsMax} groups`);
      }
      entry = new GroupEntry(config);
      this.#add(entry);
    }
    entry.config = config;
    this.#store.state.put(table, group, groupRow(config));
    this.#nextVersion();
    return entry;
  }

  #nextVersion(): void {
    const { counter, stateVersion, timestamp } = this.#dataVersion;
    this.#dataVersion = { counter: counter + 1, stateVersion, timestamp };
  }

  #add(entry: GroupEntry): void {
    this.#entries.set(entry.name, entry);
    this.#byBytes.add(entry);
  }
}

function missingGroup(group: string): MqError {
  return new MqError("group_not_found", `subscription group [${group}] does not exist`);
}
