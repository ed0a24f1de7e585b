/** The settings of topics and groups under the names of a document, and how they lie in what brokers tell and take. */
import type { GroupConfig, TopicConfig } from "../../../src/client/index.ts";
import { isSameSetting, type SettingValue } from "./document.ts";
import {
  membersOf,
  oneOf,
  permBitsOf,
  permission,
  permValue,
  type SettingKind,
  textTable,
  truth,
  wholeNumber,
} from "./setting-kinds.ts";

/** One setting of a topic or group. */
export interface SettingRow<Config> {
  readonly name: string;
  readonly kind: SettingKind;
  readonly of: (config: Config) => SettingValue;
  readonly put: (config: Config, value: SettingValue) => Config;
  /** A document leaves it out where it is this. */
  readonly usual?: SettingValue;
}

const queueCount = wholeNumber(1, 65_535);
const bits = wholeNumber(0, 2_147_483_647);

export const topicSettings: readonly SettingRow<TopicConfig>[] = [
  {
    name: "readQueues",
    kind: queueCount,
    of: ({ readQueueCount }) => readQueueCount,
    put: (config, value) => ({ ...config, readQueueCount: Number(value) }),
  },
  {
    name: "writeQueues",
    kind: queueCount,
    of: ({ writeQueueCount }) => writeQueueCount,
    put: (config, value) => ({ ...config, writeQueueCount: Number(value) }),
  },
  {
    name: "perm",
    kind: permission,
    of: ({ perm }) => permValue(perm),
    put: (config, value) => ({ ...config, perm: permBitsOf(value) }),
  },
  {
    name: "order",
    kind: truth,
    of: ({ order }) => order,
    put: (config, value) => ({ ...config, order: value === true }),
  },
  {
    name: "attributes",
    kind: textTable,
    of: ({ attributes }) => plainAttributes(attributes),
    put: (config, value) => ({ ...config, attributes: attributesOf(value) }),
  },
  {
    name: "filterType",
    kind: oneOf(["SINGLE_TAG", "MULTI_TAG"]),
    usual: "SINGLE_TAG",
    of: ({ filterType }) => filterType,
    put: (config, value) => ({ ...config, filterType: String(value) }),
  },
  {
    name: "sysFlag",
    kind: bits,
    usual: 0,
    of: ({ topicSysFlag }) => topicSysFlag,
    put: (config, value) => ({ ...config, topicSysFlag: Number(value) }),
  },
];

export const groupSettings: readonly SettingRow<GroupConfig>[] = [
  {
    name: "enabled",
    kind: truth,
    of: ({ consumeEnable }) => consumeEnable,
    put: (config, value) => ({ ...config, consumeEnable: value === true }),
  },
  {
    name: "broadcast",
    kind: truth,
    of: ({ consumeBroadcastEnable }) => consumeBroadcastEnable,
    put: (config, value) => ({ ...config, consumeBroadcastEnable: value === true }),
  },
  {
    name: "orderly",
    kind: truth,
    of: ({ consumeMessageOrderly }) => consumeMessageOrderly,
    put: (config, value) => ({ ...config, consumeMessageOrderly: value === true }),
  },
  {
    name: "fromMin",
    kind: truth,
    of: ({ consumeFromMinEnable }) => consumeFromMinEnable,
    put: (config, value) => ({ ...config, consumeFromMinEnable: value === true }),
  },
  {
    name: "retryMaxTimes",
    kind: wholeNumber(-1, 2_147_483_647),
    of: ({ retryTimesMax }) => retryTimesMax,
    put: (config, value) => ({ ...config, retryTimesMax: Number(value) }),
  },
  {
    name: "retryQueues",
    kind: wholeNumber(0, 65_535),
    of: ({ retryQueueCount }) => retryQueueCount,
    put: (config, value) => ({ ...config, retryQueueCount: Number(value) }),
  },
  {
    name: "attributes",
    kind: textTable,
    of: ({ attributes }) => plainAttributes(attributes),
    put: (config, value) => ({ ...config, attributes: attributesOf(value) }),
  },
  {
    name: "consumeTimeoutMinutes",
    kind: bits,
    usual: 15,
    of: ({ consumeTimeoutMinute }) => consumeTimeoutMinute,
    put: (config, value) => ({ ...config, consumeTimeoutMinute: Number(value) }),
  },
  {
    name: "notifyMembers",
    kind: truth,
    usual: true,
    of: ({ notifyConsumerIdsChangedEnable }) => notifyConsumerIdsChangedEnable,
    put: (config, value) => ({ ...config, notifyConsumerIdsChangedEnable: value === true }),
  },
  {
    name: "brokerId",
    kind: bits,
    usual: 0,
    of: ({ brokerId }) => brokerId,
    put: (config, value) => ({ ...config, brokerId: Number(value) }),
  },
  {
    name: "slowBrokerId",
    kind: bits,
    usual: 1,
    of: ({ whichBrokerWhenConsumeSlowly }) => whichBrokerWhenConsumeSlowly,
    put: (config, value) => ({ ...config, whichBrokerWhenConsumeSlowly: Number(value) }),
  },
  {
    name: "sysFlag",
    kind: bits,
    usual: 0,
    of: ({ groupSysFlag }) => groupSysFlag,
    put: (config, value) => ({ ...config, groupSysFlag: Number(value) }),
  },
  {
    name: "retryPolicy",
    kind: {
      allowed:
        "{type: CUSTOMIZED, delaysMs: [N, …]} or {type: EXPONENTIAL, exponential: {initialMs: N, maxMs: N, multiplier: N}}",
      read: readRetryPolicy,
    },
    usual: { type: "CUSTOMIZED" },
    of: ({ retryPolicy }) => plainRetryPolicy(retryPolicy),
    put: (config, value) => ({ ...config, retryPolicy: retryPolicyOf(value) }),
  },
];

