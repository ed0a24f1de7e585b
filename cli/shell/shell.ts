/**
 * The shell: the same commands without the word `mq`, over one pool of connections. A line goes to the same parser
 * as the executable's arguments; what follows a pipe goes to the system's shell.
 */
import type { Terminal } from "../../src/io/terminal.ts";
import type { CommandContext } from "../command.ts";
import { toCommandError, usageError } from "../command-error.ts";
import { commands } from "../commands/index.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { parseDuration } from "../flag.ts";
import { groupHelp } from "../help.ts";
import { Completion } from "./completion.ts";
import { History } from "./history.ts";
import { type ShellCommand, splitLine } from "./words.ts";

const builtins = ["exit", "help", "last", "quit", "set", "source", "time", "watch"];

export class Shell {
  readonly #context: CommandContext;
  readonly #isStrict: boolean;
  #defaults: string[];
  #lastOutput = "";
  #isDone = false;

  /** `isStrict`: a script ends at its first failure. */
  constructor(context: CommandContext, isStrict: boolean) {
    this.#context = context;
    this.#isStrict = isStrict;
    const { nameserver } = context.global;
    this.#defaults = nameserver === undefined ? [] : ["--nameserver", nameserver];
    context.runner.setDefaults(this.#defaults);
  }

  /** Reads and runs lines until Ctrl-D or `exit`. */
  async interact(): Promise<ExitCode> {
    const { terminal, process, environment, runner } = this.#context;
    const history = new History(environment.disk, process);
    const completion = new Completion({
      clock: environment.clock,
      client: () => this.#context.client(),
      builtins,
    });
    terminal.note("Tab completes, help lists the commands, Ctrl-D leaves\n");
    let code: ExitCode = exitCode.success;
    while (!this.#isDone) {
      const typed = await terminal.readLine({
        prompt: "mq> ",
        history: history.lines,
        complete: (text) => completion.complete(text),
      });
      if (typed.kind === "ended") {
        terminal.note("\n");
        break;
      }
      if (typed.kind === "line") {
        history.add(typed.text);
        code = await this.#line(typed.text, (words, screen) =>
          runner.foreground((signal) => runner.run(words, signal, screen)));
      }
    }
    return code;
  }

