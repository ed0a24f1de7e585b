/** `mqadmin switchTimerEngine`: where a broker keeps messages that wait for their time. */
import type { TimerEngine } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { askRocketmq, type Lack } from "../../rocketmq-only.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

const lack: Lack = {
  why: "mq's brokers have delay levels and no timer",
  instead: "there is nothing to switch",
};

/** With the name that the official tool shows. */
const engines = new Map<string, readonly [TimerEngine, string]>([
  ["R", ["rocksdb", "ROCKSDB_TIMELINE"]],
  ["F", ["files", "FILE_TIME_WHEEL"]],
]);

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT", { oneOf: "target" }),
    option("c", "clusterName", "all leaders of a cluster", { oneOf: "target" }),
    required("e", "engineType", "R: RocksDB, F: files"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const [engine, name] = engines.get(line.text("e")) ?? [];
    if (engine === undefined) {
      printer.print("switchTimerEngine engineType must be R or F%n");
      throw usageError(`-e: '${line.text("e")}' is neither R nor F`);
    }
    for (const broker of await chosenLeaders(call)) {
      await askRocketmq(broker, lack, client.admin.stores.switchTimerEngine(broker, engine));
      printer.item({ broker, engine });
      printer.print("switchTimerEngine to %s success, %s%n", name, broker);
    }
    return undefined;
  },
};
