/** Runs `mq` from its source as a user does: with pipes, or on a terminal of its own. */
import { join } from "node:path";

const main = join(import.meta.dir, "../../cli/main.ts");
const answerMsMax = 15_000;
/** A cursor movement of which the terminal has not delivered the end yet. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
const unfinishedSequence = /\u001b(\[[0-9;?]*)?$/;

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MqOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs; this one's without. */
  readonly folder?: string;
}

/** The words of a shell that run `mq`. */
export const mqWords = [process.execPath, main];

/** Variables under which `mq` knows nothing of the machine's own settings. */
function cleanEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ["PATH", "HOME", "LANG", "TMPDIR"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), TERM: "xterm", XDG_CONFIG_HOME: "/dev/null", ...more };
}

/** Runs one command to its end, without a terminal. */
export async function runMq(
  words: readonly string[],
  { input = "", environment, folder }: MqOptions = {},
): Promise<Finished> {
  const child = Bun.spawn([...mqWords, ...words], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
    env: cleanEnvironment(environment),
    ...(folder === undefined ? {} : { cwd: folder }),
    timeout: answerMsMax,
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

/** A command on a pseudo-terminal: what is typed, and what can be read on it. */
export class MqOnTerminal {
  readonly #child: Bun.Subprocess;
  #raw = "";
  #seen = 0;
  #wake: () => void = () => undefined;

  constructor(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = Bun.spawn([...mqWords, ...words], {
      env: cleanEnvironment(environment),
      // Made for this child alone, it is also the terminal that Ctrl-C comes from.
      terminal: {
        // Wide enough that no line is drawn twice.
        cols: 250,
        rows: 30,
        data: (_terminal, bytes) => {
          this.#raw += Buffer.from(bytes).toString("utf8");
          this.#wake();
        },
      },
    });
  }

  /** Everything so far, without colours and cursor movements. */
  get screen(): string {
    const whole = this.#raw.replace(unfinishedSequence, "");
    return Bun.stripANSI(whole).replaceAll("\r", "");
  }

  /** Everything so far, as the terminal got it. */
  get raw(): string {
    return this.#raw;
  }

  get exited(): Promise<number> {
    return this.#child.exited;
  }

  type(text: string): void {
    this.#child.terminal?.write(text);
  }

  /** Types a line and waits until the text appears behind what was there before. */
  async enter(line: string, text: string): Promise<string> {
    this.type(`${line}\r`);
    return await this.until(text);
  }

  /** Resolves with what came up to the text, which must be behind what was waited for before. */
  async until(text: string): Promise<string> {
    const endMs = performance.now() + answerMsMax;
    for (;;) {
      const { screen } = this;
      const at = screen.indexOf(text, this.#seen);
      if (at >= 0) {
        const part = screen.slice(this.#seen, at + text.length);
        this.#seen = at + text.length;
        return part;
      }
      if (performance.now() > endMs) {
        throw new Error(`'${text}' never came; the terminal shows:\n${screen}`);
      }
      await this.#change(endMs);
    }
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
    this.#child.terminal?.close();
  }

  #change(endMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, endMs - performance.now());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
