/** `mqadmin updateKvConfig`: sets a value in the table of every nameserver. */
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("s", "namespace", "namespace of the table"),
    required("k", "key", "name of the value"),
    required("v", "value", "the value"),
  ],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const entry = { namespace: line.text("s"), key: line.text("k"), value: line.text("v") };
    for (const nameserver of client.admin.cluster.nameservers) {
      await client.admin.nameservers.setValue(nameserver, entry);
      printer.item({ nameserver, ...entry });
    }
    printer.print("create or update kv config to namespace success.%n");
    return undefined;
  },
};
