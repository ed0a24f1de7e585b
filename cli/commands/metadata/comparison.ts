/** What has to change so that a cluster is what a document says. Nothing is deleted unless pruning is asked for. */
import {
  type Client,
  type GroupConfig,
  groupDefaults,
  type TopicConfig,
} from "../../../src/client/index.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { deleteTopicAt } from "../topic/topic-deletion.ts";
import { topicLosses } from "../topic/topic-losses.ts";
import { type Change, type FieldChange, refuseUnknownBrokers } from "./change.ts";
import type { BrokerState, ClusterState } from "./cluster-state.ts";
import {
  isSameSetting,
  type MetadataDocument,
  type NamedSettings,
  type SettingValue,
} from "./document.ts";
import { groupSettings, type SettingRow, topicSettings, withSettings } from "./setting-table.ts";

export interface ComparisonOptions {
  /** What the document's sections do not name is deleted. */
  readonly isPruning: boolean;
}

/** The changes in the order in which they are safe: what is new first, what goes last. */
export function compare(
  document: MetadataDocument,
  state: ClusterState,
  options: ComparisonOptions,
): readonly Change[] {
  const known = state.brokers.map(({ broker }) => broker.brokerName);
  const named = [...(document.topics ?? []), ...(document.groups ?? [])];
  refuseUnknownBrokers(
    named.flatMap(({ brokers }) => brokers ?? []),
    known,
  );
  const changes = state.brokers.flatMap((broker) => [
    ...comparedEntries(document.topics, broker, topics),
    ...comparedEntries(document.groups, broker, groups),
  ]);
  const values = comparedValues(document, state, options);
  if (!options.isPruning) {
    return [...changes, ...values];
  }
  const gone = state.brokers.flatMap((broker) => [
    ...unnamedEntries(document.groups, broker, groups),
    ...unnamedEntries(document.topics, broker, topics),
  ]);
  return [...changes, ...values, ...gone];
}

/** How many topics and groups the cluster has that the document does not name. */
export function unnamedCount(document: MetadataDocument, state: ClusterState): number {
  const names = state.brokers.flatMap((broker) => [
    ...unnamedEntries(document.topics, broker, topics),
    ...unnamedEntries(document.groups, broker, groups),
  ]);
  return new Set(names.map(({ thing, name }) => `${thing} ${name}`)).size;
}

/** What topics and groups have in common. */
interface Kind<Config> {
  readonly thing: "topic" | "group";
  readonly rows: readonly SettingRow<Config>[];
  readonly there: (state: BrokerState) => ReadonlyMap<string, Config>;
  readonly fresh: (name: string) => Config;
  readonly losses: (where: string, before: Config, after: Config) => readonly string[];
  readonly write: (
    client: Client,
    address: string,
    before: Config | undefined,
    after: Config,
  ) => Promise<void>;
  readonly remove: (client: Client, address: string, name: string) => Promise<void>;
}

const topics: Kind<TopicConfig> = {
  thing: "topic",
  rows: topicSettings,
  there: (state) => state.topics,
  fresh: (topic) => ({
    topic,
    readQueueCount: 8,
    writeQueueCount: 8,
    perm: 6,
    filterType: "SINGLE_TAG",
    topicSysFlag: 0,
    order: false,
    attributes: new Map(),
  }),
  losses: topicLosses,
  write: ({ admin }, address, before, after) =>
    admin.topics.update(address, {
      ...after,
      attributeChanges: attributeChanges(before, after).map(([name, value]) =>
        value === "" ? name : `${name}=${value}`,
      ),
    }),
  remove: ({ admin }, address, name) => deleteTopicAt(admin, address, name),
};

const groups: Kind<GroupConfig> = {
  thing: "group",
  rows: groupSettings,
  there: (state) => state.groups,
  fresh: groupDefaults,
  losses: (where, before, after) =>
    before.consumeEnable && !after.consumeEnable
      ? [`nobody may consume as group '${after.group}' on ${where} any more`]
      : [],
  write: ({ admin }, address, before, after) =>
    admin.groups.update(address, {
      ...after,
      attributes: new Map(attributeChanges(before, after)),
    }),
  async remove({ admin }, address, name) {
    if ((await admin.groups.members(address, name)) !== undefined) {
      throw new CommandError(
        "MQ-E-ONLINE",
        exitCode.precondition,
        `members of '${name}' are on line, and would make it anew`,
      );
    }
    await admin.groups.delete(address, name, { cleanOffset: true });
    await deleteTopicAt(admin, address, `%RETRY%${name}`);
  },
};

