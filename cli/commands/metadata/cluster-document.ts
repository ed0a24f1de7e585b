/** A cluster as a document: brokers that have the same settings of a topic or group share one entry. */
import { isSystemGroup } from "../group/group-names.ts";
import { isInnerTopic } from "../topic/topic-names.ts";
import type { BrokerState, ClusterState } from "./cluster-state.ts";
import {
  type GroupOffsets,
  type KeyValue,
  type MetadataDocument,
  type NamedSettings,
  type SettingValue,
  settingText,
} from "./document.ts";
import { groupSettings, settingsOf, topicSettings } from "./setting-table.ts";

/** Values are those of the first nameserver. */
export function documentOf(
  { brokers, nameservers }: ClusterState,
  options: { readonly withOffsets: boolean },
): MetadataDocument {
  const [first] = nameservers;
  const keyValues = [...(first?.values ?? [])].flatMap(([namespace, values]) =>
    [...values].map(([key, value]): KeyValue => ({ namespace, key, value })),
  );
  return {
    topics: entriesOf(brokers, ({ topics }) =>
      [...topics].map(([name, config]) => [name, settingsOf(topicSettings, config)] as const),
    ),
    groups: entriesOf(brokers, ({ groups }) =>
      [...groups].map(([name, config]) => [name, settingsOf(groupSettings, config)] as const),
    ),
    offsets: options.withOffsets ? brokers.flatMap(offsetsOf) : undefined,
    keyValues: keyValues.sort((left, right) => (left.key < right.key ? -1 : 1)),
  };
}

type SettingsByName = readonly (readonly [string, ReadonlyMap<string, SettingValue>])[];

function entriesOf(
  brokers: readonly BrokerState[],
  settingsAt: (state: BrokerState) => SettingsByName,
): readonly NamedSettings[] {
  const entries = new Map<string, { readonly row: NamedSettings; readonly on: string[] }>();
  for (const state of brokers) {
    for (const [name, settings] of settingsAt(state)) {
      const key = `${name}\n${settingText(Object.fromEntries(settings))}`;
      const entry = entries.get(key) ?? { row: { name, brokers: undefined, settings }, on: [] };
      entry.on.push(state.broker.brokerName);
      entries.set(key, entry);
    }
  }
  return [...entries.values()]
    .map(({ row, on }) => (on.length === brokers.length ? row : { ...row, brokers: on }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function offsetsOf({ broker, offsets }: BrokerState): readonly GroupOffsets[] {
  return [...offsets]
    .flatMap(([key, queues]) => {
      const at = key.indexOf("@");
      const row = {
        group: key.slice(at + 1),
        topic: key.slice(0, at),
        broker: broker.brokerName,
        queues: new Map([...queues].sort(([left], [right]) => left - right)),
      };
      return at < 0 || isInnerTopic(row.topic) || isSystemGroup(row.group) ? [] : [row];
    })
    .sort((left, right) =>
      `${left.group}\n${left.topic}` < `${right.group}\n${right.topic}` ? -1 : 1,
    );
}
