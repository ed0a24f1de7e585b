/** `mqadmin exportMetadataInRocksDB`: settings in files of RocksDB, which `mq` cannot read. */
import { option, required } from "../option.ts";
import { cannotReadRocksdb } from "../rocksdb.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("p", "path", "files of RocksDB on this machine: mq cannot read them"),
    required("t", "configType", "topics or subscriptionGroups"),
    option("j", "jsonEnable", "true: as one JSON document"),
  ],
  spelling: () => undefined,
  run({ line }) {
    return Promise.reject(cannotReadRocksdb(line.text("p")));
  },
};
