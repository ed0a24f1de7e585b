/** The document that a command is about: a file or standard input, and brokers that stand for others. */
import { orderNamespace } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { type FlagValues, flag, text, texts } from "../../flag.ts";
import { readTextFile } from "../../text-file.ts";
import type { MetadataDocument, NamedSettings } from "./document.ts";
import { readDocument } from "./document-reader.ts";

export const documentFlags = {
  file: flag(text(1), {
    about: "the document, YAML or JSON; - is standard input",
    short: "f",
    value: "FILE",
  }),
  mapBroker: flag(texts().optional(), {
    about: "brokers of the document that are others here",
    value: "OLD=NEW",
  }),
} as const;

/** Throws CommandError `MQ-E-USAGE` for a file that is not there, or is no document. */
export async function documentFrom(
  context: CommandContext,
  { file, mapBroker }: FlagValues<typeof documentFlags>,
  read: (file: string, value: unknown) => MetadataDocument = readDocument,
): Promise<MetadataDocument> {
  const mapping = new Map((mapBroker ?? []).map(brokerPair));
  const name = file === "-" ? "standard input" : file;
  const typed =
    file === "-"
      ? (await context.terminal.readAll()).toString("utf8")
      : readTextFile(context.environment, file);
  if (typed === undefined) {
    throw usageError(`--file: ${file} is not there`, "mq export metadata --to FILE makes one");
  }
  let value: unknown;
  try {
    value = context.process.parseYaml(typed);
  } catch (error) {
    throw usageError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return mapped(read(name, value), mapping);
}

function brokerPair(typed: string): readonly [string, string] {
  const [from = "", to = "", ...more] = typed.split("=");
  if (from === "" || to === "" || more.length > 0) {
    throw usageError(`--map-broker '${typed}' is no OLD=NEW`);
  }
  return [from, to];
}

function mapped(
  document: MetadataDocument,
  mapping: ReadonlyMap<string, string>,
): MetadataDocument {
  const nameOf = (name: string): string => mapping.get(name) ?? name;
  const entry = (row: NamedSettings): NamedSettings => ({
    ...row,
    brokers: row.brokers?.map(nameOf),
  });
  return {
    topics: document.topics?.map(entry),
    groups: document.groups?.map(entry),
    offsets: document.offsets?.map((row) => ({ ...row, broker: nameOf(row.broker) })),
    keyValues: document.keyValues?.map((row) =>
      row.namespace === orderNamespace ? { ...row, value: mappedOrder(row.value, nameOf) } : row,
    ),
  };
}

/** `broker:queues`, several separated by semicolons. */
function mappedOrder(value: string, nameOf: (name: string) => string): string {
  return value
    .split(";")
    .map((part) => {
      const at = part.lastIndexOf(":");
      return at < 0 ? part : `${nameOf(part.slice(0, at))}${part.slice(at)}`;
    })
    .join(";");
}
