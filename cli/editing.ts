/** A text in the user's editor: what was typed stays in a file of its own until it counts. */

import type { ProcessPort } from "../src/io/process.ts";
import { CommandError, usageError } from "./command-error.ts";
import { exitCode } from "./exit-code.ts";
import { canPrompt, type PromptPlace } from "./prompting.ts";
import { splitLine } from "./shell/words.ts";

export interface EditPlace extends PromptPlace {
  readonly process: ProcessPort;
}

/**
 * What the user's editor (VISUAL, else EDITOR, else vi) made of the text in the file `copy`, which stays. Throws
 * CommandError `MQ-E-USAGE` with the hint where there is no terminal, and `MQ-E-FAILED` when the editor fails.
 */
export async function editText(
  place: EditPlace,
  copy: string,
  text: string,
  withoutTerminal: string,
): Promise<string> {
  const { process } = place;
  if (!canPrompt(place)) {
    throw usageError("an editor needs a terminal", withoutTerminal);
  }
  process.files.replace(copy, text);
  const { VISUAL, EDITOR } = process.environment;
  const [editor] = splitLine(VISUAL || EDITOR || "vi");
  const code = await process.run([...(editor?.words ?? ["vi"]), copy], {}).exited;
  if (code !== 0) {
    throw new CommandError("MQ-E-FAILED", exitCode.failed, `the editor ended with ${code}`, {
      hint: `nothing changed; what was typed is in ${copy}`,
    });
  }
  return process.files.read(copy) ?? "";
}
