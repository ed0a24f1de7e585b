/** The files that the subcommands named export… leave behind. */
import { type JavaValue, javaJson } from "./java-json.ts";
import { option } from "./option.ts";
import { writeOutputFile } from "./output-file.ts";
import type { AdminCall } from "./subcommand.ts";

const folderDefault = "/tmp/rocketmq/export";

export const folderOption = option("f", "filePath", `the folder, ${folderDefault} unless told`);

/** Writes the document anew below the folder of `-f` and resolves with its path. Throws DiskError. */
export function exportFile(
  { environment, line }: AdminCall,
  name: string,
  value: JavaValue,
): string {
  const path = `${line.value("f") ?? folderDefault}/${name}`;
  writeOutputFile(environment, path, Buffer.from(javaJson(value), "utf8"));
  return path;
}
