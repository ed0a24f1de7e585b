/** Holds what a command printed as JSON against the schema that its `-o help` prints, members that it does not name included. */
import { z } from "zod";
import type { Command } from "../../cli/command.ts";
import { CommandList } from "../../cli/command-list.ts";
import { commands } from "../../cli/commands/index.ts";
import { helpText } from "../../cli/help.ts";

const list = new CommandList(commands);
/** What `-o json` puts around the rows of a list. */
const listDocument = z.strictObject({
  apiVersion: z.literal("mq/v1"),
  kind: z.string(),
  items: z.array(z.unknown()),
  truncated: z.boolean(),
  nextCursor: z.string().nullable(),
  errors: z.array(z.unknown()),
});

/** What it puts around the members of a single item. */
const itemDocument = z.looseObject({ apiVersion: z.literal("mq/v1"), kind: z.string() });

/** What is wrong with the output of the command that the words name; undefined when nothing is. */
export async function schemaComplaint(
  words: readonly string[],
  stdout: string,
): Promise<string | undefined> {
  const entry = list.find(words)?.entry;
  const command: Command | undefined = await entry?.load();
  if (command === undefined) {
    return "it is no command";
  }
  const schema = z.fromJSONSchema(JSON.parse(await helpText(command.spec, "schema")));
  try {
    if (!isWhole(schema, stdout)) {
      for (const item of documentsOf(stdout)) {
        schema.parse(item);
      }
    }
    return undefined;
  } catch (error) {
    return error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  }
}

/** True for a document whose schema names what stands around its members as well. */
function isWhole(schema: z.ZodType, stdout: string): boolean {
  return isOneDocument(stdout) && schema.safeParse(JSON.parse(stdout)).success;
}

/** Rows: of one document, of a list in one document, or one a line. */
function documentsOf(stdout: string): readonly unknown[] {
  const values: readonly unknown[] = isOneDocument(stdout)
    ? [JSON.parse(stdout)]
    : stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
  return values.flatMap((value) => {
    if (typeof value !== "object" || value === null || !("apiVersion" in value)) {
      return [value];
    }
    if ("items" in value && "truncated" in value) {
      return listDocument.parse(value).items;
    }
    const { apiVersion, kind, ...item } = itemDocument.parse(value);
    // What brokers that are down did not tell; another member of that name is the command's own.
    const { errors, ...members } = item;
    return [Array.isArray(errors) ? members : item];
  });
}

function isOneDocument(stdout: string): boolean {
  try {
    JSON.parse(stdout);
    return true;
  } catch {
    return false;
  }
}
