/**
 * The process's terminal on Bun.
 *
 * What is written to standard output is in the kernel when `write` returns: Bun's own stream keeps what a slow
 * reader of a pipe has not taken, and loses it when the process exits.
 *
 * Whatever is typed is read with a readline interface of its own: one that is paused and resumed around another
 * prompt leaks what was typed there into the next line.
 */
import { fstatSync, statSync } from "node:fs";
import type { Interface } from "node:readline";
import type { LineTyped, ReadLineOptions, Terminal } from "../terminal.ts";
import { writeWhole } from "./descriptor.ts";
import { HistorySearch } from "./history-search.ts";
import { ProgressLine } from "./progress-line.ts";
import { choose, chooseMany, confirm } from "./prompts.ts";

const columnsUnknown = 80;
const rowsUnknown = 24;
const controlC = "\u0003";
const escapeCharacter = "\u001b";

/** Makes the terminal of this process. */
export async function createBunTerminal(): Promise<Terminal> {
  const [isInputTerminal, isOutputTerminal, isErrorTerminal] = await areTerminals();
  let isGone = false;
  const typedAhead: string[] = [];
  let bar: ProgressLine | undefined;
  return {
    isInputTerminal,
    isOutputTerminal,
    isErrorTerminal,
    columns: () => (isOutputTerminal ? process.stdout.columns : 0) || columnsUnknown,
    rows: () => (isOutputTerminal ? process.stdout.rows : 0) || rowsUnknown,
    write(text) {
      if (isOutputTerminal) {
        bar?.hide();
      }
      isGone = isGone || !writeWhole(1, text);
      return !isGone;
    },
    note: (text) => {
      bar?.hide();
      writeWhole(2, text);
    },
    progress(options) {
      bar?.stop();
      bar = new ProgressLine(options, {
        print: (text) => void writeWhole(2, text),
        columns: () => process.stderr.columns || columnsUnknown,
        nowMs: () => performance.now(),
      });
      return bar;
    },
    readAll: (signal) => readAll(isInputTerminal, signal),
    lines: (signal) => (isInputTerminal ? typedLines(signal) : pipedLines(signal)),
    byteLines: (bytesMax, signal) =>
      isInputTerminal ? typedByteLines(signal) : pipedByteLines(bytesMax, signal),
    keys: (signal) => (isInputTerminal ? typedKeys(signal) : noKeys()),
    confirm,
    choose,
    chooseMany,
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

async function readAll(isTerminal: boolean, signal: AbortSignal | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  if (isTerminal) {
    for await (const line of typedLines(signal)) {
      chunks.push(Buffer.from(`${line}\n`, "utf8"));
    }
  } else {
    for await (const chunk of pipedChunks(signal)) {
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks);
}

/** The chunks of a piped standard input until its end, or until the signal is aborted. */
async function* pipedChunks(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = Bun.stdin.stream().getReader();
  const stop = (): void => {
    void reader.cancel();
  };
  signal?.addEventListener("abort", stop);
  try {
    while (signal?.aborted !== true) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** A longer line of text is no line that anybody typed or wrote for us. */
const textLineBytesMax = 16 << 20;

async function* pipedLines(signal: AbortSignal | undefined): AsyncGenerator<string> {
  for await (const line of pipedByteLines(textLineBytesMax, signal)) {
    yield line.toString("utf8");
  }
}

async function* typedByteLines(signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for await (const line of typedLines(signal)) {
    yield Buffer.from(line, "utf8");
  }
}

/** Lines without `\n` or `\r\n`; the last one may lack it. */
async function* pipedByteLines(
  bytesMax: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const held = new HeldBytes(bytesMax);
  for await (const chunk of pipedChunks(signal)) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
      held.add(rest.subarray(0, at));
      const line = held.take();
      yield line[line.length - 1] === carriageReturn ? line.subarray(0, -1) : line;
      rest = rest.subarray(at + 1);
    }
    held.add(rest);
  }
  const line = held.take();
  if (line.length > 0 && signal?.aborted !== true) {
    yield line;
  }
}

/** The bytes of a line so far. */
class HeldBytes {
  readonly #bytesMax: number;
  #buffer = Buffer.allocUnsafe(4_096);
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws RangeError for more than are allowed. */
  add(bytes: Buffer): void {
    const needed = this.#bytes + bytes.length;
    if (needed > this.#bytesMax) {
      throw new RangeError(`a line of standard input has more than ${this.#bytesMax} bytes`);
    }
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.#buffer.copy(larger, 0, 0, this.#bytes);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#bytes);
    this.#bytes = needed;
  }

  /** What is held, which is not held any more. */
  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#bytes));
    this.#bytes = 0;
    return bytes;
  }
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Lines typed on a terminal until Ctrl-D. They are read as prompts are: the end of a line-wise terminal would end
 * the shared stream for good, and the shell would never read another line.
 */
async function* typedLines(signal: AbortSignal | undefined): AsyncGenerator<string> {
  const { createInterface } = await import("node:readline");
  const reader = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: true,
    prompt: "",
    history: [],
  });
  const lines: string[] = [];
  let isEnded = signal?.aborted === true;
  let wake = (): void => undefined;
  reader.on("line", (line) => {
    lines.push(line);
    wake();
  });
  reader.on("close", () => {
    isEnded = true;
    wake();
  });
  // In this mode the terminal sends no signal by itself.
  reader.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const stop = (): void => reader.close();
  signal?.addEventListener("abort", stop);
  try {
    while (!isEnded || lines.length > 0) {
      const line = lines.shift();
      if (line !== undefined) {
        yield line;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

async function* noKeys(): AsyncGenerator<string> {}

/** Keys while the terminal hands each over at once; as it was before, whatever ends this. */
async function* typedKeys(signal: AbortSignal | undefined): AsyncGenerator<string> {
  const { stdin } = process;
  const keys: string[] = [];
  let wake = (): void => undefined;
  const onData = (chunk: Uint8Array | string): void => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    if (text.includes(controlC)) {
      // In this mode the terminal sends no signal by itself.
      process.kill(process.pid, "SIGINT");
    } else if (!text.startsWith(escapeCharacter)) {
      keys.push(...text);
    }
    wake();
  };
  const stop = (): void => wake();
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  signal?.addEventListener("abort", stop);
  try {
    while (signal?.aborted !== true) {
      const key = keys.shift();
      if (key !== undefined) {
        yield key;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stdin.off("data", onData);
    stdin.pause();
    stdin.setRawMode(false);
  }
}

/** A fresh interface for every line. Whole lines that were pasted behind it are kept for the next prompts. */
async function readLine(options: ReadLineOptions, typedAhead: string[]): Promise<LineTyped> {
  const { createInterface } = await import("node:readline");
  return await new Promise((resolve) => {
    const reader: Interface = createInterface({
      input: process.stdin,
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
    const search = new HistorySearch(options.history);
    const onKey = (_: string | undefined, key: { ctrl?: boolean; name?: string }): void => {
      const found = key.ctrl === true && key.name === "r" ? search.next(reader.line) : undefined;
      if (found !== undefined) {
        reader.write(null, { ctrl: true, name: "e" });
        reader.write(null, { ctrl: true, name: "u" });
        reader.write(found);
      }
    };
    process.stdin.on("keypress", onKey);
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
      process.stdin.off("keypress", onKey);
      resolve(typed);
    });
    reader.prompt();
  });
}
