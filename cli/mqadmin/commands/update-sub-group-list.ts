/** `mqadmin updateSubGroupList`: creates or changes the consumer groups that a file lists as JSON. */
import { readGroupConfigs } from "../../../src/client/index.ts";
import { readConfigFile } from "../config-file.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT", { oneOf: "target" }),
    option("c", "clusterName", "all brokers of a cluster", { oneOf: "target" }),
    required("f", "filename", "a JSON list of groups with RocketMQ's names of their settings"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const configs = readConfigFile(call, readGroupConfigs);
    for (const broker of configs.length === 0 ? [] : await chosenLeaders(call)) {
      for (const config of configs) {
        await client.admin.groups.update(broker, config);
        printer.item({ group: config.group, broker });
      }
      // The official tool has two words for the same.
      const noun = line.has("b") ? "group" : "subscription group";
      printer.print(
        "submit batch of %s config to %s success, please check the result later.%n",
        ...[noun, broker],
      );
    }
    return undefined;
  },
};
