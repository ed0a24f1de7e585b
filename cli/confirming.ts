/** Asking before something that cannot be undone: once, or with a typed name where a profile is protected. */
import type { ProcessPort } from "../src/io/process.ts";
import type { Terminal } from "../src/io/terminal.ts";
import { CommandError, usageError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { canPrompt } from "./prompting.ts";

export interface ConfirmOptions {
  readonly terminal: Terminal;
  readonly process: ProcessPort;
  readonly global: Pick<GlobalFlags, "yes" | "confirm" | "input">;
  /** Protected profiles whose cluster is concerned. */
  readonly protectedBy: readonly string[];
  /** What is to be typed there: the name of what is changed. */
  readonly name: string;
}

/** False when somebody said no. Throws CommandError where nobody can be asked. */
export async function confirm(question: string, options: ConfirmOptions): Promise<boolean> {
  if (options.protectedBy.length > 0) {
    return await confirmProtected(question, options);
  }
  if (options.global.yes) {
    return true;
  }
  if (!canPrompt(options)) {
    throw new CommandError(
      "MQ-E-CONFIRM",
      exitCode.precondition,
      `${question} Nobody can be asked here.`,
      { hint: "--yes says that it is meant; --dry-run shows what would happen" },
    );
  }
  return await options.terminal.confirm(question);
}

async function confirmProtected(question: string, options: ConfirmOptions): Promise<boolean> {
  const { terminal, global, protectedBy, name } = options;
  const who = `profile '${protectedBy.join("', '")}' is protected`;
  if (global.yes && global.confirm === name) {
    return true;
  }
  if (global.confirm !== undefined && global.confirm !== name) {
    throw usageError(`--confirm '${global.confirm}': what is changed is '${name}'`);
  }
  if (!global.yes || !canPrompt(options)) {
    throw new CommandError("MQ-E-PROTECTED", exitCode.precondition, `${who}: ${question}`, {
      hint: global.yes
        ? `the name has to be typed at a terminal, or given: --confirm ${name}`
        : `it wants --yes, and the name typed at a terminal or given: --confirm ${name}; --dry-run shows what would happen`,
    });
  }
  terminal.note(`${who}\n${question}\n`);
  const typed = await terminal.readLine({
    prompt: `type ${name} to go on: `,
    history: [],
    complete: () => Promise.resolve([[], ""]),
  });
  return typed.kind === "line" && typed.text.trim() === name;
}
