/** `mqadmin addBroker`: starts a broker in a container. */
import { required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("c", "brokerContainerAddr", "the container, HOST:PORT"),
    required("b", "brokerConfigPath", "the broker's file on the container's machine"),
  ],
  spelling: () => undefined,
  run: needs(lacks.containers, async ({ client, line, printer }) => {
    const [container, configPath] = [line.text("c"), line.text("b")];
    await client.admin.containers.addBroker(container, configPath);
    printer.item({ container, configPath });
    printer.print("add broker to %s success%n", container);
    return undefined;
  }),
};
