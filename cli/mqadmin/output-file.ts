/** Files that the official tool leaves behind: bodies of messages, what consumers say of themselves. */
import { joinPath, parentFolder } from "../../src/io/disk.ts";
import type { Environment } from "../../src/io/environment.ts";

/** Writes a file anew, with its folders. Throws DiskError. */
export function writeOutputFile(
  { disk }: Pick<Environment, "disk">,
  path: string,
  bytes: Buffer,
): void {
  disk.makeFolder(parentFolder(path));
  if (disk.exists(path)) {
    disk.remove(path);
  }
  const file = disk.open(path, "create");
  try {
    file.write(bytes, 0, bytes.length, 0);
  } finally {
    file.close();
  }
}

/** Where the official tool puts the bodies of messages that it shows. */
export function bodyPath(id: string): string {
  return joinPath("/tmp/rocketmq/msgbodys", fileName(id));
}

/**
 * A name that a client chose, as the name of a file: it stays in its folder. The ids that RocketMQ's clients make are
 * left as they are.
 */
export function fileName(text: string): string {
  return text.replace(/[^\w@#:.-]/g, "_").replace(/^\.+$/, "_");
}
