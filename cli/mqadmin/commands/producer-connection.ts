/** `mqadmin producerConnection`: who is in a producer group, as the first broker of a topic sees it. */
import { notFound } from "../../command-error.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    required("g", "producerGroup", "name of the group"),
    required("t", "topic", "a topic that it sends to"),
  ],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const group = line.text("g");
    const [address] = await brokersOfTopic(client, line.text("t"));
    const found =
      address === undefined ? [] : await client.admin.brokers.producersOf(address, group);
    if (found.length === 0) {
      throw notFound(`nobody is in producer group '${group}'`);
    }
    for (const [index, { clientId, address: at, language, version }] of found.entries()) {
      const row = { index: index + 1, clientId, address: at, language, version };
      printer.row("%04d  %-32s %-22s %-8s %s%n", row);
    }
    return undefined;
  },
};
