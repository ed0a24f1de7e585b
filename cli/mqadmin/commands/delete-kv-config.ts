/** `mqadmin deleteKvConfig`: drops a value from the table of every nameserver. */
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("s", "namespace", "namespace of the table"),
    required("k", "key", "name of the value"),
  ],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const entry = { namespace: line.text("s"), key: line.text("k") };
    for (const nameserver of client.admin.cluster.nameservers) {
      await client.admin.nameservers.deleteValue(nameserver, entry);
      printer.item({ nameserver, ...entry });
    }
    printer.print("delete kv config from namespace success.%n");
    return undefined;
  },
};
