/**
 * Stores that a real RocketMQ wrote (test/fixtures/stores), unpacked anew for each test, with what its running broker said
 * about them.
 */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tempFolder } from "./temp-folder.ts";

const fixtures = join(import.meta.dir, "../fixtures/stores");

/** Archive, then the store in it. */
export const storeNames = [
  ["4.9.7", "main-clean"],
  ["4.9.7", "main-unclean"],
  ["4.9.7", "ipv6-ext"],
  ["5.5.0", "main-clean"],
  ["5.5.0", "main-unclean"],
  ["5.5.0", "dead-letter"],
  ["5.5.0-crc-ipv6-ext-lmq", "crc-ipv6-ext-lmq"],
  ["5.5.0-rocksdb", "rocksdb"],
] as const;

/** topic, queue, queue offset, physical offset, size, tags, store time, start of the body's sha256, the record's topic */
export type ManifestRow = readonly [
  topic: string,
  queueId: number,
  queueOffset: number,
  physicalOffset: number,
  bytes: number,
  tags: string | null,
  storeTimestampMs: number,
  bodyHash: string,
  recordTopic: string | null,
];

export type Edit =
  | { readonly op: "write"; readonly path: string; readonly offset: number; readonly hex: string }
  | { readonly op: "zero"; readonly path: string; readonly offset: number; readonly length: number }
  | { readonly op: "truncate"; readonly path: string; readonly length: number }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "create"; readonly path: string };

export interface DamagedStore {
  readonly kind: string;
  readonly edits: readonly Edit[];
  /** What RocketMQ made of it. */
  readonly rocketmq: { readonly starts: boolean; readonly stillReadable: number | null };
}

export interface Manifest {
  readonly logEnd: number;
  readonly records: number;
  readonly queues: readonly (readonly [string, number, number, number])[];
  readonly messages: readonly ManifestRow[];
  readonly offsets: { readonly [topicAtGroup: string]: { readonly [queueId: string]: number } };
  readonly delays: { readonly [level: string]: number };
  readonly groups: readonly string[];
  /** Read queues, write queues, permission. */
  readonly topics: { readonly [topic: string]: readonly [number, number, number] };
  readonly damaged: readonly DamagedStore[];
}

export interface UnpackedStore {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Unpacks one store into a folder of its own. */
export function unpackStore(archive: string, store: string): UnpackedStore {
  const folder = tempFolder();
  const tar = Bun.zstdDecompressSync(readFileSync(join(fixtures, `${archive}.tar.zst`)));
  const run = Bun.spawnSync(["tar", "-xf", "-", "-C", folder, store], { stdin: tar });
  if (!run.success) {
    throw new Error(`${archive}/${store} could not be unpacked: ${run.stderr.toString()}`);
  }
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, store, "manifest.json"), "utf8"));
  return { folder: join(folder, store, "store"), manifest };
}

/** Damages a store as its description says. */
export function damage(folder: string, edits: readonly Edit[]): void {
  for (const edit of edits) {
    const path = join(folder, edit.path);
    switch (edit.op) {
      case "write":
        patch(path, edit.offset, Buffer.from(edit.hex, "hex"));
        break;
      case "zero":
        patch(path, edit.offset, Buffer.alloc(edit.length));
        break;
      case "truncate":
        truncateSync(path, edit.length);
        break;
      case "remove":
        rmSync(path, { recursive: true });
        break;
      case "create":
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, "");
    }
  }
}

function patch(path: string, offset: number, bytes: Buffer): void {
  const all = readFileSync(path);
  bytes.copy(all, offset);
  writeFileSync(path, all);
}

/** True when the record's bytes are not what RocketMQ wrote. */
export function isTouched(
  [, , , physicalOffset, bytes]: ManifestRow,
  { edits }: DamagedStore,
): boolean {
  return edits.some((edit) => {
    if (!edit.path.startsWith("commitlog/") || edit.op === "create") {
      return false;
    }
    const start = Number(edit.path.slice("commitlog/".length));
    const from = edit.op === "truncate" ? edit.length : edit.op === "remove" ? 0 : edit.offset;
    const to =
      edit.op === "write"
        ? from + edit.hex.length / 2
        : edit.op === "zero"
          ? from + edit.length
          : 1 << 20;
    return physicalOffset < start + to && start + from < physicalOffset + bytes;
  });
}
