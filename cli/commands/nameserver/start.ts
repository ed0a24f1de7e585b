/** `mq nameserver start`: tells clients which broker serves what, in the foreground. */

import { version } from "../../../src/core/version.ts";
import { joinPath } from "../../../src/io/disk.ts";
import { defineCommand } from "../../command.ts";
import { flag, onOff, text } from "../../flag.ts";
import { httpFlag, httpProfileFlag } from "../server/http-flag.ts";
import { observationText, observe, observed } from "../server/observing.ts";
import { printSettingsFlag, settingLines } from "../server/printed-settings.ts";
import { addressText, serve } from "../server/serving.ts";
import { nameserverRecordPath, recordFolder } from "./nameserver-record.ts";
import { nameserverSettings } from "./nameserver-settings.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "start"],
    summary: "run a nameserver",
    description:
      "Stays in the foreground; Ctrl-C or SIGTERM ends it with 0. Routes are what brokers tell it. What operators set\n(key-value configuration, settings) is kept in --folder; without it, as long as the process lives.",
    flags: {
      listen: flag(text().optional(), {
        about: "where it listens (127.0.0.1:9876)",
        short: "l",
        value: "HOST:PORT",
      }),
      config: flag(text().optional(), {
        about: "namesrv.conf: listenPort, bindAddress, kvConfigPath",
        short: "c",
        value: "FILE",
      }),
      printSettings: printSettingsFlag,
      folder: flag(text().optional(), {
        about: "where key-value configuration and settings are kept",
        value: "DIR",
      }),
      http: httpFlag,
      httpProfile: httpProfileFlag,
      insecureListen: flag(onOff().default(false), {
        about: "listen beyond loopback although nobody is asked who they are",
      }),
      adminOnDataPort: flag(onOff().default(false), {
        about: "answer admin requests beyond loopback",
      }),
    },
    examples: [
      "mq nameserver start",
      "mq nameserver start --listen 127.0.0.1:9877 --folder ./nameserver",
    ],
  },
  async run(context, { flags }) {
    const { listen, folder } = nameserverSettings(context, flags);
    if (flags.printSettings !== undefined) {
      const shown = {
        bindAddress: listen.host,
        kvConfigPath: folder === undefined ? "" : joinPath(folder, "kvConfig.json"),
        listenPort: listen.port,
      };
      context.terminal.write(settingLines(flags.printSettings, shown));
      return undefined;
    }
    const { startNameserver } = await import("../../../src/app/nameserver-app.ts");
    const observation = await observe(context, flags);
    const running = await observed(observation, () =>
      startNameserver(context.environment, {
        listen,
        insecureListen: flags.insecureListen,
        adminOnDataPort: flags.adminOnDataPort,
        folder,
      }),
    );
    observation?.attach({ nameserver: running });
    const nameserver = addressText(running.address);
    const ms = Math.round(context.environment.clock.elapsedMs());
    context.output.note(
      [
        `mq ${version} ready in ${ms} ms · nameserver ${nameserver}${observationText(observation)}`,
        `next, in another terminal: mq broker start -n ${nameserver}`,
        "Ctrl-C stops",
      ].join("\n"),
    );
    context.environment.disk.makeFolder(recordFolder(context));
    await serve({
      context,
      recordPath: nameserverRecordPath(context, nameserver),
      record: { kind: "nameserver", nameserver },
      stop: () => running.stop(),
      observation,
    });
    return undefined;
  },
});
