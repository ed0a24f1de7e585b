/** `mqadmin getNamesrvConfig`: the settings of the nameservers. */
import { concurrentOrder, hashOrder } from "../java-order.ts";
import type { Subcommand } from "../subcommand.ts";

/** The official tool collects the answers in a table of this size. */
const answerBuckets = 4;

export const subcommand: Subcommand = {
  options: [],
  spelling: () => undefined,
  async run({ client, printer }) {
    const { nameservers } = client.admin.cluster;
    for (const nameserver of hashOrder(nameservers, (address) => address, answerBuckets)) {
      const settings = await client.admin.nameservers.config(nameserver);
      printer.print("============%s============%n", nameserver);
      for (const [name, value] of concurrentOrder([...settings], ([key]) => key)) {
        printer.item({ nameserver, name, value });
        printer.print("%-50s=  %s%n", name, value);
      }
    }
    return undefined;
  },
};
