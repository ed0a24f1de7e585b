/** `mqadmin getControllerConfig`: the settings of controllers. */
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import { printSettings } from "../settings-text.ts";
import type { Subcommand } from "../subcommand.ts";
import { parts } from "../values.ts";

export const subcommand: Subcommand = {
  options: [required("a", "controllerAddress", "controllers, HOST:PORT;HOST:PORT")],
  spelling: () => undefined,
  run: needs(lacks.controllers, async ({ client, line, printer }) => {
    await printSettings(printer, "controller", parts(line.text("a"), ";"), (address) =>
      client.admin.controllers.config(address),
    );
    return undefined;
  }),
};