type RetryPolicy = GroupConfig["retryPolicy"];

/** What a document says of a topic or group: all but what is as usual. */
export function settingsOf<Config>(
  rows: readonly SettingRow<Config>[],
  config: Config,
): ReadonlyMap<string, SettingValue> {
  return new Map(
    rows
      .map((row) => [row, row.of(config)] as const)
      .filter(([{ usual }, value]) => usual === undefined || !isSameSetting(usual, value))
      .map(([{ name }, value]) => [name, value]),
  );
}

/** The config with the settings of a document in their places. */
export function withSettings<Config>(
  rows: readonly SettingRow<Config>[],
  config: Config,
  settings: ReadonlyMap<string, SettingValue>,
): Config {
  return rows.reduce((made, { name, put }) => {
    const value = settings.get(name);
    return value === undefined ? made : put(made, value);
  }, config);
}

function plainAttributes(attributes: ReadonlyMap<string, string>): SettingValue {
  return Object.fromEntries([...attributes].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function attributesOf(value: SettingValue): ReadonlyMap<string, string> {
  return new Map((membersOf(value) ?? []).map(([name, each]) => [name, String(each)]));
}

function plainRetryPolicy({ type, delaysMs, exponential }: RetryPolicy): SettingValue {
  return {
    type,
    ...(delaysMs === undefined ? {} : { delaysMs }),
    ...(exponential === undefined ? {} : { exponential }),
  };
}

function readRetryPolicy(value: unknown): SettingValue | undefined {
  const { type, delaysMs, exponential, ...others } = Object.fromEntries(membersOf(value) ?? []);
  const isKnown = type === "CUSTOMIZED" || type === "EXPONENTIAL";
  const areDelays = delaysMs === undefined || (Array.isArray(delaysMs) && delaysMs.every(isDelay));
  if (!isKnown || !areDelays || Object.keys(others).length > 0) {
    return undefined;
  }
  const growth = exponential === undefined ? undefined : readExponential(exponential);
  if (exponential !== undefined && growth === undefined) {
    return undefined;
  }
  return plainRetryPolicy({ type, delaysMs, exponential: growth });
}

function readExponential(value: unknown): RetryPolicy["exponential"] {
  const { initialMs, maxMs, multiplier, ...others } = Object.fromEntries(membersOf(value) ?? []);
  return isDelay(initialMs) &&
    isDelay(maxMs) &&
    typeof multiplier === "number" &&
    Object.keys(others).length === 0
    ? { initialMs, maxMs, multiplier }
    : undefined;
}

function isDelay(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Of a value that was read before. */
function retryPolicyOf(value: SettingValue): RetryPolicy {
  const { type, delaysMs, exponential } = Object.fromEntries(membersOf(value) ?? []);
  return {
    type: String(type),
    delaysMs: Array.isArray(delaysMs) ? delaysMs.filter(isDelay) : undefined,
    exponential: exponential === undefined ? undefined : readExponential(exponential),
  };
}
