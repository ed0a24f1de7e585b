/** `mq broker config edit`: the settings of a running broker in the user's editor; what was changed there is set. */

import { joinPath } from "../../../src/io/disk.ts";
import { defineCommand } from "../../command.ts";
import { editText } from "../../editing.ts";
import { toggle } from "../../flag.ts";
import { stateFolder } from "../../state-folder.ts";
import { readProperties, settingRows } from "../server-settings.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { brokerProcesses } from "./one-broker.ts";
import { changeBrokerSettings } from "./setting-change.ts";

export const command = defineCommand({
  spec: {
    path: ["broker", "config", "edit"],
    summary: "change settings of a running broker in an editor",
    description:
      "Runs VISUAL, else EDITOR, else vi, on what the broker says of itself (26), secrets masked. Lines that were changed are\nshown, asked about, set (25) and read back, as broker config set does; a line that was taken away stays as it is at\nthe broker. What was typed stays in a file that is named when it did not count.",
    arguments: [
      { name: "BROKER", about: "name or address", completes: "broker" },
      { name: "NAME", about: "only these settings", isOptional: true, isMany: true },
    ],
    flags: { replicas: toggle("its replicas as well, not only the leader") },
    output: settingChangeSchema,
    examples: ["mq broker config edit broker-a"],
  },
  async run(context, { arguments: [broker = "", ...names], flags }) {
    const { process, terminal, global, output } = context;
    const client = context.client();
    const processes = await brokerProcesses(client, broker);
    const [{ brokerName, address }] = processes;
    const settings = await client.admin.brokers.config(address);
    const shown = settingRows({ at: brokerName, address }, settings, names);
    const head = `# Settings of ${brokerName} (${address}). What is changed here is asked about, and set; # and deleted lines are passed over.\n`;
    const text = shown.map(({ name, value }) => `${name}=${value}\n`).join("");
    const copy = joinPath(stateFolder(process, "edit"), `${fileName(brokerName)}.properties`);
    const typed = await editText(
      { process, terminal, global },
      copy,
      head + text,
      "mq broker config set BROKER NAME=VALUE works without one",
    );
    let isDone = false;
    try {
      const before = readProperties(copy, text);
      const wanted = new Map(
        [...readProperties(copy, typed)].filter(([name, value]) => before.get(name) !== value),
      );
      const code = await changeBrokerSettings(context, {
        kind: "BrokerConfigEdit",
        name: broker,
        processes: flags.replicas ? processes : processes.slice(0, 1),
        wanted,
      });
      isDone = code === undefined;
      return code;
    } finally {
      if (!isDone) {
        output.note(`what was typed is in ${copy}`);
      }
    }
  },
});

/** A broker names itself as it likes, and may be a stranger. */
function fileName(brokerName: string): string {
  return brokerName.replace(/[^\w-]/g, "_").slice(0, 100);
}
