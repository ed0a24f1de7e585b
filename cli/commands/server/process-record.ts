/** What a running server leaves for `stop` and `status`: a small file with its process and addresses. */
import { z } from "zod";
import { type Disk, joinPath } from "../../../src/io/disk.ts";

const recordSchema = z.object({
  pid: z.number(),
  kind: z.enum(["standalone", "broker", "nameserver"]),
  broker: z.string().optional(),
  nameserver: z.string().optional(),
  startedMs: z.number(),
});

export type ProcessRecord = z.infer<typeof recordSchema>;

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
    return recordSchema.safeParse(JSON.parse(bytes.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

export function removeRecord(disk: Disk, path: string): void {
  if (disk.exists(path)) {
    disk.remove(path);
  }
}
