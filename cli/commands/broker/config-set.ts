/** `mq broker config set` */
import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { toggle } from "../../flag.ts";
import { readAssignments } from "../server-settings.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { brokerProcesses } from "./one-broker.ts";
import { changeBrokerSettings } from "./setting-change.ts";

export const command = defineCommand({
  spec: {
    path: ["broker", "config", "set"],
    summary: "change settings of a running broker",
    description:
      "Shows old and new values, asks, sets them (25) and reads them back. A name that the broker does not have is refused:\nRocketMQ would pass over it in silence. RocketMQ writes what it is told into its configuration file; mq keeps it in\nits store until it is started with another value. Some settings count only after a restart.",
    arguments: [
      { name: "BROKER", about: "name or address", completes: "broker" },
      { name: "NAME=VALUE", about: "what is set", isMany: true },
    ],
    flags: { replicas: toggle("its replicas as well, not only the leader") },
    output: settingChangeSchema,
    examples: [
      "mq broker config set broker-a autoCreateTopicEnable=false --dry-run",
      "mq broker config set broker-a autoCreateTopicEnable=false --yes",
    ],
  },
  async run(context, { arguments: [broker = "", ...words], flags }) {
    const wanted = readAssignments(words);
    if (wanted.size === 0) {
      throw usageError("NAME=VALUE is missing");
    }
    const processes = await brokerProcesses(context.client(), broker);
    return await changeBrokerSettings(context, {
      kind: "BrokerConfigSet",
      name: broker,
      processes: flags.replicas ? processes : processes.slice(0, 1),
      wanted,
    });
  },
});
