/**
 * The process's terminal on Bun.
 *
 * What is written to standard output is in the kernel when `write` returns: Bun's own stream keeps what a slow
 * reader of a pipe has not taken, and loses it when the process exits.
 *
 * On a terminal everything that is typed is read through a descriptor of its own, opened for the one line or body
 * and closed behind it: Ctrl-D ends a shared stream for good, and a readline interface that is paused and resumed
 * around a prompt leaks what was typed there into the next line.
 */
import { fstatSync, openSync, statSync } from "node:fs";
import type { Interface } from "node:readline";
import type { ReadStream } from "node:tty";
import type { LineTyped, ReadLineOptions, Terminal } from "../terminal.ts";
import { writeWhole } from "./descriptor.ts";

const columnsUnknown = 80;

/** Makes the terminal of this process. */
export async function createBunTerminal(): Promise<Terminal> {
  const [isInputTerminal, isOutputTerminal, isErrorTerminal] = await areTerminals();
  let isGone = false;
  const typedAhead: string[] = [];
  return {
    isInputTerminal,
    isOutputTerminal,
    isErrorTerminal,
    columns: () => (isOutputTerminal ? process.stdout.columns : 0) || columnsUnknown,
    write(text) {
      isGone = isGone || !writeWhole(1, text);
      return !isGone;
    },
    note: (text) => {
      writeWhole(2, text);
    },
    readAll: (signal) => readAll(isInputTerminal, signal),
    lines: (signal) => readLines(isInputTerminal, signal),
    confirm,
    readLine(options) {
      const ahead = typedAhead.shift();
      if (ahead === undefined) {
        return readLine(options, typedAhead);
      }
      writeWhole(2, `${options.prompt}${ahead}\n`);
      return Promise.resolve({ kind: "line", text: ahead });
    },
  };
}

/**
 * Which of input, output and errors are terminals. `node:tty` costs more than a small command, and a server or a
 * script needs it not: only a character device that is not /dev/null can be a terminal.
 */
async function areTerminals(): Promise<readonly [boolean, boolean, boolean]> {
  const nowhere = statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
  const mayBe = ([0, 1, 2] as const).map((descriptor) => {
    try {
      const facts = fstatSync(descriptor);
      return facts.isCharacterDevice() && facts.rdev !== nowhere;
    } catch {
      // Closed: nothing can be typed or shown there.
      return false;
    }
  });
  if (!mayBe.includes(true)) {
    return [false, false, false];
  }
  const { isatty } = await import("node:tty");
  return [isatty(0), isatty(1), isatty(2)];
}

/** Imported when it is needed: the prompts cost more than most commands. They write to standard error. */
async function confirm(question: string): Promise<boolean> {
  const prompts = await import("@clack/prompts");
  const input = await openInput(true);
  const answer = await prompts.confirm({
    message: question,
    initialValue: false,
    input,
    output: process.stderr,
  });
  input.destroy();
  return !prompts.isCancel(answer) && answer;
}

type Input = ReadStream | (NodeJS.ReadStream & { fd: 0 });

async function openInput(isTerminal: boolean): Promise<Input> {
  if (!isTerminal) {
    return process.stdin;
  }
  const { ReadStream } = await import("node:tty");
  try {
    return new ReadStream(openSync("/dev/tty", "r+"));
  } catch {
    // A terminal that is not this session's own: the shared stream is all there is.
    return process.stdin;
  }
}

async function readAll(isTerminal: boolean, signal: AbortSignal | undefined): Promise<Buffer> {
  const input = await openInput(isTerminal);
  const stop = (): void => {
    input.destroy();
  };
  signal?.addEventListener("abort", stop);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of input) {
      chunks.push(Buffer.from(chunk));
    }
  } catch (error) {
    if (signal?.aborted !== true) {
      throw error;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    if (isTerminal) {
      input.destroy();
    }
  }
  return Buffer.concat(chunks);
}

async function* readLines(
  isTerminal: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  if (signal?.aborted === true) {
    return;
  }
  const input = await openInput(isTerminal);
  const { createInterface } = await import("node:readline");
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const stop = (): void => reader.close();
  signal?.addEventListener("abort", stop);
  try {
    yield* reader;
  } finally {
    signal?.removeEventListener("abort", stop);
    reader.close();
    if (isTerminal) {
      input.destroy();
    }
  }
}

/** A fresh interface for every line. Whole lines that were pasted behind it are kept for the next prompts. */
async function readLine(options: ReadLineOptions, typedAhead: string[]): Promise<LineTyped> {
  const input = await openInput(true);
  const { createInterface } = await import("node:readline");
  return await new Promise((resolve) => {
    const reader: Interface = createInterface({
      input,
      output: process.stderr,
      terminal: true,
      prompt: options.prompt,
      history: [...options.history],
      historySize: options.history.length + 1,
      removeHistoryDuplicates: true,
      completer: (
        text: string,
        done: (error: Error | null, result: [string[], string]) => void,
      ) => {
        options.complete(text).then(
          ([candidates, replaced]) => done(null, [[...candidates], replaced]),
          () => done(null, [[], text]),
        );
      },
    });
    let typed: LineTyped = { kind: "ended" };
    reader.on("line", (text) => {
      if (typed.kind === "line") {
        typedAhead.push(text);
        return;
      }
      typed = { kind: "line", text };
      // Behind the chunk that is being read: closing now would lose the rest of what was pasted.
      queueMicrotask(() => reader.close());
    });
    reader.on("SIGINT", () => {
      typed = { kind: "interrupted" };
      writeWhole(2, "^C\n");
      reader.close();
    });
    reader.on("close", () => {
      if (input !== process.stdin) {
        input.destroy();
      }
      resolve(typed);
    });
    reader.prompt();
  });
}
