/**
 * Messages of a topic as JSON lines in a file, which a later run goes on with: `mq message export`, and `mq dlq export` for the
 * dead letters of a group.
 */
import type { MessageQueue } from "../../../src/client/index.ts";
import type { DiskFile } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { type FlagValues, flag, text, toggle, type Zod } from "../../flag.ts";
import { lineMembers } from "../../json-line.ts";
import { chosenQueues } from "../topic/chosen-queues.ts";
import { type TailRange, tailRange } from "../topic/tail-start.ts";
import { fileLines, messageLineBytesMax } from "./file-lines.ts";
import { filterFlags, messageFilter } from "./message-filter.ts";
import { messageItem } from "./message-item.ts";
import { storedMessages } from "./stored-messages.ts";

const writeBytes = 1 << 20;

export const exportFlags = {
  to: flag(text(1), { about: "the file", value: "FILE" }),
  resume: toggle("go on behind what the file has"),
  since: flag(text(1).optional(), { about: "stored at or after: 15m, RFC 3339", value: "TIME" }),
  until: flag(text(1).optional(), { about: "stored before", value: "TIME" }),
  queue: flag(text(1).optional(), { about: "only these queue ids", value: "0,3" }),
  tag: flag(text(1).optional(), { about: "only with one of the tags", value: "A||B" }),
  ...filterFlags,
} as const;

/** Members of what an export prints, beside its topic. */
export const exportShape = (z: Zod) => ({
  topic: z.string(),
  file: z.string(),
  messages: z.number(),
  before: z.number(),
  bytes: z.number(),
});

/**
 * Writes what is there when it begins, and prints what it wrote as an item of the kind. Throws CommandError for a file that is
 * there already without `--resume`, or that holds anything but the topic's messages.
 */
export async function exportMessages(
  context: CommandContext,
  topic: string,
  all: readonly MessageQueue[],
  flags: FlagValues<typeof exportFlags>,
): Promise<ExitCode | undefined> {
  const { pull } = context.client();
  const { disk, clock } = context.environment;
  const matches = messageFilter(flags, clock.nowMs());
  const queues = chosenQueues(all, flags.queue);
  const options = { isFollowing: false, nowMs: clock.nowMs() };
  const range = { since: flags.since, until: flags.until };
  const ranges = await Promise.all(queues.map((queue) => tailRange(pull, queue, range, options)));
  if (!flags.resume && disk.exists(flags.to)) {
    throw new CommandError("MQ-E-EXISTS", exitCode.precondition, `${flags.to} is there already`, {
      hint: "--resume goes on with it",
    });
  }
  const known = contentsOf(context, flags.to, topic);
  const file = disk.open(flags.to, "create");
  const writer = new LineWriter(file, known.end);
  let messages = 0;
  try {
    for await (const message of storedMessages(
      pull,
      ranges.map((each) => rest(each, known)),
    )) {
      if (context.signal.aborted) {
        break;
      }
      if (matches(message)) {
        messages++;
        const options = { bodyBytesMax: Number.MAX_SAFE_INTEGER, isUtc: true };
        writer.write(JSON.stringify(messageItem(message, options)));
      }
    }
  } finally {
    writer.close();
  }
  const item = { topic, file: flags.to, messages, before: known.count, bytes: writer.end };
  context.output.item("MessageExport", item);
  return context.signal.aborted ? exitCode.interrupted : undefined;
}

interface Contents {
  /** Where the last whole line ends: a kill may have left half a one. */
  readonly end: number;
  readonly count: number;
  /** Behind the last message of each queue. */
  readonly next: ReadonlyMap<string, number>;
}

function contentsOf({ environment }: CommandContext, path: string, topic: string): Contents {
  const next = new Map<string, number>();
  let end = 0;
  let count = 0;
  if (environment.disk.exists(path)) {
    for (const line of fileLines(environment.disk, path, messageLineBytesMax)) {
      if (line.isWhole) {
        const { lane, offset } = placeOf(path, line.number, topic, line.bytes.toString("utf8"));
        next.set(lane, Math.max(next.get(lane) ?? 0, offset + 1));
        ({ end } = line);
        count++;
      }
    }
  }
  return { end, count, next };
}

function placeOf(path: string, number: number, topic: string, line: string) {
  const value = lineMembers(line);
  const { broker, queue, offset } = value;
  if (value["topic"] !== topic || typeof queue !== "number" || typeof offset !== "number") {
    throw usageError(`${path}: line ${number} is no message of '${topic}'`);
  }
  return { lane: `${broker}/${queue}`, offset };
}

function rest(range: TailRange, { next }: Contents): TailRange {
  const { brokerName, queueId } = range.queue;
  const known = next.get(`${brokerName}/${queueId}`) ?? 0;
  return { ...range, startOffset: Math.min(range.endOffset, Math.max(range.startOffset, known)) };
}

/** Appends lines, some at once. */
class LineWriter {
  readonly #file: DiskFile;
  #lines: string[] = [];
  #waiting = 0;
  end: number;

  constructor(file: DiskFile, end: number) {
    this.#file = file;
    this.end = end;
    file.truncate(end);
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#waiting += line.length;
    if (this.#waiting >= writeBytes) {
      this.#flush();
    }
  }

  close(): void {
    this.#flush();
    this.#file.syncNow();
    this.#file.close();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#lines.map((line) => `${line}\n`).join(""), "utf8");
    this.#file.write(bytes, 0, bytes.length, this.end);
    this.end += bytes.length;
    this.#lines = [];
    this.#waiting = 0;
  }
}
