/** `mqadmin updateControllerConfig`: changes a setting of controllers. */
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { listText, parts } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    required("a", "controllerAddress", "controllers, HOST:PORT;HOST:PORT"),
    required("k", "key", "name of the setting"),
    required("v", "value", "its value"),
  ],
  spelling: () => undefined,
  run: needs(lacks.controllers, async ({ client, line, printer }) => {
    const [name, value] = [line.text("k"), line.text("v")];
    const addresses = parts(line.text("a"), ";");
    for (const controller of addresses) {
      await client.admin.controllers.setConfig(controller, new Map([[name, value]]));
      printer.item({ controller, name, value });
    }
    printer.print(
      "update controller config success!%s\n%s : %s\n",
      ...[listText(addresses), name, value],
    );
    return undefined;
  }),
};