/** As brokers want them: the name with its sign, and the value of what is set. */
function attributeChanges(
  before: { readonly attributes: ReadonlyMap<string, string> } | undefined,
  after: { readonly attributes: ReadonlyMap<string, string> },
): (readonly [string, string])[] {
  const old = before?.attributes ?? new Map<string, string>();
  return [
    ...[...after.attributes]
      .filter(([name, value]) => old.get(name) !== value)
      .map(([name, value]) => [`+${name}`, value] as const),
    ...[...old.keys()]
      .filter((name) => !after.attributes.has(name))
      .map((name) => [`-${name}`, ""] as const),
  ];
}

function comparedEntries<Config>(
  entries: readonly NamedSettings[] | undefined,
  state: BrokerState,
  kind: Kind<Config>,
): readonly Change[] {
  return entriesFor(entries, state).flatMap((entry) => {
    const change = comparedEntry(entry, state, kind);
    return change === undefined ? [] : [change];
  });
}

function entriesFor(
  entries: readonly NamedSettings[] | undefined,
  { broker }: BrokerState,
): readonly NamedSettings[] {
  return (entries ?? []).filter(({ brokers }) => brokers?.includes(broker.brokerName) ?? true);
}

function comparedEntry<Config>(
  { name, settings }: NamedSettings,
  state: BrokerState,
  kind: Kind<Config>,
): Change | undefined {
  const { brokerName, address } = state.broker;
  const before = kind.there(state).get(name);
  const after = withSettings(kind.rows, before ?? kind.fresh(name), settings);
  const fields = changedFields(kind.rows, settings, before);
  if (before !== undefined && fields.length === 0) {
    return undefined;
  }
  return {
    thing: kind.thing,
    name,
    target: brokerName,
    action: before === undefined ? "create" : "update",
    fields,
    losses: before === undefined ? [] : kind.losses(brokerName, before, after),
    carryOut: (client) => kind.write(client, address, before, after),
  };
}

function changedFields<Config>(
  rows: readonly SettingRow<Config>[],
  settings: ReadonlyMap<string, SettingValue>,
  before: Config | undefined,
): readonly FieldChange[] {
  return rows.flatMap(({ name, of }) => {
    const to = settings.get(name);
    const from = before === undefined ? null : of(before);
    return to === undefined || (from !== null && isSameSetting(from, to))
      ? []
      : [{ name, from, to }];
  });
}

/** What the broker has and no entry for it names; nothing where the document has no such section. */
function unnamedEntries<Config>(
  entries: readonly NamedSettings[] | undefined,
  state: BrokerState,
  kind: Kind<Config>,
): readonly Change[] {
  if (entries === undefined) {
    return [];
  }
  const { brokerName, address } = state.broker;
  const named = new Set(entriesFor(entries, state).map(({ name }) => name));
  return [...kind.there(state).keys()]
    .filter((name) => !named.has(name))
    .map((name) => ({
      thing: kind.thing,
      name,
      target: brokerName,
      action: "delete",
      fields: [],
      losses: [
        kind.thing === "topic"
          ? `topic '${name}' goes from ${brokerName} with its messages`
          : `group '${name}' goes from ${brokerName} with its offsets`,
      ],
      carryOut: (client) => kind.remove(client, address, name),
    }));
}

function comparedValues(
  { keyValues }: MetadataDocument,
  { nameservers }: ClusterState,
  { isPruning }: ComparisonOptions,
): readonly Change[] {
  const wanted = new Map(
    (keyValues ?? []).map((each) => [`${each.namespace} ${each.key}`, each] as const),
  );
  return nameservers.flatMap(({ address, values }) => {
    const changes = [...wanted.values()].flatMap(({ namespace, key, value }): readonly Change[] => {
      const from = values.get(namespace)?.get(key) ?? null;
      const change: Change = {
        thing: "keyValue",
        name: `${namespace} ${key}`,
        target: address,
        action: from === null ? "create" : "update",
        fields: [{ name: "value", from, to: value }],
        losses: [],
        carryOut: ({ admin }) => admin.nameservers.setValue(address, { namespace, key, value }),
      };
      return from === value ? [] : [change];
    });
    const gone =
      !isPruning || keyValues === undefined ? [] : unnamedValues(wanted, address, values);
    return [...changes, ...gone];
  });
}

function unnamedValues(
  wanted: ReadonlyMap<string, unknown>,
  address: string,
  values: ReadonlyMap<string, ReadonlyMap<string, string>>,
): readonly Change[] {
  return [...values].flatMap(([namespace, rows]) =>
    [...rows]
      .filter(([key]) => !wanted.has(`${namespace} ${key}`))
      .map(([key, from]) => ({
        thing: "keyValue",
        name: `${namespace} ${key}`,
        target: address,
        action: "delete",
        fields: [{ name: "value", from, to: null }],
        losses: [`the value of ${namespace} ${key} goes from ${address}`],
        carryOut: ({ admin }) => admin.nameservers.deleteValue(address, { namespace, key }),
      })),
  );
}
