/** `mq segment dump` */
import { searchRecords } from "../../../src/app/record-search.ts";
import { defineCommand } from "../../command.ts";
import { toggle } from "../../flag.ts";
import { RecordPrinter, recordSchema } from "./record-printer.ts";
import { rangeFlags, recordRange } from "./record-range.ts";
import { readingStore, readStoreArgument } from "./store-argument.ts";

export const command = defineCommand({
  spec: {
    path: ["segment", "dump"],
    summary: "print records with all their fields",
    description:
      "Reads the files; never writes. Every record is checked; damage is passed over and told on standard error. STORE may be\na store or one of its segments. Programs get a line a record as it is read; a table or -o json holds 10,000 records\nunless --count says another number. Bodies are printed as they are stored: a compressed one is base64.",
    arguments: [{ name: "STORE", about: "store, or store/commitlog/SEGMENT", completes: "folder" }],
    flags: { ...rangeFlags, body: toggle("print the bodies as well") },
    output: recordSchema,
    examples: [
      "mq segment dump ./store --topic orders --since 1h -o jsonl",
      "mq segment dump ./store --from 1073741824 --count 10 --body -o wide",
    ],
  },
  async run(context, { arguments: [path = ""], flags }) {
    const store = readStoreArgument(context, path);
    const range = recordRange(context, store, flags);
    const printer = new RecordPrinter(context, { hasBody: flags.body, count: flags.count });
    const end = readingStore(context, () =>
      searchRecords(context.environment.disk, store.folder, range, (found) => printer.show(found)),
    );
    await printer.finish(end);
    return undefined;
  },
});
