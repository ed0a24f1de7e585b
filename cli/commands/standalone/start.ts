/** `mq standalone start`: nameserver and broker in one process, in the foreground. */
import { version } from "../../../src/core/version.ts";
import { joinPath } from "../../../src/io/disk.ts";
import { defineCommand } from "../../command.ts";
import { nameserverDefault } from "../../global-flags.ts";
import { recordPath } from "../server/process-record.ts";
import { brokerFlags, nameserverListenFlag } from "../server/server-flags.ts";
import { addressText, backToRocketmq, serve } from "../server/serving.ts";
import { brokerOptions, readAddress, readSettings } from "../server/settings.ts";

export const command = defineCommand({
  spec: {
    path: ["standalone", "start"],
    summary: "run nameserver and broker in one process",
    description:
      "Stays in the foreground; Ctrl-C or SIGTERM finishes what is on its way, flushes and ends with 0. The first\nsend to a topic makes it.",
    flags: { ...brokerFlags, nameserverListen: nameserverListenFlag },
    examples: [
      "mq standalone start",
      "mq standalone start --store ./store --flush async",
      "mq standalone start --listen 0.0.0.0:10911 --advertise 10.0.3.7:10911 --insecure-listen",
    ],
  },
  async run(context, { flags }) {
    const { startStandalone } = await import("../../../src/app/standalone-app.ts");
    const options = brokerOptions(context, flags, readSettings(context, flags));
    const running = await startStandalone(context.environment, {
      ...options,
      nameserverFolder: joinPath(options.storeFolder, "nameserver"),
      nameserverListen: readAddress(
        "nameserver-listen",
        flags.nameserverListen ?? nameserverDefault,
      ),
    });
    const nameserver = addressText(running.nameserver.address);
    const broker = addressText(running.broker.advertised);
    const ms = Math.round(context.environment.clock.elapsedMs());
    const where = nameserver === nameserverDefault ? "" : ` -n ${nameserver}`;
    context.output.note(
      [
        `mq ${version} ready in ${ms} ms · nameserver ${nameserver} · broker ${broker} · store ${options.storeFolder} · flush ${options.flush}`,
        `next, in another terminal: mq topic produce orders -v hello${where}`,
        `                           mq topic tail orders --offset start${where}`,
        "Ctrl-C stops",
      ].join("\n"),
    );
    await serve({
      context,
      recordPath: recordPath(options.storeFolder),
      record: { kind: "standalone", nameserver, broker },
      stop: () => running.stop(),
    });
    context.output.note(backToRocketmq(running.broker.rocketmqLines));
    return undefined;
  },
});
