/** `mqadmin getLiteTopicInfo`: the offsets of a lite topic at each broker of its parent, and who subscribes to it. */

import { front } from "../java-format.ts";
import { clientGroupOrder } from "../java-order.ts";
import { atEach, brokersOfParent, errorLine, parentOption, timeOr } from "../lite.ts";
import { required, toggled } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { listText } from "../values.ts";

const row = "%-50s %-14s %-14s %-30s %-12s %-18s %n";

export const subcommand: Subcommand = {
  options: [
    parentOption,
    required("l", "liteTopic", "the lite topic"),
    toggled("s", "showClientId", "name the subscribers"),
  ],
  spelling: () => undefined,
  run: needs(lacks.lite, async (call) => {
    const { client, line, printer } = call;
    const names = { parentTopic: line.text("p"), liteTopic: line.text("l") };
    const brokers = await brokersOfParent(call, names.parentTopic);
    printer.print(
      "Lite Topic Info: [%s] [%s] [%s]%n",
      ...[names.parentTopic, names.liteTopic, `%LMQ%$${names.parentTopic}$${names.liteTopic}`],
    );
    printer.print(
      row,
      ...["#Broker Name", "#MinOffset", "#MaxOffset", "#LastUpdate", "#Sharding"],
      "#SubClientCount",
    );
    return await atEach(
      brokers,
      async ({ name, address }) => {
        const found = await client.admin.lite.topic(address, names);
        const { minOffset, maxOffset, lastUpdateMs, isShardedHere, subscribers } = found;
        printer.item({ broker: name, ...found });
        printer.print(
          row,
          ...[front(name, 40), minOffset, maxOffset, timeOr(lastUpdateMs, "-"), isShardedHere],
          subscribers.length,
        );
        if (line.has("s")) {
          const shown = clientGroupOrder(subscribers);
          printer.print(
            "%s%n",
            listText(shown.map(({ clientId, group }) => `${clientId}@${group}`)),
          );
        }
      },
      errorLine(call),
    );
  }),
};
