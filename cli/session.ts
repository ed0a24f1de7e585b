/**
 * Runs commands: one for the executable, many for the shell, which keeps one pool of connections. Every way out of
 * a command ends here, as an exit code.
 */
import { type Client, createClient } from "../src/client/index.ts";
import type { CertificatePort } from "../src/io/certificates.ts";
import type { Environment } from "../src/io/environment.ts";
import type { HttpPort } from "../src/io/http.ts";
import type { ProcessPort } from "../src/io/process.ts";
import type { Terminal } from "../src/io/terminal.ts";
import { boundTerminal } from "./bound-terminal.ts";
import type { Command, CommandContext, CommandRunner, CommandSpec } from "./command.ts";
import { toCommandError, usageError } from "./command-error.ts";
import { CommandList } from "./command-list.ts";
import { commands } from "./commands/index.ts";
import { confirm } from "./confirming.ts";
import { closestWord } from "./did-you-mean.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { flagsUnread, type GlobalFlags, nameserversOf } from "./global-flags.ts";
import { groupHelp, groupHelpJson, helpText } from "./help.ts";
import { withMissingArgument } from "./missing-argument.ts";
import {
  leadingFlags,
  outputAsked,
  type ParsedCommand,
  parseCommand,
  parseGlobalFlags,
} from "./parse.ts";
import { pause } from "./pause.ts";
import {
  type ChosenProfile,
  chooseProfile,
  noProfile,
  protectedAt,
  rewritten,
  variablesWith,
} from "./profile/chosen-profile.ts";
import { trustOf } from "./profile/config-layers.ts";
import { checkFormat, Output } from "./render/output.ts";
import { chooseZone } from "./render/time.ts";

export interface SessionOptions {
  readonly environment: Environment;
  readonly process: ProcessPort;
  readonly http: HttpPort;
  readonly certificates: CertificatePort;
  readonly terminal: Terminal;
}

/** Why a command's signal was aborted: a wish from outside, or nobody reads what it writes. */
type StopReason = "SIGINT" | "SIGTERM" | "reader_gone";

export class Session implements CommandRunner {
  readonly commands = new CommandList(commands);
  readonly #options: SessionOptions;
  readonly #clients = new Map<string, Client>();
  /** What runs now, outermost first: Ctrl-C ends the innermost, SIGTERM all. */
  readonly #foreground: AbortController[] = [];
  /** Flags that the shell's `set` made the default. */
  #defaults: readonly string[] = [];
  #defaultProfile: ChosenProfile | undefined;
  #lastResult: unknown;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** What the last command printed, as data. */
  get lastResult(): unknown {
    return this.#lastResult;
  }

  /** Words put before every command's flags from now on. */
  setDefaults(words: readonly string[]): void {
    const { process } = this.#options;
    const flags = parseGlobalFlags(words, process.environment);
    checkFormat(flags.output);
    const profile = chooseProfile(process, flags.profile);
    this.#defaults = words;
    this.#defaultProfile = profile;
  }

  defaultProfile(): ChosenProfile {
    const { process } = this.#options;
    this.#defaultProfile ??= chooseProfile(
      process,
      parseGlobalFlags(this.#defaults, process.environment).profile,
    );
    return this.#defaultProfile;
  }

  defaultFlags(): GlobalFlags {
    const { environment } = this.#options.process;
    return parseGlobalFlags(this.#defaults, variablesWith(this.defaultProfile(), environment));
  }

  defaultClient(): Client {
    return this.client(this.defaultFlags(), this.defaultProfile());
  }

  isProtected(): boolean {
    return this.#protectedBy(this.defaultFlags(), this.defaultProfile()).length > 0;
  }

  /** The process was asked to stop. True when something was there that could be stopped. */
  stop(signal: "SIGINT" | "SIGTERM"): boolean {
    const concerned = signal === "SIGINT" ? this.#foreground.slice(-1) : [...this.#foreground];
    const waiting = concerned.filter((each) => !each.signal.aborted);
    for (const each of waiting.reverse()) {
      each.abort(signal satisfies StopReason);
    }
    return waiting.length > 0;
  }

  /** Runs the work as what Ctrl-C ends. */
  async foreground<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#foreground.push(controller);
    try {
      return await work(controller.signal);
    } finally {
      this.#foreground.splice(this.#foreground.indexOf(controller), 1);
    }
  }

