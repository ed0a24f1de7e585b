/** `mqadmin getLiteGroupInfo`: how far a group is behind on lite topics: on one of them, or where that is most. */
import type { LiteLag } from "../../../src/client/index.ts";
import { front } from "../java-format.ts";
import { atEach, brokersOfParent, errorLine, parentOption, printLags, timeOr } from "../lite.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

const row = "%-50s %-16s %-16s %-16s %-30s%n";

export const subcommand: Subcommand = {
  options: [
    parentOption,
    required("g", "group", "the consumer group"),
    option("l", "liteTopic", "one lite topic"),
    option("k", "topK", "how many lite topics of each broker, 20 unless told"),
  ],
  spelling: () => undefined,
  run: needs(lacks.lite, async (call) => {
    const { client, environment, line, printer } = call;
    const asked = {
      group: line.text("g"),
      liteTopic: line.value("l"),
      topK: wholeNumber(line, "k", 20),
    };
    const isOne = (asked.liteTopic ?? "") !== "";
    const brokers = await brokersOfParent(call, line.text("p"));
    printer.print("Lite Group Info: [%s] [%s]%n", asked.group, line.text("p"));
    if (isOne) {
      printer.print(
        row,
        ...["#Broker Name", "#BrokerOffset", "#ConsumeOffset", "#LagCount", "#LastUpdate"],
      );
    }
    const startedMs = environment.clock.nowMs();
    const [mostBehind, longestBehind]: [LiteLag[], LiteLag[]] = [[], []];
    let [lagCount, oldestMs] = [0, startedMs];
    const showAll = (): void => {
      const seconds = Math.floor((environment.clock.nowMs() - oldestMs) / 1000);
      printer.print("Total Lag Count: %d%n", lagCount);
      printer.print("Min Unconsumed Timestamp: %d (%d s ago)%n%n", oldestMs, seconds);
      if (!isOne) {
        printLags(
          call,
          "------TopK by lag count-----",
          mostBehind.sort((left, right) => right.lagCount - left.lagCount),
        );
        printLags(
          call,
          "%n------TopK by lag time------",
          longestBehind.sort((left, right) => left.oldestMs - right.oldestMs),
        );
      }
    };
    try {
      return await atEach(
        brokers,
        async ({ name, address }) => {
          const found = await client.admin.lite.group(address, asked);
          printer.item({ broker: name, ...found });
          lagCount += Math.max(0, found.lagCount);
          oldestMs = found.oldestMs > 0 ? Math.min(oldestMs, found.oldestMs) : oldestMs;
          mostBehind.push(...found.mostBehind);
          longestBehind.push(...found.longestBehind);
          if (isOne) {
            const { brokerOffset, consumerOffset, lastTimestampMs } = found.offsets ?? {};
            printer.print(
              row,
              ...[front(name, 40), brokerOffset ?? "-", consumerOffset ?? "-"],
              brokerOffset === undefined ? "-" : brokerOffset - (consumerOffset ?? 0),
              timeOr(lastTimestampMs ?? 0, "-"),
            );
          }
        },
        errorLine(call),
      );
    } finally {
      showAll();
    }
  }),
};
