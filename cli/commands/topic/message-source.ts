/** Where the messages come from that `topic produce` sends. */

import type { Message } from "../../../src/client/index.ts";
import { readWhole } from "../../../src/io/whole-file.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { flagName } from "../../flag.ts";
import { readProperty } from "../message/message-filter.ts";
import { jsonLineReader } from "../message/message-line.ts";
import { keyAdder } from "./key-from.ts";
import { lineParser } from "./line-format.ts";
import { templateFiller } from "./message-template.ts";

/** One line of JSON: a body of 4 MiB in base64, and what goes with it. */
const jsonLineBytesMax = 8 << 20;
/** What a broker takes as a body. */
const lineBytesMax = 4 << 20;

export interface SourceFlags {
  readonly value?: string | undefined;
  readonly file?: string | undefined;
  readonly size?: number | undefined;
  readonly lines: boolean;
  readonly jsonl: boolean;
  readonly parse?: string | undefined;
  readonly template: boolean;
  readonly newIds: boolean;
  readonly tag?: string | undefined;
  readonly key?: readonly string[] | undefined;
  readonly keyFrom?: string | undefined;
  readonly prop?: readonly string[] | undefined;
  readonly count?: number | undefined;
}

/** The messages, one after the other. Throws CommandError for flags that do not go together, and for bad input. */
export async function* messagesOf(
  context: CommandContext,
  topic: string,
  flags: SourceFlags,
): AsyncGenerator<Message> {
  checkSource(flags);
  if (flags.jsonl) {
    const read = await jsonLineReader(topic, { keepIds: !flags.newIds });
    for await (const line of linesOf(context, jsonLineBytesMax)) {
      if (line.length > 0) {
        yield read(line.toString("utf8"));
      }
    }
    return;
  }
  const withKey = keyAdder(flags.keyFrom);
  const fill = templateFiller(context.environment, flags.template);
  const { key, tag } = flags;
  const pairs = (flags.prop ?? []).map(readProperty);
  const common = () => ({
    topic,
    tag: tag === undefined ? undefined : fill(tag),
    keys: key?.map(fill),
    properties: new Map(pairs.map(([name, value]) => [name, fill(value)])),
  });
  if (flags.lines || flags.parse !== undefined) {
    const parse = flags.parse === undefined ? undefined : lineParser(flags.parse);
    for await (const line of linesOf(context, lineBytesMax)) {
      fill.next();
      if (parse === undefined) {
        yield withKey({ ...common(), body: fill.bytes(line) });
        continue;
      }
      const own = parse(line);
      const all = common();
      yield withKey({
        topic,
        tag: own.tag ?? all.tag,
        keys: own.keys ?? all.keys,
        properties: new Map([...all.properties, ...own.properties]),
        body: fill.bytes(own.body),
      });
    }
    return;
  }
  const body = await bodyOf(context, flags);
  for (let index = 0; index < (flags.count ?? 1); index++) {
    fill.next();
    yield withKey({ ...common(), body: fill.bytes(body) });
  }
}

/** Flags that would be passed over in silence, or say two things. */
function checkSource(flags: SourceFlags): void {
  const sources = (["value", "file", "size", "lines", "jsonl", "parse"] as const).filter(
    (name) => flags[name] !== undefined && flags[name] !== false,
  );
  if (sources.length > 1) {
    throw usageError(`--${sources.join(" and --")} both say what is sent: give one`);
  }
  const isByLine = flags.lines || flags.jsonl || flags.parse !== undefined;
  if (isByLine && flags.count !== undefined) {
    throw usageError("--count repeats one body: with lines, each is sent once");
  }
  if (flags.newIds && !flags.jsonl) {
    throw usageError("--new-ids is for --jsonl: other messages get new ids anyway");
  }
  const ignored = (["tag", "key", "keyFrom", "prop", "template"] as const).filter(
    (name) => flags.jsonl && flags[name] !== undefined && flags[name] !== false,
  );
  if (ignored.length > 0) {
    throw usageError(
      `--${ignored.map(flagName).join(" and --")}: with --jsonl each line says that of its message`,
      "change the lines, for instance with jq '.tag = \"NEW\"'",
    );
  }
}

async function* linesOf(context: CommandContext, bytesMax: number): AsyncGenerator<Buffer> {
  try {
    yield* context.terminal.byteLines(bytesMax);
  } catch (error) {
    if (error instanceof RangeError) {
      throw usageError(
        error.message,
        "a body has at most 4 MiB; --file sends a file as one message",
      );
    }
    throw error;
  }
}

async function bodyOf(context: CommandContext, flags: SourceFlags): Promise<Buffer> {
  if (flags.value !== undefined) {
    return Buffer.from(flags.value, "utf8");
  }
  if (flags.size !== undefined) {
    return Buffer.alloc(flags.size, "x");
  }
  if (flags.file !== undefined) {
    const body = readWhole(context.environment.disk, flags.file);
    if (body === undefined) {
      throw usageError(`--file: ${flags.file} is not there`);
    }
    return body;
  }
  if (context.terminal.isInputTerminal) {
    throw usageError(
      "no body: give --value, --file, --size, or standard input",
      "echo hello | mq topic produce TOPIC",
    );
  }
  return await context.terminal.readAll();
}
