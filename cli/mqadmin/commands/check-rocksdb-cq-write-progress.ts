/** `mqadmin checkRocksdbCqWriteProgress`: makes brokers compare their queues in RocksDB with those in files. */
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { askRocketmq } from "../../rocketmq-only.ts";
import { option, required } from "../option.ts";
import { noRocksdb } from "../rocksdb.ts";
import type { Subcommand } from "../subcommand.ts";
import { brokersOfCluster } from "../targets.ts";
import { wholeNumber } from "../values.ts";

const checkedDaysDefault = 30;
const dayMs = 86_400_000;
/** What a broker answers when it could not even begin. */
const checkFailed = 3;

export const subcommand: Subcommand = {
  options: [
    required("c", "cluster", "the cluster"),
    option("n", "nameserverAddr", "nameservers, separated by semicolons"),
    option("t", "topic", "only this topic"),
    option("cf", "checkFrom", "only what was stored since, in milliseconds since 1970"),
  ],
  spelling: () => undefined,
  async run({ client, environment, line, printer }) {
    const fromMs = wholeNumber(line, "cf", environment.clock.nowMs() - checkedDaysDefault * dayMs);
    for (const { brokerName, addresses } of await brokersOfCluster(client, line.text("c"))) {
      const broker = addresses.get(0) ?? "";
      const answer = client.admin.stores.checkRocksdbQueues(broker, line.value("t") ?? "", fromMs);
      const { status, text } = await askRocketmq(broker, noRocksdb, answer);
      printer.item({ brokerName, broker, status, text: text ?? null });
      if (status === checkFailed) {
        printer.print("%s check error, please check log... errInfo: %s", brokerName, text);
        throw new CommandError("MQ-E-FAILED", exitCode.failed, `${brokerName}: the check failed`);
      }
      printer.print("%s check doing, please wait and get the result from log... %n", brokerName);
    }
    return undefined;
  },
};
