/**
 * Which consumer groups exist, with what settings (remoting 8.2, 9.3). Rows live in the store's state table, in
 * RocketMQ's JSON. A group that is asked for comes into being with defaults, when the broker's settings allow it.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { MessageStore, StateValue } from "../../store/message-store.ts";
import type { BrokerConfig } from "../config.ts";
import { type NamedEntry, NameTable } from "../name-table.ts";
import { checkGroupName } from "../names.ts";
import type { DataVersion } from "../ports.ts";
import { rowFlag, rowInteger, rowMembers, rowTexts } from "../topic/topic-config.ts";

const table = "group";

export interface GroupConfig {
  readonly group: string;
  readonly consumeEnable: boolean;
  readonly consumeFromMinEnable: boolean;
  readonly consumeBroadcastEnable: boolean;
  readonly consumeMessageOrderly: boolean;
  readonly consumeTimeoutMinute: number;
  readonly retryQueueCount: number;
  readonly retryTimesMax: number;
  readonly brokerId: number;
  readonly whichBrokerWhenConsumeSlowly: number;
  readonly notifyConsumerIdsChangedEnable: boolean;
  readonly groupSysFlag: number;
  readonly attributes: ReadonlyMap<string, string>;
}

export class GroupEntry implements NamedEntry {
  readonly name: string;
  readonly nameBytes: Buffer;
  config: GroupConfig;

  constructor(config: GroupConfig) {
    this.name = config.group;
    this.nameBytes = Buffer.from(config.group, "utf8");
    this.config = config;
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
    checkGroupName(group);
    if (this.#entries.size >= limits.groupsMax) {
      throw new MqError("broker_busy", `a broker has at most ${limits.groupsMax} groups`);
    }
    const entry = new GroupEntry(groupOfRow(group, null));
    this.#add(entry);
    const { counter, stateVersion, timestamp } = this.#dataVersion;
    this.#dataVersion = { counter: counter + 1, stateVersion, timestamp };
    this.#store.state.put(table, group, groupRow(entry.config));
    return entry;
  }

  /** Throws MqError `group_not_found`. */
  get(group: string): GroupEntry {
    const entry = this.#entries.get(group);
    if (entry === undefined) {
      throw missingGroup(group);
    }
    return entry;
  }

  configs(): readonly GroupConfig[] {
    return [...this.#entries.values()].map((entry) => entry.config);
  }

  #add(entry: GroupEntry): void {
    this.#entries.set(entry.name, entry);
    this.#byBytes.add(entry);
  }
}

function missingGroup(group: string): MqError {
  return new MqError("group_not_found", `subscription group [${group}] does not exist`);
}

function groupRow(config: GroupConfig): StateValue {
  return {
    attributes: Object.fromEntries(config.attributes),
    brokerId: config.brokerId,
    consumeBroadcastEnable: config.consumeBroadcastEnable,
    consumeEnable: config.consumeEnable,
    consumeFromMinEnable: config.consumeFromMinEnable,
    consumeMessageOrderly: config.consumeMessageOrderly,
    consumeTimeoutMinute: config.consumeTimeoutMinute,
    groupName: config.group,
    groupRetryPolicy: { type: "CUSTOMIZED" },
    groupSysFlag: config.groupSysFlag,
    notifyConsumerIdsChangedEnable: config.notifyConsumerIdsChangedEnable,
    retryMaxTimes: config.retryTimesMax,
    retryQueueNums: config.retryQueueCount,
    whichBrokerWhenConsumeSlowly: config.whichBrokerWhenConsumeSlowly,
  };
}

/** A row; members that are missing, or all of them, have RocketMQ's defaults. */
function groupOfRow(group: string, row: StateValue): GroupConfig {
  const members = rowMembers(row);
  return {
    group,
    consumeEnable: rowFlag(members, "consumeEnable", true),
    consumeFromMinEnable: rowFlag(members, "consumeFromMinEnable", true),
    consumeBroadcastEnable: rowFlag(members, "consumeBroadcastEnable", true),
    consumeMessageOrderly: rowFlag(members, "consumeMessageOrderly", false),
    consumeTimeoutMinute: rowInteger(members, "consumeTimeoutMinute", 15),
    retryQueueCount: rowInteger(members, "retryQueueNums", 1),
    retryTimesMax: rowInteger(members, "retryMaxTimes", 16),
    brokerId: rowInteger(members, "brokerId", 0),
    whichBrokerWhenConsumeSlowly: rowInteger(members, "whichBrokerWhenConsumeSlowly", 1),
    notifyConsumerIdsChangedEnable: rowFlag(members, "notifyConsumerIdsChangedEnable", true),
    groupSysFlag: rowInteger(members, "groupSysFlag", 0),
    attributes: rowTexts(members, "attributes"),
  };
}
