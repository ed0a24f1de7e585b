/** `mqadmin producer`: all producers that are connected to a broker. */
import { hashOrder } from "../java-order.ts";
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("b", "broker", "the broker, HOST:PORT")],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const producers = await client.admin.brokers.producers(line.text("b"));
    for (const [group, members] of hashOrder([...producers], ([name]) => name)) {
      if (members.length === 0) {
        printer.print("producer group (%s) instances are empty%n", group);
      }
      for (const member of members) {
        const { clientId, address, language, version, lastUpdateMs } = member;
        printer.item({ group, ...member });
        printer.print(
          "producer group (%s) instance : clientId=%s,remoteIP=/%s, language=%s, version=%d, lastUpdateTimestamp=%d%n",
          ...[group, clientId, address, language, version, lastUpdateMs],
        );
      }
    }
    return undefined;
  },
};
