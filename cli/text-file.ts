/** Small files that a command reads whole: scripts, settings. */
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
