/** Reads a document from YAML or JSON. What cannot be meant is refused with its place in the document and what may stand there. */
import type { CommandError } from "../../command-error.ts";
import { usageError } from "../../command-error.ts";
import { closestWord } from "../../did-you-mean.ts";
import { isSystemGroup } from "../group/group-names.ts";
import { isSystemTopic } from "../topic/topic-names.ts";
import {
  documentKind,
  documentVersion,
  type GroupOffsets,
  type KeyValue,
  type MetadataDocument,
  type NamedSettings,
  type SettingValue,
} from "./document.ts";
import { membersOf, plainText, type SettingKind, wholeNumber } from "./setting-kinds.ts";
import { groupSettings, type SettingRow, topicSettings } from "./setting-table.ts";

type Members = ReadonlyMap<string, unknown>;

const sections = ["apiVersion", "kind", "topics", "groups", "offsets", "keyValues"];
const offset = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** Reads what a parser made of the file. Throws CommandError `MQ-E-USAGE`. */
export function readDocument(file: string, value: unknown): MetadataDocument {
  return new DocumentReader(file).document(value);
}

class DocumentReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  document(value: unknown): MetadataDocument {
    const members = this.#members(value, "the document", sections);
    const version = members.get("apiVersion") ?? documentVersion;
    if (version !== documentVersion) {
      throw this.#wrong("apiVersion", version, documentVersion);
    }
    const kind = members.get("kind") ?? documentKind;
    if (kind !== documentKind) {
      throw this.#wrong("kind", kind, documentKind);
    }
    if (sections.slice(2).every((name) => members.get(name) === undefined)) {
      throw usageError(`${this.#file} says nothing: it has none of topics, groups, keyValues`);
    }
    const topics = this.#section(members, "topics", (each, at) =>
      this.#named(each, at, topicSettings, isSystemTopic),
    );
    const groups = this.#section(members, "groups", (each, at) =>
      this.#named(each, at, groupSettings, isSystemGroup),
    );
    this.#refuseTwins("topics", topics);
    this.#refuseTwins("groups", groups);
    return {
      topics,
      groups,
      offsets: this.#section(members, "offsets", (each, at) => this.#offsets(each, at)),
      keyValues: this.#section(members, "keyValues", (each, at) => this.#keyValue(each, at)),
    };
  }

  #section<T>(
    members: Members,
    name: string,
    read: (value: unknown, at: string) => T,
  ): readonly T[] | undefined {
    const value = members.get(name);
    if (value === undefined) {
      return undefined;
    }
    return this.#list(value ?? [], name).map((each, index) => read(each, `${name}[${index}]`));
  }

  #named<Config>(
    value: unknown,
    at: string,
    rows: readonly SettingRow<Config>[],
    isSystem: (name: string) => boolean,
  ): NamedSettings {
    const isTopic = rows.some(({ name }) => name === "readQueues");
    const known = [
      "name",
      "brokers",
      ...(isTopic ? ["queues"] : []),
      ...rows.map((row) => row.name),
    ];
    const members = this.#members(value, at, known);
    const name = this.#name(members, at);
    const place = `${at} (${name})`;
    if (isSystem(name)) {
      throw usageError(`${this.#file}: ${place} belongs to the brokers themselves: leave it out`);
    }
    const settings = new Map<string, SettingValue>();
    const queues = members.get("queues");
    for (const row of rows) {
      const own = members.get(row.name);
      const isQueues = row.name === "readQueues" || row.name === "writeQueues";
      if (isQueues && own !== undefined && queues !== undefined) {
        throw usageError(`${this.#file}: ${place} has both queues and ${row.name}: give one`);
      }
      const given = isQueues ? (own ?? queues) : own;
      if (given !== undefined) {
        const key = own === undefined ? "queues" : row.name;
        settings.set(row.name, this.#value(given, `${place}.${key}`, row.kind));
      }
    }
    return { name, brokers: this.#brokers(members.get("brokers"), place), settings };
  }

  #brokers(value: unknown, at: string): readonly string[] | undefined {
    if (value === undefined) {
      return undefined;
    }
    const names = this.#list(value, `${at}.brokers`);
    return names.map((each) => {
      if (typeof each !== "string" || each === "") {
        throw this.#wrong(`${at}.brokers`, each, "names of brokers");
      }
      return each;
    });
  }

  #offsets(value: unknown, at: string): GroupOffsets {
    const members = this.#members(value, at, ["group", "topic", "broker", "queues"]);
    const group = this.#text(members, at, "group");
    const topic = this.#text(members, at, "topic");
    const broker = this.#text(members, at, "broker");
    const place = `${at} (${group} in ${topic}).queues`;
    const queues = membersOf(members.get("queues"));
    if (queues === undefined) {
      throw this.#wrong(place, members.get("queues"), "offsets by queue id: {0: 12, 1: 9}");
    }
    return {
      group,
      topic,
      broker,
      queues: new Map(
        queues.map(([queue, each]) => {
          if (!/^\d{1,5}$/.test(queue)) {
            throw this.#wrong(place, queue, "queue ids of 0 to 65535");
          }
          return [Number(queue), Number(this.#value(each, `${place}.${queue}`, offset))] as const;
        }),
      ),
    };
  }

  #keyValue(value: unknown, at: string): KeyValue {
    const members = this.#members(value, at, ["namespace", "key", "value"]);
    return {
      namespace: this.#text(members, at, "namespace"),
      key: this.#text(members, at, "key"),
      value: this.#text(members, at, "value"),
    };
  }

  /** The same name may stand twice only for different brokers. */
  #refuseTwins(section: string, rows: readonly NamedSettings[] | undefined): void {
    const seen = new Map<string, number>();
    for (const [index, { name, brokers }] of (rows ?? []).entries()) {
      const earlier = [...(brokers ?? [""]), ""].map((broker) => seen.get(`${name}\n${broker}`));
      const first = earlier.find((each) => each !== undefined);
      const isAll = brokers === undefined && rows?.slice(0, index).some((row) => row.name === name);
      if (first !== undefined || isAll === true) {
        const twin = first ?? rows?.findIndex((row) => row.name === name) ?? 0;
        throw usageError(
          `${this.#file}: ${section}[${index}] (${name}) is there already as ${section}[${twin}]`,
        );
      }
      for (const broker of brokers ?? [""]) {
        seen.set(`${name}\n${broker}`, index);
      }
    }
  }

  #name(members: Members, at: string): string {
    return this.#text(members, at, "name");
  }

  #text(members: Members, at: string, name: string): string {
    const text = plainText(members.get(name));
    if (text === undefined || text === "") {
      throw this.#wrong(`${at}.${name}`, members.get(name), "a text");
    }
    return text;
  }

  #value(value: unknown, at: string, { read, allowed }: SettingKind): SettingValue {
    const found = read(value);
    if (found === undefined) {
      throw this.#wrong(at, value, allowed);
    }
    return found;
  }

  #list(value: unknown, at: string): readonly unknown[] {
    if (!Array.isArray(value)) {
      throw this.#wrong(at, value, "a list");
    }
    return value;
  }

  #members(value: unknown, at: string, known: readonly string[]): Members {
    const members = membersOf(value);
    if (members === undefined) {
      throw this.#wrong(at, value, `members of ${known.join(", ")}`);
    }
    const unknown = members.find(([name]) => !known.includes(name));
    if (unknown !== undefined) {
      const meant = closestWord(unknown[0], known);
      throw usageError(
        `${this.#file}: ${at} has a member '${unknown[0]}'; it may have ${known.join(", ")}`,
        meant === undefined ? undefined : `did you mean ${meant}?`,
      );
    }
    return new Map(members);
  }

  #wrong(at: string, value: unknown, allowed: string): CommandError {
    const found = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
    return usageError(`${this.#file}: ${at} ${found}; it must be ${allowed}`);
  }
}
