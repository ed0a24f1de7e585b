/** Small files that a command reads or writes whole: scripts, settings, plans. */
import type { Environment } from "../src/io/environment.ts";

/** The file's text; undefined when it is not there. */
export function readTextFile({ disk }: Environment, path: string): string | undefined {
  if (!disk.exists(path)) {
    return undefined;
  }
  const file = disk.open(path, "read");
  try {
    const bytes = Buffer.alloc(file.bytes());
    const count = file.readInto(bytes, 0, bytes.length, 0);
    return bytes.toString("utf8", 0, count);
  } finally {
    file.close();
  }
}

/** Replaces the file, or makes it; on the device when it returns. */
export function writeTextFile({ disk }: Environment, path: string, text: string): void {
  const bytes = Buffer.from(text, "utf8");
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
}