  /** Runs one command given as words. Resolves with its exit code, never throws. */
  async run(
    typed: readonly string[],
    signal: AbortSignal,
    terminal: Terminal = this.#options.terminal,
  ): Promise<number> {
    // `mq help topic tail`, as people type it.
    const words = typed[0] === "help" ? [...typed.slice(1), "--help"] : typed;
    const gone = new AbortController();
    const either = AbortSignal.any([signal, gone.signal]);
    const bound = boundTerminal(terminal, either, () => {
      gone.abort("reader_gone" satisfies StopReason);
    });
    const variables = this.#options.process.environment;
    let output = new Output({
      terminal: bound,
      global: { ...flagsUnread, output: errorFormat(outputAsked(words, variables)) },
      variables,
    });
    try {
      const [flags, others] = leadingFlags(words);
      const found = this.commands.find(flags.includes("--version") ? ["version"] : others);
      if (found === undefined) {
        return await this.#runWithoutCommand(words, bound);
      }
      const command = await found.entry.load();
      const own = [
        ...this.#defaults,
        ...flags.filter((word) => word !== "--version"),
        ...others.slice(found.length),
      ];
      const whole = await this.#asked(command.spec, own, bound);
      if (whole === undefined) {
        return exitCode.interrupted;
      }
      const { profile, parsed } = this.#parse(command.spec, whole);
      if (parsed.wantsHelp !== undefined) {
        bound.write(await helpText(command.spec, parsed.wantsHelp));
        return exitCode.success;
      }
      output = new Output({
        terminal: bound,
        global: parsed.global,
        variables,
        remember: (result) => {
          this.#lastResult = result;
        },
      });
      if (
        found.entry.isHidden !== true &&
        profile !== noProfile &&
        trustOf(this.#options.process) === "untrusted"
      ) {
        output.note("./.mq.toml is not read: mq config trust lets it count");
      }
      const code = await this.#runParsed(command, parsed, {
        output,
        profile,
        signal: either,
        terminal: bound,
      });
      return stoppedCode(either) === exitCode.success ? exitCode.success : code;
    } catch (error) {
      const stopped = stoppedCode(either);
      if (stopped !== undefined) {
        return stopped;
      }
      const known = toCommandError(error);
      output.error(known);
      return known.exitCode;
    }
  }

  /** The client for the nameservers of the flags, shared by all commands that want the same. */
  client(global: GlobalFlags, { profile }: ChosenProfile): Client {
    const nameservers = nameserversOf(global, this.#options.process.environment);
    const { timeout, traceRpc, retries } = global;
    const key = JSON.stringify([nameservers, timeout, traceRpc, retries, profile.rewrite]);
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = createClient(rewritten(this.#options.environment, profile), {
        nameservers,
        timeoutMs: timeout,
        connectRetries: retries,
        wait: (ms) => pause(this.#options, ms, new AbortController().signal),
        producerGroup: "mq-cli",
        onRoundTrip: traceRpc ? (trip) => this.#traceRoundTrip(trip) : undefined,
      });
      this.#clients.set(key, client);
    }
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) {
      await client.close();
    }
    this.#clients.clear();
  }

  async #runParsed(
    command: Command,
    { global, input }: ParsedCommand,
    {
      output,
      profile,
      signal,
      terminal,
    }: Pick<CommandContext, "output" | "profile" | "signal" | "terminal">,
  ): Promise<number> {
    const { environment, process, http, certificates } = this.#options;
    chooseZone(global.tz);
    const code = await command.run(
      {
        environment,
        process,
        http,
        certificates,
        terminal,
        output,
        global,
        profile,
        signal,
        runner: this,
        client: () => this.client(global, profile),
        clientAt: (nameservers) =>
          this.client(
            nameservers === undefined ? global : { ...global, nameserver: nameservers },
            profile,
          ),
        protectedBy: (nameservers) =>
          this.#protectedBy(
            nameservers === undefined ? global : { ...global, nameserver: nameservers },
            profile,
          ),
        blocking: (work) => (this.#foreground.length > 1 ? work() : process.interruptibly(work)),
        confirm: (question, about) =>
          confirm(question, {
            terminal: this.#options.terminal,
            process,
            global,
            protectedBy: this.#protectedBy(
              { ...global, nameserver: about?.nameservers ?? global.nameserver },
              profile,
            ),
            name: about?.name ?? input.arguments[0] ?? profile.name ?? "yes",
          }),
      },
      input,
    );
    if (typeof code === "object") {
      return code.passedOn;
    }
    return code === exitCode.interrupted
      ? (stoppedCode(signal) ?? code)
      : (code ?? exitCode.success);
  }

  /** The words with a name that was missing and was chosen now; undefined when somebody left the question. */
  #asked(
    spec: CommandSpec,
    words: readonly string[],
    terminal: Terminal,
  ): Promise<readonly string[] | undefined> {
    const { process } = this.#options;
    return withMissingArgument(spec, words, {
      terminal,
      process,
      read: (relaxed) => {
        const { parsed, profile } = this.#parse(relaxed, words);
        return { parsed, client: () => this.client(parsed.global, profile) };
      },
    });
  }

  /** Reads the flags with what the profile says in place of those that nobody typed. */
  #parse(
    spec: CommandSpec,
    words: readonly string[],
  ): { readonly profile: ChosenProfile; readonly parsed: ParsedCommand } {
    const { process } = this.#options;
    const { environment } = process;
    const plain = parseCommand(spec, words, environment);
    if (plain.wantsHelp !== undefined || worksWithoutProfile(spec)) {
      return { profile: noProfile, parsed: plain };
    }
    const profile = chooseProfile(process, plain.global.profile);
    const variables = variablesWith(profile, environment);
    if (isServer(spec)) {
      // A server registers where it is told to, not where its operator happens to look.
      const { MQ_NAMESERVER: _, ...others } = variables;
      const own = { ...others, MQ_NAMESERVER: environment["MQ_NAMESERVER"] };
      return { profile, parsed: parseCommand(spec, words, own) };
    }
    return { profile, parsed: parseCommand(spec, words, variables) };
  }

  #protectedBy(global: GlobalFlags, profile: ChosenProfile): readonly string[] {
    return protectedAt(profile, nameserversOf(global, this.#options.process.environment));
  }

  async #runWithoutCommand(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
    const named = words.filter((word) => !word.startsWith("-"));
    const under = this.commands.under(named);
    if (under.length > 0) {
      if (words.includes("--help-json")) {
        terminal.write(await groupHelpJson(under));
        return exitCode.success;
      }
      terminal.write(groupHelp(named, under));
      return words.some((word) => word === "--help" || word === "-h") || words.length === 0
        ? exitCode.success
        : exitCode.usage;
    }
    const known = commands.map(({ path }) => path.join(" "));
    const typed = named.slice(0, 2).join(" ");
    const meant =
      closestWord(typed, known) ??
      closestWord(
        named[0] ?? "",
        known.map((path) => path.split(" ")[0] ?? ""),
      );
    throw usageError(
      `'${typed}' is no command`,
      meant === undefined ? "mq --help lists them" : `did you mean 'mq ${meant}'?`,
    );
  }

  #traceRoundTrip(trip: {
    readonly address: string;
    readonly code: number;
    readonly replyCode: number | undefined;
    readonly elapsedMs: number;
  }): void {
    const answer = trip.replyCode === undefined ? "no answer" : `answer ${trip.replyCode}`;
    this.#options.terminal.note(
      `rpc ${trip.address} request ${trip.code} ${answer} ${trip.elapsedMs.toFixed(1)} ms\n`,
    );
  }
}

/** Commands that must work while the configuration is broken, to mend it, or that it does not concern. */
function worksWithoutProfile({ path: [first = "", second = ""] }: CommandSpec): boolean {
  if (first === "profile" && second === "check") {
    return false;
  }
  return ["profile", "config", "version", "errors", "cheat", "completion"].includes(first);
}

function isServer({ path }: CommandSpec): boolean {
  return path[0] === "dev" || path.at(-1) === "start";
}

/** Programs that asked for JSON get the error about their flags as JSON, too. */
function errorFormat(asked: string | undefined): "json" | "table" {
  return asked === "json" || asked === "jsonl" ? "json" : "table";
}

/** The exit code of a command that was stopped; undefined when it was not. */
function stoppedCode(signal: AbortSignal): ExitCode | undefined {
  if (!signal.aborted) {
    return undefined;
  }
  switch (signal.reason as StopReason) {
    case "SIGINT":
      return exitCode.interrupted;
    case "SIGTERM":
      return exitCode.terminated;
    case "reader_gone":
      return exitCode.success;
  }
}