  /** Runs the lines of a script. Resolves with the first failure, or the last exit code. */
  async script(lines: AsyncIterable<string> | Iterable<string>): Promise<ExitCode> {
    let code: ExitCode = exitCode.success;
    for await (const line of lines) {
      code = await this.#line(line, (words, screen) =>
        this.#context.runner.foreground((signal) =>
          this.#context.runner.run(words, signal, screen),
        ));
      if (this.#isDone || (code !== exitCode.success && this.#isStrict)) {
        break;
      }
    }
    return code;
  }

  async #line(
    line: string,
    run: (words: readonly string[], screen?: Terminal) => Promise<ExitCode>,
  ): Promise<ExitCode> {
    let code: ExitCode = exitCode.success;
    try {
      for (const command of splitLine(line)) {
        code = await this.#command(command, run);
        if (this.#isDone || (code !== exitCode.success && this.#isStrict)) {
          break;
        }
      }
    } catch (error) {
      const known = toCommandError(error);
      this.#context.output.error(known);
      return known.exitCode;
    }
    return code;
  }

  async #command(
    { words, rest }: ShellCommand,
    run: (words: readonly string[], screen?: Terminal) => Promise<ExitCode>,
  ): Promise<ExitCode> {
    const own = words[0] === "mq" ? words.slice(1) : words;
    const builtin = this.#builtin(own, run);
    if (builtin !== undefined) {
      return await builtin;
    }
    if (rest === undefined) {
      const screen = recording(this.#context.terminal, true);
      const code = await run(own, screen.terminal);
      this.#lastOutput = screen.text();
      return code;
    }
    const screen = recording(this.#context.terminal, false);
    const code = await run(own, screen.terminal);
    this.#lastOutput = screen.text();
    const line = rest.startsWith("|") ? rest.slice(1) : `cat ${rest}`;
    const pipe = this.#context.process.pipeToShell(line);
    pipe.write(screen.text());
    const piped = await pipe.end();
    return code === exitCode.success && piped !== 0 ? exitCode.failed : code;
  }

  #builtin(
    words: readonly string[],
    run: (words: readonly string[], screen?: Terminal) => Promise<ExitCode>,
  ): Promise<ExitCode> | undefined {
    const [name, ...rest] = words;
    switch (name) {
      case "exit":
      case "quit":
        this.#isDone = true;
        return Promise.resolve(exitCode.success);
      case "help":
        this.#context.output.text(groupHelp(rest, commands));
        return Promise.resolve(exitCode.success);
      case "last":
        this.#context.output.text(this.#lastOutput);
        return Promise.resolve(exitCode.success);
      case "set":
        return Promise.resolve(this.#set(rest));
      case "source":
        return this.#source(rest);
      case "time":
        return this.#time(rest, run);
      case "watch":
        return this.#watch(rest, run);
      default:
        return undefined;
    }
  }

  /** `set output json`: a flag for every command from now on; without a value it is taken back. */
  #set([name, value]: readonly string[]): ExitCode {
    if (name === undefined) {
      this.#context.output.note(this.#defaults.join(" ") || "nothing is set");
      return exitCode.success;
    }
    const flag = `--${name.replace(/^-+/, "")}`;
    const at = this.#defaults.indexOf(flag);
    if (at >= 0) {
      this.#defaults.splice(at, 2);
    }
    if (value !== undefined) {
      this.#defaults.push(flag, value);
    }
    this.#context.runner.setDefaults(this.#defaults);
    return exitCode.success;
  }

  async #source([path]: readonly string[]): Promise<ExitCode> {
    const { disk } = this.#context.environment;
    if (path === undefined || !disk.exists(path)) {
      throw usageError(`source: ${path ?? "FILE"} is not there`);
    }
    const file = disk.open(path, "read");
    const bytes = Buffer.alloc(file.bytes());
    file.readInto(bytes, 0, bytes.length, 0);
    file.close();
    return await this.script(bytes.toString("utf8").split("\n"));
  }

  async #time(
    words: readonly string[],
    run: (words: readonly string[]) => Promise<ExitCode>,
  ): Promise<ExitCode> {
    const { clock } = this.#context.environment;
    const startedMs = clock.elapsedMs();
    const code = await run(words);
    this.#context.output.note(`${(clock.elapsedMs() - startedMs).toFixed(1)} ms`);
    return code;
  }

  /** `watch 2s topic list`: again and again until Ctrl-C. */
  async #watch(
    [every, ...words]: readonly string[],
    run: (words: readonly string[]) => Promise<ExitCode>,
  ): Promise<ExitCode> {
    const ms = parseDuration(every ?? "");
    if (ms === undefined || words.length === 0) {
      throw usageError("watch DURATION COMMAND…", "watch 2s group lag billing");
    }
    const { runner, environment, terminal } = this.#context;
    return await runner.foreground(async (signal) => {
      let code: ExitCode = exitCode.success;
      while (!signal.aborted) {
        terminal.write("\u001b[2J\u001b[H");
        code = await run(words);
        await new Promise<void>((resolve) => {
          const timer = environment.clock.after(ms, resolve);
          signal.addEventListener("abort", () => {
            timer.cancel();
            resolve();
          });
        });
      }
      return code === exitCode.interrupted ? exitCode.success : code;
    });
  }
}

const recordedMax = 1 << 20;

/** A terminal that remembers what was written, and passes it on or not. */
function recording(
  terminal: Terminal,
  isPassedOn: boolean,
): { readonly terminal: Terminal; readonly text: () => string } {
  let text = "";
  return {
    terminal: {
      ...terminal,
      isOutputTerminal: isPassedOn && terminal.isOutputTerminal,
      write(part) {
        if (!isPassedOn || text.length < recordedMax) {
          text += part;
        }
        return isPassedOn ? terminal.write(part) : true;
      },
    },
    text: () => text,
  };
}
