/** Small files of text that a command reads or writes whole: scripts, settings, plans. */
import type { Environment } from "../src/io/environment.ts";
import { readWhole, replaceWhole } from "../src/io/whole-file.ts";

/** The file's text; undefined when it is not there. */
export function readTextFile({ disk }: Environment, path: string): string | undefined {
  return readWhole(disk, path)?.toString("utf8");
}

/** Replaces the file, or makes it; on the device when it returns. */
export function writeTextFile({ disk }: Environment, path: string, text: string): void {
  replaceWhole(disk, path, Buffer.from(text, "utf8"));
}
