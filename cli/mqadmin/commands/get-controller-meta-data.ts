/** `mqadmin getControllerMetaData`: the controllers of a group, and which of them leads. */
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [required("a", "controllerAddress", "a controller, HOST:PORT")],
  spelling: () => undefined,
  run: needs(lacks.controllers, async ({ client, line, printer }) => {
    const found = await client.admin.controllers.metadata(line.text("a"));
    printer.item({ ...found });
    printer.print("\n#ControllerGroup\t%s", found.group);
    printer.print("\n#ControllerLeaderId\t%s", found.leaderId);
    printer.print("\n#ControllerLeaderAddress\t%s", found.leaderAddress);
    for (const peer of found.peers) {
      printer.print("\n#Peer:\t%s", peer);
    }
    printer.print("\n");
    return undefined;
  }),
};
