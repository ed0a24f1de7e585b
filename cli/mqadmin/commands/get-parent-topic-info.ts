/** `mqadmin getParentTopicInfo`: how many lite topics a parent has at each of its brokers, and which groups read them. */

import { front } from "../java-format.ts";
import { atEach, brokersOfParent, errorLine, parentOption } from "../lite.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { setText } from "../values.ts";

const row = "%-50s %-8s %-14s %-14s %-100s %n";

export const subcommand: Subcommand = {
  options: [parentOption],
  spelling: () => undefined,
  run: needs(lacks.lite, async (call) => {
    const { client, line, printer } = call;
    const topic = line.text("p");
    const brokers = await brokersOfParent(call, topic);
    printer.print("Parent Topic Info: [%s]%n", topic);
    printer.print(row, "#Broker Name", "#TTL", "#Lite Count", "#LMQ NUM", "#GROUPS");
    return await atEach(
      brokers,
      async ({ name, address }) => {
        const found = await client.admin.lite.parent(address, topic);
        const { ttl, liteTopicCount, lmqNum, groups } = found;
        printer.item({ broker: name, ...found });
        printer.print(row, front(name, 40), ttl, liteTopicCount, lmqNum, setText(groups));
      },
      errorLine(call),
    );
  }),
};
