/** What a subcommand of mqadmin is. Each lives in a file of its own that is imported when it is asked for. */
import type { Client } from "../../src/client/index.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { ProcessPort } from "../../src/io/process.ts";
import type { ExitCode } from "../exit-code.ts";
import type { CommandLine } from "./command-line.ts";
import type { AdminOption } from "./option.ts";
import type { Printer } from "./printer.ts";

export interface AdminCall {
  readonly line: CommandLine;
  /** For the nameservers of `-n`. */
  readonly client: Client;
  readonly printer: Printer;
  readonly environment: Environment;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly process: ProcessPort;
}

export interface Subcommand {
  /** Besides those that all have. */
  readonly options: readonly AdminOption[];
  /** The same in `mq`'s own words, without the word `mq`; undefined where there is nothing of the kind yet. */
  spelling(line: CommandLine): string | undefined;
  /** What it does cannot be undone: a protected cluster is left alone. */
  readonly isFinal?: true;
  /** Resolves with an exit code; undefined is success. */
  run(call: AdminCall): Promise<ExitCode | undefined>;
}
