/** `mqadmin dumpCompactionLog`: the records in a log of a compacted topic, which lies on this machine. */
import { readRecordFile } from "../../../src/app/record-file.ts";
import { DecodeError } from "../../../src/core/error.ts";
import { CommandError, notFound } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { recordText } from "../message-text.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("f", "file", "the file")],
  spelling: () => undefined,
  run({ environment, line, printer }) {
    const path = line.text("f");
    if (!environment.disk.exists(path)) {
      throw notFound(`there is no file ${path}`);
    }
    try {
      readRecordFile(environment.disk, path, (record) => {
        const { body, properties, ...rest } = record;
        printer.item({
          ...rest,
          properties: Object.fromEntries(properties),
          bodyBytes: body.length,
        });
        printer.print("%s%n", recordText(record));
      });
    } catch (error) {
      if (error instanceof DecodeError) {
        throw new CommandError("MQ-E-STORE", exitCode.corrupted, `${path}: ${error.message}`);
      }
      throw error;
    }
    return Promise.resolve(undefined);
  },
};
