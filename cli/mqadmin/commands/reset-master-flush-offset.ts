/** `mqadmin resetMasterFlushOffset`: sets up to where a replica believes that its leader has written. */

import { askRocketmq, type Lack } from "../../rocketmq-only.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

const lack: Lack = {
  why: "mq's brokers have no replicas",
  instead: "there is nothing to set: what a broker of mq confirmed is on its own disk",
};

export const subcommand: Subcommand = {
  options: [
    required("b", "brokerAddr", "the replica, HOST:PORT"),
    required("o", "offset", "the offset in the log"),
  ],
  isFinal: true,
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const broker = line.text("b");
    const offset = wholeNumber(line, "o", 0);
    await askRocketmq(broker, lack, client.admin.stores.resetMasterFlushOffset(broker, offset));
    printer.item({ broker, offset });
    printer.print("reset master flush offset to %d success%n", offset);
    return undefined;
  },
};
