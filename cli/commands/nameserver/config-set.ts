/** `mq nameserver config set` */
import { defineCommand } from "../../command.ts";
import { plannedSettings, readAssignments } from "../server-settings.ts";
import { changeSettings, settingChangeSchema } from "../setting-plan.ts";
import { askNameservers } from "./each-nameserver.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "config", "set"],
    summary: "change settings of running nameservers",
    description:
      "Shows old and new values, asks, sets them at every nameserver (318) and reads them back. A name that a nameserver\ndoes not have is refused: RocketMQ would pass over it in silence.",
    arguments: [{ name: "NAME=VALUE", about: "what is set", isMany: true }],
    flags: {},
    output: settingChangeSchema,
    examples: [
      "mq nameserver config set orderMessageEnable=true --dry-run",
      "mq nameserver config set orderMessageEnable=true --yes",
    ],
  },
  async run(context, { arguments: words }) {
    const wanted = readAssignments(words);
    const client = context.client();
    const { nameservers } = client.admin;
    const { answers, missing } = await askNameservers(client, (nameserver) =>
      nameservers.config(nameserver),
    );
    const names = [...wanted.keys()].join(", ");
    return await changeSettings(context, {
      kind: "NameserverConfigSet",
      noun: "nameserver",
      name: "nameserver",
      places: answers.map(({ nameserver, value }) =>
        plannedSettings({ at: nameserver, address: nameserver }, value, wanted, {
          set: (settings) => nameservers.setConfig(nameserver, settings),
          read: () => nameservers.config(nameserver),
        }),
      ),
      question: `Change ${names} of ${answers.map(({ nameserver }) => nameserver).join(", ")}?`,
      missing,
    });
  },
});
