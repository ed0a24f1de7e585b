/** The file of `-f`: a JSON list of topics or groups. */
import { DecodeError } from "../../src/core/error.ts";
import { notFound, usageError } from "../command-error.ts";
import { readTextFile } from "../text-file.ts";
import type { AdminCall } from "./subcommand.ts";

/** Throws CommandError where there is no file, or nothing that can be read as such a list. */
export function readConfigFile<T>(
  { environment, line, printer }: AdminCall,
  read: (text: string) => readonly T[],
): readonly T[] {
  const path = line.text("f");
  const text = readTextFile(environment, path);
  if (text === undefined) {
    printer.print("the file path %s does not exists%n", path);
    throw notFound(`there is no file ${path}`);
  }
  try {
    return read(text);
  } catch (error) {
    throw error instanceof DecodeError ? usageError(`${path}: ${error.message}`) : error;
  }
}
