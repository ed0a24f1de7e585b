/** `mq message import`: the messages of a file that `message export` wrote are sent, each once. */
import type { Message, MessageQueue } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle } from "../../flag.ts";
import { fileLines, messageLineBytesMax } from "./file-lines.ts";
import { jsonLineReader } from "./message-line.ts";
import { type Part, Transfer, transferFlags, transferSchema } from "./transfer.ts";
import { TransferState } from "./transfer-state.ts";

export const command = defineCommand({
  spec: {
    path: ["message", "import"],
    summary: "send the messages of a file",
    description:
      "JSON lines as 'message export' writes and 'topic tail -o jsonl' prints them: body, compression, properties, keys, flag and\nunique key are kept; place, store time and hosts are new. The whole file is checked first. What was sent stands in a\nfile of its own: after a kill the same command goes on; what was being sent then is sent again and counted. Ends with\nthe first message that cannot be sent (7), or passes over it with --skip-failed.",
    arguments: [{ name: "TOPIC", about: "topic to send to", completes: "topic" }],
    flags: {
      file: flag(text(1), { about: "the file", short: "f", value: "FILE" }),
      newIds: toggle("new unique keys instead of those of the file"),
      ...transferFlags,
    },
    output: transferSchema,
    examples: [
      "mq message import orders -f orders.jsonl --dry-run",
      "mq message import orders-copy -f orders.jsonl --rate 500 --yes",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const client = context.client();
    const read = await jsonLineReader(topic, { keepIds: !flags.newIds });
    const file = new MessageFile(context, flags.file, read);
    const count = file.check();
    await client.pull.queues(topic);
    const targets = await client.producer.queues(topic);
    const state = TransferState.open(context, flags.state, {
      command: "import",
      from: flags.file,
      to: topic,
      bytes: file.bytes(),
      at: context.global.nameserver ?? null,
    });
    try {
      const before = file.countBefore(state);
      const question = `Send ${count - before} messages of ${flags.file} to '${topic}'?`;
      if (!context.global.dryRun && count > before && !(await context.confirm(question))) {
        context.output.note("nothing was sent");
        return exitCode.precondition;
      }
      const transfer = new Transfer(context, {
        from: flags.file,
        to: topic,
        client,
        state,
        rate: flags.rate,
        skipFailed: flags.skipFailed,
        queueOf: (lane) => queueOf(lane, targets),
        before: () => before,
      });
      return await transfer.run(file.parts(state));
    } finally {
      state.close();
    }
  },
});

/** What came from one queue goes to one queue, so that its order stays. */
function queueOf(lane: string, targets: readonly MessageQueue[]): MessageQueue | undefined {
  const queue = /\/(\d+)$/.exec(lane)?.[1];
  return queue === undefined ? undefined : targets[Number(queue) % Math.max(1, targets.length)];
}

class MessageFile {
  readonly #context: CommandContext;
  readonly #path: string;
  readonly #read: (line: string) => Message;

  constructor(context: CommandContext, path: string, read: (line: string) => Message) {
    this.#context = context;
    this.#path = path;
    this.#read = read;
    if (!context.environment.disk.exists(path)) {
      throw new CommandError("MQ-E-NOTFOUND", exitCode.notFound, `${path} is not there`);
    }
  }

  bytes(): number {
    const file = this.#context.environment.disk.open(this.#path, "read");
    const bytes = file.bytes();
    file.close();
    return bytes;
  }

  /** How many messages there are. Throws a usage error with the number of a line that is none. */
  check(): number {
    let count = 0;
    for (const { number, line } of this.#lines()) {
      try {
        this.#read(line);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw usageError(`${this.#path}: line ${number}: ${reason}`);
      }
      count++;
    }
    return count;
  }

  countBefore(state: TransferState): number {
    let count = 0;
    for (const { number, line } of this.#lines()) {
      count += number < (state.nextOf(laneOf(line)) ?? 0) ? 1 : 0;
    }
    return count;
  }

  async *parts(state: TransferState): AsyncGenerator<Part> {
    for (const { number, line } of this.#lines()) {
      const lane = laneOf(line);
      if (number >= (state.nextOf(lane) ?? 0)) {
        yield { place: { lane, offset: number }, message: this.#read(line) };
      }
    }
  }

  *#lines(): Generator<{ readonly number: number; readonly line: string }> {
    const { disk } = this.#context.environment;
    for (const { bytes, number } of fileLines(disk, this.#path, messageLineBytesMax)) {
      if (bytes.length > 0) {
        yield { number, line: bytes.toString("utf8") };
      }
    }
  }
}

/** The queue that a message came from; lines of other programs may say none. */
function laneOf(line: string): string {
  const { broker, queue } = JSON.parse(line) as {
    readonly broker?: unknown;
    readonly queue?: unknown;
  };
  return typeof queue === "number" && Number.isInteger(queue) ? `${broker}/${queue}` : "line";
}
