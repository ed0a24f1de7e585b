/**
 * What a command is: one spec from which parsing, help, JSON schema and completion are derived, and the function
 * that runs. Each lives in a file of its own that is imported only when it is used (commands/index.ts).
 */
import type { z } from "zod";
import type { Client } from "../src/client/index.ts";
import type { CertificatePort } from "../src/io/certificates.ts";
import type { Environment } from "../src/io/environment.ts";
import type { HttpPort } from "../src/io/http.ts";
import type { ProcessPort } from "../src/io/process.ts";
import type { Terminal } from "../src/io/terminal.ts";
import type { ExitCode, PassedExit } from "./exit-code.ts";
import type { Completes, FlagShape, FlagValues, Zod } from "./flag.ts";
import type { GlobalFlags } from "./global-flags.ts";
import type { ChosenProfile } from "./profile/chosen-profile.ts";
import type { Output } from "./render/output.ts";

export interface ArgumentSpec {
  /** As help shows it. */
  readonly name: string;
  readonly about: string;
  readonly isOptional?: boolean;
  /** Takes all that follow; only the last argument may. */
  readonly isMany?: boolean;
  readonly completes?: Completes;
}

export interface CommandSpec<F extends FlagShape = FlagShape> {
  readonly path: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  /** By name in camelCase: `queueCount` is `--queue-count`. Made with `flag()`. */
  readonly flags: F;
  /** Shape of what `-o json` prints: of one row for a list. Made when somebody asks for it. */
  readonly output?: (zod: Zod) => z.ZodType;
  readonly examples: readonly string[];
  /** Arguments behind `--` belong to another program. */
  readonly takesCommand?: boolean;
  /** All words behind the path are arguments, also those that look like flags. */
  readonly isVerbatim?: boolean;
}

export interface CommandInput<F extends FlagShape> {
  readonly arguments: readonly string[];
  readonly flags: FlagValues<F>;
  /** What stood behind `--`. */
  readonly command: readonly string[];
}

/** A command before it is loaded. */
export interface CommandEntry {
  readonly path: readonly string[];
  readonly summary: string;
  /** Asked for by programs only: no list shows it. */
  readonly isHidden?: boolean;
  readonly load: () => Promise<Command>;
}

/** A command by its path, `topic list`; its body is imported when it is used. */
export function commandEntry(
  path: string,
  summary: string,
  load: () => Promise<{ command: Command }>,
): CommandEntry {
  return { path: path.split(" "), summary, load: async () => (await load()).command };
}

/** The commands that there are. */
export interface CommandFinder {
  readonly entries: readonly CommandEntry[];
  /** The command that the words begin with, and how many of them name it. */
  find(
    words: readonly string[],
  ): { readonly entry: CommandEntry; readonly length: number } | undefined;
  /** Commands that begin with the words, without hidden ones. */
  under(prefix: readonly string[]): readonly CommandEntry[];
}

/** Runs other commands in this process, over the same connections: what the shell is made of. */
export interface CommandRunner {
  readonly commands: CommandFinder;
  /** What the last command printed, as data. */
  readonly lastResult: unknown;
  /** Runs one command given as words. Resolves with its exit code, never throws. */
  run(words: readonly string[], signal: AbortSignal, terminal?: Terminal): Promise<number>;
  /** Runs the work as what Ctrl-C ends, instead of the command that asks for it. */
  foreground<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Words put before every command's flags from now on; throws a usage error for what is no such flag. */
  setDefaults(words: readonly string[]): void;
  /** The flags that a command without any would run with. */
  defaultFlags(): GlobalFlags;
  /** The profile that it would run with. */
  defaultProfile(): ChosenProfile;
  /** Whether its cluster belongs to a protected profile. */
  isProtected(): boolean;
  /** The client that such a command would use. */
  defaultClient(): Client;
}

/** What a question is about, where it is not the first argument on the chosen cluster. */
export interface ConcernedThing {
  readonly nameservers: string | undefined;
  /** What is typed where its cluster is protected. */
  readonly name: string;
}

export interface CommandContext {
  readonly environment: Environment;
  readonly process: ProcessPort;
  readonly http: HttpPort;
  readonly certificates: CertificatePort;
  readonly terminal: Terminal;
  readonly output: Output;
  readonly global: GlobalFlags;
  /** The profile that the command runs with. */
  readonly profile: ChosenProfile;
  /** Aborted by Ctrl-C or SIGTERM: finish what must be, then return. */
  readonly signal: AbortSignal;
  readonly runner: CommandRunner;
  /** The client for the nameservers that were chosen; connected on first use, closed by whoever runs the command. */
  client(): Client;
  /** The client for other nameservers, by the same rules; for the chosen ones when there are none. */
  clientAt(nameservers: string | undefined): Client;
  /** Names of protected profiles whose cluster those nameservers, or the chosen ones, belong to. */
  protectedBy(nameservers: string | undefined): readonly string[];
  /** Does long work that reads only and cannot be told to stop: Ctrl-C ends the program, but never a shell. */
  blocking<T>(work: () => T): T;
  /** Asks before something that cannot be undone; refuses without `--yes` where nobody can be asked. */
  confirm(question: string, what?: ConcernedThing): Promise<boolean>;
}

export interface Command<F extends FlagShape = FlagShape> {
  readonly spec: CommandSpec<F>;
  /** Resolves with an exit code; undefined is success. */
  run(context: CommandContext, input: CommandInput<F>): Promise<ExitCode | PassedExit | undefined>;
}

/** A command whose flags' types are those of its spec. */
export function defineCommand<F extends FlagShape>(command: Command<F>): Command {
  return command as Command<never> as Command;
}
