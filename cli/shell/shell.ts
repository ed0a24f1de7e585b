/**
 * The shell: the same commands without the word `mq`, over one pool of connections. A line goes to the same parser
 * as the executable's arguments; what follows a pipe goes to the system's shell.
 */
import { version } from "../../src/core/version.ts";
import type { Terminal } from "../../src/io/terminal.ts";
import type { CommandContext } from "../command.ts";
import { toCommandError, usageError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { parseDuration } from "../flag.ts";
import { nameserversOf } from "../global-flags.ts";
import { groupHelp } from "../help.ts";
import { argumentsAmong, leadingFlags } from "../parse.ts";
import { pause } from "../pause.ts";
import { variablesWith } from "../profile/chosen-profile.ts";
import { profileNames } from "../profile/config-layers.ts";
import { paint } from "../render/color.ts";
import { visible } from "../render/format.ts";
import { readTextFile } from "../text-file.ts";
import { builtinHelp } from "./builtins.ts";
import { Completion } from "./completion.ts";
import { History } from "./history.ts";
import { Names } from "./names.ts";
import { Settings } from "./settings.ts";
import { type ShellCommand, splitLine } from "./words.ts";

const sourceDepthMax = 8;
const clearScreen = "\u001b[2J\u001b[H";

export interface ShellOptions {
  /** A line that fails is the last one. */
  readonly stopsAtFailure: boolean;
  /** Tell for each line whether it worked. */
  readonly reports: boolean;
  /** The commands' own input; a script on standard input leaves them none. */
  readonly terminal: Terminal;
}

/** What one command of a line runs with. */
interface Run {
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

export class Shell {
  readonly #context: CommandContext;
  readonly #options: ShellOptions;
  #settings = new Settings();
  /** Filled in where a command wants a topic and none was typed. */
  #topic: string | undefined;
  #isDone = false;
  #sourceDepth = 0;
  /** Commands that did not work, so far. */
  #failed = 0;

  constructor(context: CommandContext, options: ShellOptions) {
    this.#context = context;
    this.#options = options;
    const { global, profile, process, runner } = context;
    const { MQ_NAMESERVER: known } = variablesWith(profile, process.environment);
    // What the shell itself was started with holds for its commands.
    if (global.profile !== undefined) {
      this.#settings = this.#settings.with("profile", global.profile);
    }
    if (global.nameserver !== known) {
      this.#settings = this.#settings.with("nameserver", global.nameserver);
    }
    runner.setDefaults(this.#settings.words());
  }

  /** Reads and runs lines until Ctrl-D or `exit`. */
  async interact(): Promise<number> {
    const { terminal, process, environment, runner, output } = this.#context;
    const history = new History(process);
    const names = new Names({ clock: environment.clock, client: () => runner.defaultClient() });
    const completion = new Completion({
      commands: runner.commands,
      names,
      profiles: () => profileNames(process),
      disk: environment.disk,
      hasBuiltins: true,
    });
    output.note(`mq ${version} · ${this.#place()} · Tab completes, help, Ctrl-D leaves`);
    for (const kind of ["topic", "group", "broker"] as const) {
      void names.refresh(kind);
    }
    while (!this.#isDone) {
      const typed = await terminal.readLine({
        prompt: this.#prompt(),
        history: history.lines,
        complete: (text) => completion.complete(text),
      });
      if (typed.kind === "ended") {
        terminal.note("\n");
        break;
      }
      if (typed.kind === "line") {
        history.add(typed.text);
        await this.#line(typed.text);
      }
    }
    return exitCode.success;
  }

  /** Runs the lines of a script. Resolves with the failure that ended it, or whether all or only some worked. */
  async script(lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
    const failedBefore = this.#failed;
    for await (const line of lines) {
      const code = await this.#line(line);
      const isStopped = code === exitCode.interrupted || code === exitCode.terminated;
      if (isStopped || (code !== exitCode.success && this.#options.stopsAtFailure)) {
        return code;
      }
      if (this.#isDone) {
        break;
      }
    }
    return this.#failed === failedBefore ? exitCode.success : exitCode.partial;
  }

  /** In the profile's colour, with a mark where destructive commands want a typed name. */
  #prompt(): string {
    const { runner, output } = this.#context;
    const { profile } = runner.defaultProfile();
    const topic = this.#topic === undefined ? "" : `:${visible(this.#topic)}`;
    const text = `mq(${this.#place()}${topic}${runner.isProtected() ? "!" : ""})>`;
    return `${profile.color === undefined ? text : paint(text, profile.color, output.areNotesColored)} `;
  }

  /** The profile's name, or the nameservers that stand in place of its own. */
  #place(): string {
    const { process, runner } = this.#context;
    const { name, profile } = runner.defaultProfile();
    if (name !== undefined && profile.nameserver === runner.defaultFlags().nameserver) {
      return name;
    }
    const [first, ...others] = nameserversOf(runner.defaultFlags(), process.environment);
    return others.length === 0 ? `${first}` : `${first} +${others.length}`;
  }

  /** Runs the commands of a line; Ctrl-C ends what runs, and the rest of the line with it. */
  async #line(line: string): Promise<number> {
    return await this.#context.runner.foreground(async (signal) => {
      let code: number = exitCode.success;
      try {
        for (const command of splitLine(line)) {
          code = await this.#attempt(command, signal);
          const isLast = code !== exitCode.success && this.#options.stopsAtFailure;
          if (signal.aborted || this.#isDone || isLast) {
            break;
          }
        }
      } catch (error) {
        code = this.#fail(error);
      }
      return code;
    });
  }

  async #attempt(command: ShellCommand, signal: AbortSignal): Promise<number> {
    let code: number;
    try {
      code = await this.#command(command, signal);
      this.#failed += code === exitCode.success ? 0 : 1;
    } catch (error) {
      code = this.#fail(error);
    }
    if (this.#options.reports) {
      const outcome = code === exitCode.success ? "ok" : `failed (${code})`;
      this.#context.output.note(`${outcome}: ${command.words.join(" ")}`);
    }
    return code;
  }

  #fail(error: unknown): number {
    const known = toCommandError(error);
    this.#context.output.error(known);
    this.#failed++;
    return known.exitCode;
  }

  async #command({ words, rest }: ShellCommand, signal: AbortSignal): Promise<number> {
    const own = words[0] === "mq" ? words.slice(1) : words;
    const { terminal } = this.#options;
    if (rest === undefined) {
      return await this.#run(own, { signal, terminal });
    }
    const line = rest.startsWith("|") ? rest.slice(1) : `cat ${rest}`;
    const pipe = this.#context.process.pipeToShell(line);
    const code = await this.#run(own, {
      signal,
      terminal: { ...terminal, isOutputTerminal: false, write: (text) => pipe.write(text) },
    });
    const pipeCode = await pipe.end();
    return code === exitCode.success && pipeCode !== 0 ? exitCode.failed : code;
  }

  async #run(words: readonly string[], run: Run): Promise<number> {
    const [name, ...rest] = words;
    switch (name) {
      case "exit":
      case "quit":
        this.#isDone = true;
        return exitCode.success;
      case "help":
        return await this.#help(rest, run);
      case "last":
        return this.#last(run);
      case "set":
        return this.#set(rest);
      case "source":
        return await this.#source(rest);
      case "use":
        return this.#use(rest);
      case "time":
        return await this.#time(rest, run);
      case "watch":
        return await this.#watch(rest, run);
      case "shell":
        throw usageError("this is the shell", "source FILE runs a script");
      default:
        return await this.#context.runner.run(
          await this.#withTopic(words),
          run.signal,
          run.terminal,
        );
    }
  }

  /** The words with the topic in use where a command begins with one and an argument is missing. */
  async #withTopic(words: readonly string[]): Promise<readonly string[]> {
    const [flags, others] = leadingFlags(words);
    const found = this.#context.runner.commands.find(others);
    if (this.#topic === undefined || found === undefined) {
      return words;
    }
    const { spec } = await found.entry.load();
    const wanted = spec.arguments ?? [];
    const behind = others.slice(found.length);
    const typed = argumentsAmong(spec, [...flags, ...behind]);
    const needed = wanted.filter(({ isOptional }) => isOptional !== true).length;
    if (wanted[0]?.name !== "TOPIC" || typed === undefined || typed.length !== needed - 1) {
      return words;
    }
    return [...flags, ...others.slice(0, found.length), this.#topic, ...behind];
  }

  async #help(words: readonly string[], run: Run): Promise<number> {
    if (words.length > 0) {
      const asked =
        this.#context.runner.commands.find(words) === undefined ? words : [...words, "--help"];
      return await this.#context.runner.run(asked, run.signal, run.terminal);
    }
    run.terminal.write(
      `${groupHelp([], this.#context.runner.commands.under([]))}\n${builtinHelp()}`,
    );
    return exitCode.success;
  }

  #last({ terminal }: Run): number {
    const { lastResult } = this.#context.runner;
    if (lastResult === undefined) {
      throw usageError("last: nothing was shown yet");
    }
    terminal.write(`${JSON.stringify(lastResult)}\n`);
    return exitCode.success;
  }

  #set([name, value, ...others]: readonly string[]): number {
    const { runner, output } = this.#context;
    if (name === undefined) {
      output.note(this.#settings.words().join(" ") || "nothing is set");
      return exitCode.success;
    }
    if (others.length > 0) {
      throw usageError(`set: '${others[0]}' is one word too many`, "set NAME VALUE");
    }
    const changed = this.#settings.with(name, value);
    runner.setDefaults(changed.words());
    this.#settings = changed;
    return exitCode.success;
  }

  #use([name, ...others]: readonly string[]): number {
    if (name === "topic" && others.length <= 1) {
      [this.#topic] = others;
      return exitCode.success;
    }
    if (name === undefined || others.length > 0) {
      throw usageError(
        "use: PROFILE, or topic NAME, is needed",
        "profile list and topic list show them",
      );
    }
    const { runner, output, process } = this.#context;
    const changed = this.#settings.with("nameserver", undefined).with("profile", name);
    runner.setDefaults(changed.words());
    this.#settings = changed;
    // Another cluster has other topics.
    this.#topic = undefined;
    if (process.environment["MQ_NAMESERVER"]) {
      output.note("MQ_NAMESERVER is set and stands above the profile");
    }
    return exitCode.success;
  }

  async #source([path]: readonly string[]): Promise<number> {
    if (path === undefined) {
      throw usageError("source: FILE is missing");
    }
    const text = readTextFile(this.#context.environment, path);
    if (text === undefined) {
      throw usageError(`source: ${path} is not there`);
    }
    if (this.#sourceDepth >= sourceDepthMax) {
      throw usageError(`source: more than ${sourceDepthMax} files source each other`);
    }
    this.#sourceDepth++;
    try {
      return await this.script(text.split("\n"));
    } finally {
      this.#sourceDepth--;
    }
  }

  async #time(words: readonly string[], run: Run): Promise<number> {
    if (words.length === 0) {
      throw usageError("time: COMMAND is missing", "time topic list");
    }
    const { clock } = this.#context.environment;
    const startedMs = clock.elapsedMs();
    const code = await this.#run(words, run);
    this.#context.output.note(`${(clock.elapsedMs() - startedMs).toFixed(1)} ms`);
    return code;
  }

  /** Again and again until Ctrl-C, which is how it ends well. */
  async #watch([every, ...words]: readonly string[], run: Run): Promise<number> {
    const everyMs = parseDuration(every ?? "");
    if (everyMs === undefined || everyMs <= 0 || words.length === 0) {
      throw usageError("watch: DURATION and COMMAND are needed", "watch 2s group lag billing");
    }
    let code: number = exitCode.success;
    while (!run.signal.aborted) {
      if (run.terminal.isOutputTerminal) {
        run.terminal.write(clearScreen);
      }
      code = await this.#run(words, run);
      if (code === exitCode.usage) {
        return code;
      }
      await pause(this.#context, everyMs, run.signal);
    }
    return code === exitCode.interrupted ? exitCode.success : code;
  }
}
