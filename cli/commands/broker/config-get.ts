/** `mq broker config get` */
import { defineCommand } from "../../command.ts";
import { serverSettingColumns, serverSettingSchema, settingRows } from "../server-settings.ts";
import { brokerProcesses } from "./one-broker.ts";

export const command = defineCommand({
  spec: {
    path: ["broker", "config", "get"],
    summary: "show the settings of a running broker",
    description:
      "What the broker says of itself (26), under RocketMQ's names: of its leader, or of the process at the address.\nSecrets are masked.",
    arguments: [
      { name: "BROKER", about: "name or address", completes: "broker" },
      { name: "NAME", about: "only these settings", isOptional: true, isMany: true },
    ],
    flags: {},
    output: serverSettingSchema,
    examples: [
      "mq broker config get broker-a",
      "mq broker config get broker-a fileReservedTime -o template={{.value}}",
    ],
  },
  async run(context, { arguments: [broker = "", ...wanted] }) {
    const client = context.client();
    const [{ brokerName, address }] = await brokerProcesses(client, broker);
    const settings = await client.admin.brokers.config(address);
    await context.output.list({
      kind: "BrokerConfig",
      noun: "setting",
      nameKey: "name",
      columns: serverSettingColumns,
      items: settingRows({ at: brokerName, address }, settings, wanted),
    });
    return undefined;
  },
});
