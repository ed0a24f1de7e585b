/** Stores that one test file opens, with what their tests ask of them; all are closed after each test. */
import { openStore } from "../../src/app/open-store.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Disk, DiskFile } from "../../src/io/disk.ts";
import type { Environment } from "../../src/io/environment.ts";
import { decodeRecord } from "../../src/record/decode.ts";
import type { KeyGeometry } from "../../src/store/index/key-file.ts";
import type { MessageStore, QueueHandle } from "../../src/store/message-store.ts";
import type { RetentionRules } from "../../src/store/retention/retention.ts";
import { tempFolder } from "../support/temp-folder.ts";

const quiet = { debug: drop, info: drop, warn: drop, error: drop, area: () => quiet };
function drop(): void {
  // Damage is reported loudly; here it is what the tests do on purpose.
}

/** The real machine without its log. */
export const machine: Environment = {
  ...createBunEnvironment({ level: "error", format: "text" }),
  log: quiet,
};

const open = new Set<MessageStore>();

export interface OpenChoices {
  readonly flush?: "sync" | "async";
  readonly segmentBytes?: number;
  readonly keyGeometry?: KeyGeometry;
  readonly environment?: Environment;
  readonly retention?: RetentionRules;
}

/** Opens the store in the folder. */
export async function openAt(folder: string, choices: OpenChoices = {}): Promise<MessageStore> {
  const store = await openStore(choices.environment ?? machine, {
    folder,
    flush: choices.flush ?? "sync",
    storeHost: { host: "127.0.0.1", port: 10911 },
    retention: choices.retention ?? {},
    ...(choices.segmentBytes === undefined ? {} : { segmentBytes: choices.segmentBytes }),
    ...(choices.keyGeometry === undefined ? {} : { keyGeometry: choices.keyGeometry }),
  });
  open.add(store);
  return store;
}

export async function close(store: MessageStore): Promise<void> {
  open.delete(store);
  await store.close();
}

export async function closeAll(): Promise<void> {
  for (const store of open) {
    await close(store);
  }
}

/** The machine with another disk. */
export function withDisk(change: (disk: Disk) => Partial<Disk>): Environment {
  return { ...machine, disk: { ...machine.disk, ...change(machine.disk) } };
}

/** The machine with some calls of some files replaced. */
export function withFiles(change: (file: DiskFile) => Partial<DiskFile>): Environment {
  return withDisk((disk) => ({
    open: (path, mode) => changedFile(disk.open(path, mode), change),
  }));
}

function changedFile(file: DiskFile, change: (file: DiskFile) => Partial<DiskFile>): DiskFile {
  return {
    path: file.path,
    bytes: () => file.bytes(),
    readInto: (...args) => file.readInto(...args),
    readCached: (...args) => file.readCached(...args),
    readLater: (...args) => file.readLater(...args),
    readAhead: (...args) => file.readAhead(...args),
    nextData: (position) => file.nextData(position),
    write: (...args) => file.write(...args),
    sync: () => file.sync(),
    syncLater: () => file.syncLater(),
    syncNow: () => file.syncNow(),
    truncate: (bytes) => file.truncate(bytes),
    allocate: (...args) => file.allocate(...args),
    close: () => file.close(),
    ...change(file),
  };
}

/** The store's folder as a kill right now would leave it. */
export function copyOf(folder: string): string {
  const copy = tempFolder();
  // Node's copy reads the holes of sparse files; the system's does not.
  if (!Bun.spawnSync(["cp", "-R", `${folder}/.`, copy]).success) {
    throw new Error(`${folder} could not be copied`);
  }
  return copy;
}

/** What one queue serves: offset and body of each message; ends when the reader makes no way. */
export async function readAll(store: MessageStore, queue: QueueHandle): Promise<readonly string[]> {
  const messages: string[] = [];
  let offset = queue.minOffset;
  while (offset < queue.maxOffset) {
    const outcome = await store.read({
      queue,
      offset,
      countMax: 32,
      bytesMax: 262_144,
      filter: undefined,
    });
    if (outcome.kind === "found") {
      let at = outcome.start;
      while (at < outcome.end) {
        const record = decodeRecord(outcome.records, at);
        messages.push(`${record.queueOffset} ${record.body.toString()}`);
        at += record.bytes;
      }
    }
    if (outcome.nextOffset <= offset) {
      throw new Error(`reading stands still at ${offset}`);
    }
    offset = outcome.nextOffset;
  }
  return messages;
}

export const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `m${index}`);

/** Bodies as a queue serves them that begins at 0. */
export const served = (bodies: readonly string[]): readonly string[] =>
  bodies.map((body, offset) => `${offset} ${body}`);
