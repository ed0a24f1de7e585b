/** Why `mq` reads no RocksDB, and its brokers have none. */
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import type { Lack } from "../rocketmq-only.ts";

/** Of brokers. */
export const noRocksdb: Lack = {
  why: "mq's brokers keep nothing in RocksDB",
  instead: "mq export metadata writes the topics, groups and offsets of any broker into a file",
};

/** For files of RocksDB on this machine: they need a native library, which one executable does not carry. */
export function cannotReadRocksdb(folder: string): CommandError {
  return new CommandError(
    "MQ-E-UNSUPPORTED",
    exitCode.failed,
    `${folder}: mq cannot read RocksDB's files, which needs a native library beside the executable`,
    {
      hint: "ask the broker that has them: mqadmin rocksDBConfigToJson -b HOST:PORT, or mq export metadata",
    },
  );
}
