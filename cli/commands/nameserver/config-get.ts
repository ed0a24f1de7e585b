/** `mq nameserver config get` */
import { defineCommand } from "../../command.ts";
import { exitFor } from "../cluster/chosen-brokers.ts";
import { serverSettingColumns, serverSettingSchema, settingRows } from "../server-settings.ts";
import { askNameservers } from "./each-nameserver.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "config", "get"],
    summary: "show the settings of running nameservers",
    description:
      "What each nameserver says of itself (319), under RocketMQ's names. Secrets are masked.",
    arguments: [{ name: "NAME", about: "only these settings", isOptional: true, isMany: true }],
    flags: {},
    output: serverSettingSchema,
    examples: ["mq nameserver config get", "mq nameserver config get orderMessageEnable"],
  },
  async run(context, { arguments: wanted }) {
    const client = context.client();
    const { answers, missing } = await askNameservers(client, (nameserver) =>
      client.admin.nameservers.config(nameserver),
    );
    await context.output.list({
      kind: "NameserverConfig",
      noun: "setting",
      nameKey: "name",
      columns: serverSettingColumns,
      items: answers.flatMap(({ nameserver, value }) =>
        settingRows({ at: nameserver, address: nameserver }, value, wanted),
      ),
      missing,
    });
    return exitFor(missing);
  },
});
