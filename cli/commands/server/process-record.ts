/** What a running server leaves for `stop` and `status`: a small file with its process and addresses. */
import { type Disk, joinPath } from "../../../src/io/disk.ts";

export interface ProcessRecord {
  readonly pid: number;
  readonly kind: "standalone" | "broker" | "nameserver";
  readonly broker?: string | undefined;
  readonly nameserver?: string | undefined;
  /** Where probes are answered. */
  readonly http?: string | undefined;
  readonly startedMs: number;
}

/** Where the server of a store leaves its record. */
export function recordPath(folder: string): string {
  return joinPath(folder, "mq", "process.json");
}

export function writeRecord(disk: Disk, path: string, record: ProcessRecord): void {
  const bytes = Buffer.from(`${JSON.stringify(record)}\n`, "utf8");
  const file = disk.open(path, "create");
  try {
    file.truncate(0);
    file.write(bytes, 0, bytes.length, 0);
  } finally {
    file.close();
  }
}

/** The record, undefined without a readable one. */
export function readRecord(disk: Disk, path: string): ProcessRecord | undefined {
  if (!disk.exists(path)) {
    return undefined;
  }
  const file = disk.open(path, "read");
  const bytes = Buffer.alloc(file.bytes());
  file.readInto(bytes, 0, bytes.length, 0);
  file.close();
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function removeRecord(disk: Disk, path: string): void {
  if (disk.exists(path)) {
    disk.remove(path);
  }
}

/** Checked by hand: a server that starts pays for no schema library. */
function isRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const isAddress = (name: string): boolean =>
    fields.get(name) === undefined || typeof fields.get(name) === "string";
  return (
    typeof fields.get("pid") === "number" &&
    typeof fields.get("startedMs") === "number" &&
    ["standalone", "broker", "nameserver"].includes(String(fields.get("kind"))) &&
    isAddress("broker") &&
    isAddress("http") &&
    isAddress("nameserver")
  );
}
