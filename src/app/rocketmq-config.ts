/**
 * RocketMQ's `config/*.json` and our tables: taken over when somebody else wrote the files last, given back on a clean
 * stop (settled 5). A row of a table remembers what we wrote or took, so that a store that was killed does not take old
 * files for news.
 */
import { crc32 } from "../core/crc32.ts";
import { DecodeError, MqError } from "../core/error.ts";
import { type Disk, joinPath } from "../io/disk.ts";
import type { Environment } from "../io/environment.ts";
import { replaceWhole } from "../io/whole-file.ts";
import {
  encodeJson,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../protocol/remoting/json.ts";
import { asObject, objectOf } from "../protocol/remoting/json-members.ts";
import type { StateTables, StateValue } from "../store/message-store.ts";
import { type StorePaths, storePaths } from "../store/paths.ts";

/** One file, and the table that it is about. */
interface ConfigFile {
  readonly name: string;
  readonly table: string;
  /** The member of the file that holds the rows. */
  readonly member: string;
  /** Members of a row are queue ids, which RocketMQ writes without quotes; "row": the rows are numbers themselves. */
  readonly integerKeys?: "members" | "row";
  /** Members that RocketMQ expects beside. */
  readonly beside?: readonly string[];
}

const files: readonly ConfigFile[] = [
  { name: "topics.json", table: "topic", member: "topicConfigTable" },
  {
    name: "subscriptionGroup.json",
    table: "group",
    member: "subscriptionGroupTable",
    beside: ["forbiddenTable"],
  },
  { name: "consumerOffset.json", table: "offset", member: "offsetTable", integerKeys: "members" },
  { name: "delayOffset.json", table: "delay", member: "offsetTable", integerKeys: "row" },
];

/** With light queues RocketMQ keeps all offsets in another file. */
const lightOffsets = "lmqConsumerOffset.json";
/** What we know of the files: name to marks of contents. */
const seenTable = "rocketmq-file";

/** RocketMQ keeps these in RocksDB when it is told to: folders below config, and the files that they replace. */
const rocksDbFolders = {
  topics: "topics.json",
  subscriptionGroups: "subscriptionGroup.json",
  consumerOffsets: "consumerOffset.json",
};

/** A broker's own files are as large as its tables: bounds only keep nonsense out. */
const bounds: JsonLimits = { depthMax: 32, containersMax: 5_000_000, valuesMax: 50_000_000 };

/**
 * Puts what RocketMQ's files say into the tables, where the files are not those that we know. Resolves when the rows are
 * durable. Throws MqError `store_unavailable` for files that cannot be read, and for tables that are in RocksDB only.
 */
export async function takeOverConfig(
  environment: Environment,
  folder: string,
  state: StateTables,
): Promise<void> {
  const { disk } = environment;
  const journal = environment.log.area("store");
  const paths = storePaths(folder);
  refuseRocksDb(disk, paths);
  for (const file of files) {
    const found = findFile(disk, paths, file);
    const seen = seenMarks(state, file);
    if (found === undefined || seen.includes(found.mark)) {
      continue;
    }
    const { path, rows, mark } = readRows(disk, file, found);
    replaceRows(state, file.table, rows);
    await state.commit();
    state.put(seenTable, file.name, [mark]);
    await state.commit();
    const fields = { file: path, rows: rows.size };
    if (seen.length === 0) {
      journal.info("RocketMQ's file is taken over", fields);
    } else {
      journal.warn("a file is not what mq wrote last: RocketMQ changed it, and it counts", fields);
    }
  }
}

/** Writes RocketMQ's files from the tables. The store must still take state records. */
export async function giveBackConfig(
  environment: Environment,
  folder: string,
  state: StateTables,
): Promise<void> {
  const { disk, clock } = environment;
  const paths = storePaths(folder);
  disk.makeFolder(paths.config);
  // RocketMQ prefers its own name for light queues' offsets only while it has no other: one file is enough.
  const written = files.map((file) => ({
    file,
    bytes: formatFile(file, state.rows(file.table), clock.nowMs()),
  }));
  for (const { file, bytes } of written) {
    const known = findFile(disk, paths, file);
    const old =
      known !== undefined && seenMarks(state, file).includes(known.mark) ? [known.mark] : [];
    state.put(seenTable, file.name, [...old, markOf(bytes)]);
  }
  await state.commit();
  for (const { file, bytes } of written) {
    replaceWhole(disk, joinPath(paths.config, file.name), bytes);
  }
  disk.syncFolder(paths.root);
}

/** Throws MqError `store_unavailable` for tables that are in RocksDB only. */
export function refuseRocksDb(disk: Disk, paths: StorePaths): void {
  const missing = Object.entries(rocksDbFolders).filter(
    ([name, file]) =>
      disk.exists(joinPath(paths.config, name, "CURRENT")) &&
      !disk.exists(joinPath(paths.config, file)),
  );
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(", ");
    const commands = missing.map(
      ([name, file]) =>
        `mqadmin rocksDBConfigToJson -p ${paths.config}/ -t ${name} -e ${joinPath(paths.config, file)}`,
    );
    throw new MqError(
      "store_unavailable",
      `${paths.config} keeps ${names} in RocksDB, which mq does not read: run RocketMQ's ${commands.join(" && ")} and start again`,
    );
  }
}

