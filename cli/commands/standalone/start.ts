/** `mq standalone start`: nameserver and broker in one process, or several brokers, in the foreground. */
import { version } from "../../../src/core/version.ts";
import { joinPath } from "../../../src/io/disk.ts";
import { defineCommand } from "../../command.ts";
import { flag, wholeNumber } from "../../flag.ts";
import { nameserverDefault } from "../../global-flags.ts";
import { brokersMax, checkSingleStore } from "../server/broker-folders.ts";
import { observationText, observe, observed } from "../server/observing.ts";
import { recordPath } from "../server/process-record.ts";
import { brokerFlags, nameserverListenFlag } from "../server/server-flags.ts";
import { addressText, backToRocketmq, serve } from "../server/serving.ts";
import { brokerOptions, readAddress, readSettings } from "../server/settings.ts";

export const command = defineCommand({
  spec: {
    path: ["standalone", "start"],
    summary: "run nameserver and broker in one process",
    description:
      "Stays in the foreground; Ctrl-C or SIGTERM finishes what is on its way, flushes and ends with 0. The first\nsend to a topic makes it. With --brokers N further brokers run in processes of their own, one a core: their\nstores are subfolders of --store, their ports follow --listen by tens, and all end together.",
    flags: {
      ...brokerFlags,
      nameserverListen: nameserverListenFlag,
      brokers: flag(wholeNumber(1, brokersMax).default(1), {
        about: "brokers under the nameserver: broker-a, broker-b, … (1)",
        value: "N",
      }),
    },
    examples: [
      "mq standalone start",
      "mq standalone start --store ./store --flush async",
      "mq standalone start --store ./cluster --brokers 2",
      "mq standalone start --http 127.0.0.1:9090",
      "mq standalone start --listen 0.0.0.0:10911 --advertise 10.0.3.7:10911 --insecure-listen",
    ],
  },
  async run(context, { flags }) {
    const settings = readSettings(context, flags);
    const options = brokerOptions(context, flags, settings);
    const nameserverListen = readAddress(
      "nameserver-listen",
      flags.nameserverListen ?? nameserverDefault,
    );
    if (flags.brokers > 1) {
      const { runSeveralBrokers } = await import("./several-brokers.ts");
      const { brokers: count } = flags;
      await runSeveralBrokers({ context, count, flags, settings, options, nameserverListen });
      return undefined;
    }
    checkSingleStore(context.environment.disk, options.storeFolder);
    const { startStandalone } = await import("../../../src/app/standalone-app.ts");
    const observation = await observe(context, flags);
    const running = await observed(observation, () =>
      startStandalone(context.environment, {
        ...options,
        nameserverFolder: joinPath(options.storeFolder, "nameserver"),
        nameserverListen,
      }),
    );
    observation?.attach(running);
    const nameserver = addressText(running.nameserver.address);
    const broker = addressText(running.broker.advertised);
    const ms = Math.round(context.environment.clock.elapsedMs());
    const where = nameserver === nameserverDefault ? "" : ` -n ${nameserver}`;
    context.output.note(
      [
        `mq ${version} ready in ${ms} ms · nameserver ${nameserver} · broker ${broker} · store ${options.storeFolder} · flush ${options.flush}${observationText(observation)}`,
        `next, in another terminal: mq topic produce orders -v hello${where}`,
        `                           mq topic tail orders --offset start${where}`,
        "Ctrl-C stops",
      ].join("\n"),
    );
    await serve({
      context,
      recordPath: recordPath(options.storeFolder),
      store: options.storeFolder,
      record: { kind: "standalone", nameserver, broker },
      stop: () => running.stop(),
      observation,
    });
    context.output.note(backToRocketmq(running.broker.rocketmqLines));
    return undefined;
  },
});
