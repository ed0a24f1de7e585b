/**
 * What a cluster is made of, as one document: topics, groups, how far groups have come, and values at the nameservers. A
 * setting that is absent stays as it is, and is the usual one of what is made new; a section that is absent is not spoken of.
 */

export const documentKind = "Metadata";
export const documentVersion = "mq/v1";

/** A setting as it stands in a document. */
export type SettingValue =
  | string
  | number
  | boolean
  | readonly SettingValue[]
  | { readonly [name: string]: SettingValue };

/** A topic or a group. */
export interface NamedSettings {
  readonly name: string;
  /** Names of the brokers that it is on; undefined is all of them. */
  readonly brokers: readonly string[] | undefined;
  /** By the names of the document. */
  readonly settings: ReadonlyMap<string, SettingValue>;
}

/** Where a group stands in the queues that a topic has on one broker. */
export interface GroupOffsets {
  readonly group: string;
  readonly topic: string;
  readonly broker: string;
  /** Next offset by queue id. */
  readonly queues: ReadonlyMap<number, number>;
}

/** A value that every nameserver keeps. */
export interface KeyValue {
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
}

export interface MetadataDocument {
  readonly topics: readonly NamedSettings[] | undefined;
  readonly groups: readonly NamedSettings[] | undefined;
  readonly offsets: readonly GroupOffsets[] | undefined;
  readonly keyValues: readonly KeyValue[] | undefined;
}

/** The document as plain data, in the order in which people read it. */
export function plainDocument(document: MetadataDocument): Readonly<Record<string, unknown>> {
  const { topics, groups, offsets, keyValues } = document;
  return {
    apiVersion: documentVersion,
    kind: documentKind,
    ...(topics === undefined ? {} : { topics: topics.map(plainSettings) }),
    ...(groups === undefined ? {} : { groups: groups.map(plainSettings) }),
    ...(offsets === undefined
      ? {}
      : {
          offsets: offsets.map((each) => ({ ...each, queues: Object.fromEntries(each.queues) })),
        }),
    ...(keyValues === undefined ? {} : { keyValues }),
  };
}

function plainSettings({ name, brokers, settings }: NamedSettings): object {
  const { readQueues, writeQueues, ...others } = Object.fromEntries(settings);
  const queues =
    readQueues === undefined && writeQueues === undefined
      ? {}
      : readQueues === writeQueues
        ? { queues: readQueues }
        : { readQueues, writeQueues };
  return { name, ...(brokers === undefined ? {} : { brokers }), ...queues, ...others };
}

/** True when both say the same, whatever the order of their members. */
export function isSameSetting(left: SettingValue, right: SettingValue): boolean {
  return settingText(left) === settingText(right);
}

/** One line, with members in the order of their names. */
export function settingText(value: SettingValue): string {
  return typeof value === "string" ? value : JSON.stringify(value, sortedMembers);
}

function sortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
