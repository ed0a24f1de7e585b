/** `mqadmin wipeWritePerm`: no producer is sent to a broker any more. */
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("b", "brokerName", "name of the broker")],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const broker = line.text("b");
    for (const nameserver of client.admin.cluster.nameservers) {
      const topics = await client.admin.nameservers.wipeWritePerm(nameserver, broker);
      const pattern = "wipe write perm of broker[%s] in name server[%s] OK, %d%n";
      printer.row(pattern, { broker, nameserver, topics });
    }
    return undefined;
  },
};
