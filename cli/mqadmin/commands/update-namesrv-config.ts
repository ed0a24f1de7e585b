/** `mqadmin updateNamesrvConfig`: changes a setting of the nameservers. */
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("k", "key", "name of the setting"), required("v", "value", "its value")],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const [name, value] = [line.text("k"), line.text("v")];
    const { nameservers } = client.admin.cluster;
    for (const nameserver of nameservers) {
      await client.admin.nameservers.setConfig(nameserver, new Map([[name, value]]));
      printer.item({ nameserver, name, value });
    }
    const shown = line.has("n") ? `[${nameservers.join(", ")}]` : "";
    printer.print("update name server config success!%s%n%s : %s%n", shown, name, value);
    return undefined;
  },
};
