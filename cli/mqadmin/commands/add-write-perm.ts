/** `mqadmin addWritePerm`: producers are sent to a broker again. */
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("b", "brokerName", "name of the broker")],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const broker = line.text("b");
    for (const nameserver of client.admin.cluster.nameservers) {
      const topics = await client.admin.nameservers.addWritePerm(nameserver, broker);
      const pattern = "add write perm of broker[%s] in name server[%s] OK, %d%n";
      printer.row(pattern, { broker, nameserver, topics });
    }
    return undefined;
  },
};
