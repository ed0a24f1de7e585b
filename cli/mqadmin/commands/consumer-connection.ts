/** `mqadmin consumerConnection`: who is in a consumer group, and what it wants of which topic. */
import { notFound } from "../../command-error.ts";
import { presenceOf } from "../group-consumption.ts";
import { concurrentOrder } from "../java-order.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("g", "consumerGroup", "name of the group"),
    option("b", "brokerAddr", "the broker that is asked, HOST:PORT"),
  ],
  spelling: (line) => `group describe ${line.text("g")}`,
  async run({ client, line, printer }) {
    const group = line.text("g");
    const address = line.value("b");
    const presence =
      address === undefined
        ? await presenceOf(client, group)
        : await client.admin.groups.members(address, group);
    if (presence === undefined) {
      throw notFound(`nobody is in group '${group}'`);
    }
    const { members, subscriptions, consumeType, messageModel, consumeFromWhere } = presence;
    printer.item({ ...presence });
    const memberPattern = "%-36s %-22s %-10s %s%n";
    printer.print(memberPattern, "#ClientId", "#ClientAddr", "#Language", "#Version");
    for (const { clientId, address: at, language, version } of members) {
      printer.print(memberPattern, clientId, at, language, version);
    }
    printer.print("%nBelow is subscription:%n%-20s %s%n", "#Topic", "#SubExpression");
    for (const { topic, expression } of concurrentOrder(subscriptions, (each) => each.topic)) {
      printer.print("%-20s %s%n", topic, expression);
    }
    printer.print("%nConsumeType: %s%n", consumeType);
    printer.print("MessageModel: %s%n", messageModel);
    printer.print("ConsumeFromWhere: %s%n", consumeFromWhere);
    return undefined;
  },
};
