/** `mqadmin updateTopicList`: creates or changes the topics that a file lists as JSON. */
import { readTopicConfigs } from "../../../src/client/index.ts";
import { readConfigFile } from "../config-file.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT", { oneOf: "target" }),
    option("c", "clusterName", "all brokers of a cluster", { oneOf: "target" }),
    required("f", "filename", "a JSON list of topics with RocketMQ's names of their settings"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, printer } = call;
    const configs = readConfigFile(call, readTopicConfigs);
    for (const broker of configs.length === 0 ? [] : await chosenLeaders(call)) {
      for (const { attributes, ...config } of configs) {
        const changes = [...attributes].map(([name, value]) =>
          value === "" ? name : `${name}=${value}`,
        );
        await client.admin.topics.update(broker, { ...config, attributeChanges: changes });
        printer.item({ topic: config.topic, broker });
      }
      const pattern =
        "submit batch of topic config to %s success, please check the result later.%n";
      printer.print(pattern, broker);
    }
    return undefined;
  },
};
