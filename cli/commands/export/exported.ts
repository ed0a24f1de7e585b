/** A document as a command prints it: YAML unless another form is asked for, or in a file. */
import type { CommandContext } from "../../command.ts";
import { flag, text } from "../../flag.ts";
import { writeTextFile } from "../../text-file.ts";

export const exportFlags = {
  to: flag(text(1).optional(), {
    about: "into this file instead; JSON when its name ends so",
    value: "FILE",
  }),
} as const;

/** What the document is called in `-o json`. */
export interface Exported {
  readonly kind: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** What it holds, for people. */
  readonly summary: string;
}

export function printExported(
  context: CommandContext,
  { kind, document, summary }: Exported,
  file: string | undefined,
): void {
  const { output, global, process } = context;
  const yaml = (): string => `${process.formatYaml(document).trimEnd()}\n`;
  if (file !== undefined) {
    const isJson = file.endsWith(".json");
    const typed = isJson ? `${JSON.stringify(document, undefined, 2)}\n` : yaml();
    writeTextFile(context.environment, file, typed);
    output.note(`${file}: ${summary}`);
    return;
  }
  if (global.output === undefined || output.format === "yaml") {
    output.text(yaml());
  } else {
    output.item(kind, document);
  }
  output.note(summary);
}
