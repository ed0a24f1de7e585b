/** Runs `mq` and reads what it prints for programs, held against the schema that the command promises. */
import { expect } from "bun:test";
import { z } from "zod";
import type { Command } from "../../cli/command.ts";
import { commands } from "../../cli/commands/index.ts";
import { type MqOptions, runMq } from "./mq-command.ts";

/** The command with the path. */
async function commandAt(path: string): Promise<Command> {
  const entry = commands.find((each) => each.path.join(" ") === path);
  if (entry === undefined) {
    throw new Error(`'${path}' is no command`);
  }
  return await entry.load();
}

/** Runs a command that must succeed; its JSON lines, each checked strictly against the command's output schema. */
export async function mqRows(
  path: string,
  words: readonly string[],
  options: MqOptions = {},
): Promise<readonly Record<string, unknown>[]> {
  const finished = await runMq([...path.split(" "), ...words], options);
  expect([finished.exitCode, finished.stderr]).toEqual([0, expect.any(String)]);
  return await checkedRows(path, finished.stdout);
}

/** The JSON lines of a command's output, each checked strictly against its schema. */
export async function checkedRows(
  path: string,
  stdout: string,
): Promise<readonly Record<string, unknown>[]> {
  const output = (await commandAt(path)).spec.output?.(z);
  if (!(output instanceof z.ZodObject)) {
    throw new Error(`'${path}' promises no object`);
  }
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => z.strictObject(output.shape).parse(JSON.parse(line)));
}