interface FoundFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly mark: string;
}

function findFile(disk: Disk, paths: StorePaths, file: ConfigFile): FoundFile | undefined {
  const names = file.table === "offset" ? [file.name, lightOffsets] : [file.name];
  const path = names
    .map((name) => joinPath(paths.config, name))
    .find((each) => disk.exists(each) || disk.exists(`${each}.bak`));
  return path === undefined ? undefined : readWhole(disk, path);
}

/** The file, empty when only its predecessor is there. */
function readWhole(disk: Disk, path: string): FoundFile {
  if (!disk.exists(path)) {
    return { path, bytes: Buffer.alloc(0), mark: "" };
  }
  const file = disk.open(path, "read");
  try {
    const bytes = Buffer.alloc(file.bytes());
    file.readInto(bytes, 0, bytes.length, 0);
    return { path, bytes, mark: markOf(bytes) };
  } finally {
    file.close();
  }
}

/** The rows of a file, or of its predecessor where the file is damaged, as RocketMQ does. */
function readRows(
  disk: Disk,
  file: ConfigFile,
  found: FoundFile,
): {
  readonly path: string;
  readonly mark: string;
  readonly rows: ReadonlyMap<string, StateValue>;
} {
  try {
    return { path: found.path, mark: found.mark, rows: parseRows(file, found.bytes) };
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    const path = `${found.path}.bak`;
    const what = `${found.path} cannot be read (${error.message})`;
    if (!disk.exists(path)) {
      throw new MqError(
        "store_unavailable",
        `${what}, and there is no ${path}: repair it, or remove it to start without what it says`,
      );
    }
    try {
      return { path, mark: found.mark, rows: parseRows(file, readWhole(disk, path).bytes) };
    } catch (second) {
      throw new MqError("store_unavailable", `${what}, nor can ${path} (${String(second)})`);
    }
  }
}

function parseRows(file: ConfigFile, bytes: Buffer): ReadonlyMap<string, StateValue> {
  const document = asObject(parseJson(bytes, 0, bytes.length, bounds), file.name);
  const rows = new Map<string, StateValue>();
  for (const [key, value] of asObject(document.get(file.member) ?? new Map(), file.member)) {
    rows.set(key, stateValue(value));
  }
  return rows;
}

/** JSON as a state row holds it. Throws DecodeError for what is no plain JSON. */
function stateValue(value: JsonValue): StateValue {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, member]) => [key, stateValue(member)]));
  }
  if (Array.isArray(value)) {
    return value.map((each: JsonValue) => stateValue(each));
  }
  throw new DecodeError("a member that is no plain JSON");
}

function replaceRows(
  state: StateTables,
  table: string,
  rows: ReadonlyMap<string, StateValue>,
): void {
  for (const key of [...state.rows(table).keys()]) {
    if (!rows.has(key)) {
      state.remove(table, key);
    }
  }
  for (const [key, row] of rows) {
    state.put(table, key, row);
  }
}

function formatFile(
  file: ConfigFile,
  rows: ReadonlyMap<string, StateValue>,
  nowMs: number,
): Buffer {
  const entries = [...rows].map(([key, row]) => [key, jsonValue(row, file)] as const);
  const table: JsonValue =
    file.integerKeys === "row"
      ? { kind: "unquoted", entries: new Map(entries) }
      : objectOf(entries);
  const version = objectOf([
    ["counter", 1],
    ["stateVersion", 0],
    ["timestamp", nowMs],
  ]);
  return encodeJson(
    objectOf([
      ["dataVersion", version],
      ...(file.beside ?? []).map((name) => [name, new Map<string, JsonValue>()] as const),
      [file.member, table],
    ]),
  );
}

function jsonValue(row: StateValue, file: ConfigFile): JsonValue {
  const value = plainJson(row);
  return file.integerKeys === "members" && value instanceof Map
    ? { kind: "unquoted", entries: value }
    : value;
}

function plainJson(value: StateValue): JsonValue {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((each: StateValue) => plainJson(each));
  }
  const members: JsonObject = new Map(
    Object.entries(value).map(([key, member]) => [key, plainJson(member)]),
  );
  return members;
}

function seenMarks(state: StateTables, file: ConfigFile): readonly StateValue[] {
  const marks = state.rows(seenTable).get(file.name);
  return Array.isArray(marks) ? marks : [];
}

/** Tells contents of a file apart. */
function markOf(bytes: Buffer): string {
  return `${bytes.length}:${crc32(bytes, 0, bytes.length)}`;
}
