/** `mqadmin cloneGroupOffset`: gives a group the offsets that another has in a topic. */
import { consumptionOf } from "../group-consumption.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("s", "srcGroup", "group whose offsets are taken"),
    required("d", "destGroup", "group that gets them"),
    required("t", "topic", "name of the topic"),
    option("o", "offline", "taken and passed over"),
  ],
  isFinal: true,
  spelling: (line) =>
    `group clone-offset ${line.text("s")} ${line.text("d")} --topic ${line.text("t")}`,
  async run({ client, line, printer }) {
    const [from, to, topic] = [line.text("s"), line.text("d"), line.text("t")];
    const { queues } = await consumptionOf(client, from);
    for (const [queue, { consumerOffset }] of queues) {
      if (queue.topic === topic && consumerOffset >= 0) {
        await client.pull.commitOffset(to, queue, consumerOffset);
        printer.item({ ...queue, group: to, offset: consumerOffset });
      }
    }
    const pattern = "clone group offset success. srcGroup[%s], destGroup=[%s], topic[%s]";
    printer.print(pattern, from, to, topic);
    return undefined;
  },
};
