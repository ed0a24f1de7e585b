/** `mq nameserver start`: tells clients which broker serves what, in the foreground. */

import { version } from "../../../src/core/version.ts";
import { defineCommand } from "../../command.ts";
import { flag, onOff } from "../../flag.ts";
import { addressText, serve } from "../server/serving.ts";
import { readAddress } from "../server/settings.ts";
import { listenFlag, nameserverRecordPath, recordFolder } from "./nameserver-record.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "start"],
    summary: "run a nameserver",
    description:
      "Stays in the foreground; Ctrl-C or SIGTERM ends it with 0. It keeps nothing on disk.",
    flags: {
      listen: listenFlag,
      insecureListen: flag(onOff().default(false), {
        about: "listen beyond loopback although nobody is asked who they are",
      }),
    },
    examples: ["mq nameserver start", "mq nameserver start --listen 127.0.0.1:9877"],
  },
  async run(context, { flags }) {
    const { startNameserver } = await import("../../../src/app/nameserver-app.ts");
    const running = await startNameserver(context.environment, {
      listen: readAddress("listen", flags.listen),
      insecureListen: flags.insecureListen,
    });
    const nameserver = addressText(running.address);
    const ms = Math.round(context.environment.clock.elapsedMs());
    context.output.note(
      [
        `mq ${version} ready in ${ms} ms · nameserver ${nameserver}`,
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
    });
    return undefined;
  },
});
