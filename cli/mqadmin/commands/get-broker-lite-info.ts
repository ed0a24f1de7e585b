/** `mqadmin getBrokerLiteInfo`: how many lite topics a broker has, and what it keeps for them. */

import { hashOrder, setOrder } from "../java-order.ts";
import { atEach, errorLine } from "../lite.ts";
import { option, toggled } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

const row = "%-30s %-17s %-10s %-14s %-20s %-17s %-15s %-18s %-15s%n";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "one broker, HOST:PORT", { oneOf: "where" }),
    option("c", "cluster", "all leaders of a cluster", { oneOf: "where" }),
    toggled("d", "showDetail", "also the parent topics and their groups"),
  ],
  spelling: () => undefined,
  run: needs(lacks.lite, async (call) => {
    const { line, printer } = call;
    printer.print(
      row,
      ...["#Broker", "#Store Type", "#Max LMQ", "#Current LMQ", "#SubscriptionCount"],
      ...["#OrderInfoCount", "#CQTableSize", "#OffsetTableSize", "#eventMapSize"],
    );
    const targets = (await chosenLeaders(call)).map((address) => ({ name: address, address }));
    // Without a line of its own for the one broker that was named.
    const fail = line.has("b") ? () => undefined : errorLine(call);
    return await atEach(targets, ({ address }) => printBroker(call, address), fail);
  }),
};

async function printBroker({ client, line, printer }: AdminCall, broker: string): Promise<void> {
  const { topicMeta, groupMeta, ...found } = await client.admin.lite.broker(broker);
  printer.item({
    broker,
    ...found,
    topicMeta: topicMeta && Object.fromEntries(topicMeta),
    groupMeta: groupMeta && Object.fromEntries(groupMeta),
  });
  printer.print(row, broker, ...Object.values(found));
  if (line.has("d")) {
    printer.print("Topic Meta: %s%n", mapJson(topicMeta));
    const groups =
      groupMeta && [...groupMeta].map(([topic, names]) => [topic, setOrder(names)] as const);
    printer.print("Group Meta: %s%n%n", mapJson(groups));
  }
}

/** A Java map as JSON in one line. */
function mapJson(
  entries: Iterable<readonly [string, number | readonly string[]]> | undefined,
): string {
  if (entries === undefined) {
    return "null";
  }
  const members = hashOrder([...entries], ([name]) => name).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return `{${members.join(",")}}`;
}
