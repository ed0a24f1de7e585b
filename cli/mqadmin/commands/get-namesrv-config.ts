/** `mqadmin getNamesrvConfig`: the settings of the nameservers. */
import { printSettings } from "../settings-text.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [],
  spelling: () => undefined,
  async run({ client, printer }) {
    const { cluster, nameservers } = client.admin;
    await printSettings(printer, "nameserver", cluster.nameservers, (address) =>
      nameservers.config(address),
    );
    return undefined;
  },
};
