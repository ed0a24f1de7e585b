/**
 * Key-value configuration by namespace (100, 101, 102, 219), above all the order of queues of ordered topics.
 *
 * With a folder it is kept there in RocketMQ's file, `kvConfig.json`: `{"configTable":{namespace:{key:value}}}`; a
 * change is answered when the file has it. Without one it lives as long as the process.
 */
import { MqError } from "../core/error.ts";
import { limits } from "../core/limits.ts";
import type { KeptFile } from "./kept-file.ts";

/** Where brokers and clients look for the queues of ordered topics. */
export const orderNamespace = "ORDER_TOPIC_CONFIG";

type Table = Map<string, Map<string, string>>;

export class KvConfig {
  readonly #file: KeptFile | undefined;
  #table: Table;
  #count: number;
  #bytes: number;

  /** Reads the file. Throws MqError `bad_request` when it is no such file: nobody may lose it by starting. */
  constructor(file: KeptFile | undefined) {
    this.#file = file;
    this.#table = file === undefined ? new Map() : readTable(file);
    this.#count = 0;
    this.#bytes = 0;
    for (const [namespace, entries] of this.#table) {
      for (const [key, value] of entries) {
        this.#count++;
        this.#bytes += entryBytes(namespace, key, value);
      }
    }
  }

  get(namespace: string, key: string): string | undefined {
    return this.#table.get(namespace)?.get(key);
  }

  /** A namespace's entries, undefined without any. */
  list(namespace: string): ReadonlyMap<string, string> | undefined {
    return this.#table.get(namespace);
  }

  /** Throws MqError `bad_request` for what is blank or too long, `broker_busy` when there is no more room. */
  put(namespace: string, key: string, value: string): void {
    checkName("namespace", namespace);
    checkName("key", key);
    const valueBytes = Buffer.byteLength(value);
    if (valueBytes > limits.kvValueBytesMax) {
      throw new MqError(
        "bad_request",
        `a value of ${valueBytes} bytes; at most ${limits.kvValueBytesMax}`,
      );
    }
    const old = this.get(namespace, key);
    const grownBytes =
      entryBytes(namespace, key, value) - (old === undefined ? 0 : entryBytes(namespace, key, old));
    const grown = old === undefined ? 1 : 0;
    if (this.#count + grown > limits.kvEntriesMax || this.#bytes + grownBytes > limits.kvBytesMax) {
      throw new MqError(
        "broker_busy",
        `a nameserver keeps at most ${limits.kvEntriesMax} entries and ${limits.kvBytesMax} bytes of them`,
      );
    }
    const entries = new Map(this.#table.get(namespace)).set(key, value);
    this.#keep(new Map(this.#table).set(namespace, entries));
    this.#count += grown;
    this.#bytes += grownBytes;
  }

  /** Of no entry there is nothing to take away. */
  delete(namespace: string, key: string): void {
    const old = this.get(namespace, key);
    if (old === undefined) {
      return;
    }
    const entries = new Map(this.#table.get(namespace));
    entries.delete(key);
    const table = new Map(this.#table);
    if (entries.size === 0) {
      table.delete(namespace);
    } else {
      table.set(namespace, entries);
    }
    this.#keep(table);
    this.#count--;
    this.#bytes -= entryBytes(namespace, key, old);
  }

  /** The file first: what it cannot keep has not happened. */
  #keep(table: Table): void {
    this.#file?.replace(`${writeTable(table)}\n`);
    this.#table = table;
  }
}

function checkName(what: string, text: string): void {
  if (text.trim() === "" || text === "__proto__") {
    throw new MqError("bad_request", `the ${what} '${text}' is no name`);
  }
  if (Buffer.byteLength(text) > limits.kvNameBytesMax) {
    throw new MqError("bad_request", `a ${what} has at most ${limits.kvNameBytesMax} bytes`);
  }
}

function entryBytes(namespace: string, key: string, value: string): number {
  return Buffer.byteLength(namespace) + Buffer.byteLength(key) + Buffer.byteLength(value);
}

function writeTable(table: Table): string {
  const namespaces = [...table].map(([namespace, entries]) => [
    namespace,
    Object.fromEntries(entries),
  ]);
  return JSON.stringify({ configTable: Object.fromEntries(namespaces) });
}

function readTable(file: KeptFile): Table {
  const text = file.read();
  const table: Table = new Map();
  if (text === undefined || text.trim() === "") {
    return table;
  }
  for (const [namespace, entries] of members(file, member(parsed(file, text), "configTable"))) {
    const read = new Map<string, string>();
    for (const [key, value] of members(file, entries)) {
      if (typeof value !== "string") {
        throw noConfig(file, `the value of ${namespace}/${key} is no text`);
      }
      read.set(key, value);
    }
    table.set(namespace, read);
  }
  return table;
}

function parsed(file: KeptFile, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw noConfig(file, error instanceof Error ? error.message : String(error));
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}

function members(file: KeptFile, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw noConfig(file, "an object is missing");
  }
  return Object.entries(value);
}

function noConfig(file: KeptFile, reason: string): MqError {
  return new MqError(
    "bad_request",
    `${file.path} is no key-value configuration (${reason}): mend it, or move it away`,
  );
}
