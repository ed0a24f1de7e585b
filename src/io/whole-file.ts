/** Small files that are read and replaced as a whole. */
import { type Disk, parentFolder } from "./disk.ts";

/** The file's bytes; undefined when it is not there. */
export function readWhole(disk: Disk, path: string): Buffer | undefined {
  if (!disk.exists(path)) {
    return undefined;
  }
  const file = disk.open(path, "read");
  try {
    const bytes = Buffer.alloc(file.bytes());
    return bytes.subarray(0, file.readInto(bytes, 0, bytes.length, 0));
  } finally {
    file.close();
  }
}

/** Replaces the file, or makes it; on the device under its name when this returns. */
export function replaceWhole(disk: Disk, path: string, bytes: Buffer): void {
  const next = `${path}.next`;
  const file = disk.open(next, "create");
  try {
    file.truncate(0);
    file.write(bytes, 0, bytes.length, 0);
    file.syncNow();
  } finally {
    file.close();
  }
  disk.rename(next, path);
  disk.syncFolder(parentFolder(path));
}
