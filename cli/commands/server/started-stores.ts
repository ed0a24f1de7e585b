/** The stores that this user's brokers were started on, so that all of them can be stopped without naming any. */
import type { CommandContext } from "../../command.ts";
import { stateFolder } from "../../state-folder.ts";

function pathOf({ process }: Pick<CommandContext, "process">): string {
  return stateFolder(process, "stores");
}

/** Folders, each once, in the order of their first start. */
export function startedStores(context: Pick<CommandContext, "process">): readonly string[] {
  const lines = context.process.files.read(pathOf(context))?.split("\n") ?? [];
  return [...new Set(lines.filter((line) => line !== ""))];
}

export function rememberStore(context: Pick<CommandContext, "process">, store: string): void {
  if (!startedStores(context).includes(store)) {
    context.process.files.append(pathOf(context), `${store}\n`);
  }
}

export function forgetStore(context: Pick<CommandContext, "process">, store: string): void {
  const others = startedStores(context).filter((each) => each !== store);
  context.process.files.replace(pathOf(context), others.map((each) => `${each}\n`).join(""));
}
