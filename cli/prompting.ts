/** Whether somebody can be asked. */
import type { ProcessPort } from "../src/io/process.ts";
import type { Terminal } from "../src/io/terminal.ts";
import type { GlobalFlags } from "./global-flags.ts";

export interface PromptPlace {
  readonly terminal: Pick<Terminal, "isInputTerminal" | "isErrorTerminal">;
  readonly process: Pick<ProcessPort, "environment">;
  readonly global: Pick<GlobalFlags, "input">;
}

/** The one gate before every prompt: without it a prompt hangs, or takes a piped body for an answer. */
export function canPrompt({ terminal, process, global }: PromptPlace): boolean {
  const { environment } = process;
  return (
    global.input &&
    terminal.isInputTerminal &&
    terminal.isErrorTerminal &&
    !environment["CI"] &&
    environment["TERM"] !== "dumb"
  );
}
