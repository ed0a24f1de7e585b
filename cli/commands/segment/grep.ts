/** `mq segment grep` */
import { type FoundRecord, plainBody, searchRecords } from "../../../src/app/record-search.ts";
import { defineCommand } from "../../command.ts";
import { notFound, usageError } from "../../command-error.ts";
import { toggle } from "../../flag.ts";
import { RecordPrinter, recordSchema } from "./record-printer.ts";
import { rangeFlags, recordRange } from "./record-range.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "grep"],
    summary: "find records by a regular expression",
    description:
      "Reads the files; never writes. The expression is searched in the body as text (of a zlib or zstd body, unpacked), in the\nkeys, and in each property written as NAME=VALUE. Exit code 0 when something was found, 3 when nothing was.",
    arguments: [
      { name: "PATTERN", about: "regular expression" },
      { name: "STORE", about: "store, or store/commitlog/SEGMENT", completes: "folder" },
    ],
    flags: {
      ...rangeFlags,
      ignoreCase: toggle("small and capital letters are the same", "i"),
      body: toggle("print the bodies as well"),
    },
    output: recordSchema,
    examples: [
      "mq segment grep 'ord-77[0-9]+' ./store --topic orders --body",
      "mq segment grep '^region=eu$' ./store --since 1h --count 1",
    ],
  },
  async run(context, { arguments: [pattern = "", path = ""], flags }) {
    const expression = readPattern(pattern, flags.ignoreCase);
    const store = readStoreArgument(context, path);
    const range = recordRange(context, store, flags);
    const printer = new RecordPrinter(context, { hasBody: flags.body, count: flags.count });
    const end = readingStore(context, () =>
      searchRecords(
        context.environment.disk,
        store.folder,
        range,
        (found) => !matches(expression, found) || printer.show(found),
      ),
    );
    await printer.finish(end);
    if (printer.count === 0) {
      throw notFound(`no record of ${path} matches ${pattern}`);
    }
    return undefined;
  },
});

function readPattern(pattern: string, ignoresCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoresCase ? "iu" : "u");
  } catch (error) {
    throw usageError(`PATTERN: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function matches(expression: RegExp, found: FoundRecord): boolean {
  const { properties } = found.record;
  if (
    expression.test(properties.get("KEYS") ?? "") ||
    expression.test(plainBody(found).toString("utf8"))
  ) {
    return true;
  }
  for (const [name, value] of properties) {
    if (expression.test(`${name}=${value}`)) {
      return true;
    }
  }
  return false;
}
