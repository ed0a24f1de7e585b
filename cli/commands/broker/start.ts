/** `mq broker start`: a broker that registers at nameservers, in the foreground. */
import { version } from "../../../src/core/version.ts";
import { joinPath } from "../../../src/io/disk.ts";
import { defineCommand } from "../../command.ts";
import { toggle } from "../../flag.ts";
import { checkSingleStore } from "../server/broker-folders.ts";
import { observationText, observe, observed } from "../server/observing.ts";
import { printSettingsFlag, settingLines } from "../server/printed-settings.ts";
import { recordPath } from "../server/process-record.ts";
import { brokerFlags } from "../server/server-flags.ts";
import { addressText, backToRocketmq, serve } from "../server/serving.ts";
import { brokerOptions, readSettings, registrationTargets } from "../server/settings.ts";

export const command = defineCommand({
  spec: {
    path: ["broker", "start"],
    summary: "run a broker",
    description:
      "Registers at the nameservers of --nameserver or of the file's namesrvAddr. Stays in the foreground; Ctrl-C or\nSIGTERM finishes what is on its way, flushes, signs off and ends with 0.",
    flags: {
      ...brokerFlags,
      printSettings: printSettingsFlag,
      supervised: toggle("stop when standard input ends, as a supervisor's child should"),
    },
    examples: [
      "mq broker start -n 127.0.0.1:9876 --store ./store",
      "mq broker start -c conf/broker.conf --set listen-port=10921",
      "mq broker start -c conf/broker.conf --print-settings important",
    ],
  },
  async run(context, { flags }) {
    const { brokerSettings, startBroker } = await import("../../../src/app/broker-app.ts");
    const settings = readSettings(context, flags);
    const options = brokerOptions(context, flags, settings);
    const nameservers = registrationTargets(context, settings);
    if (flags.printSettings !== undefined) {
      const shown = {
        ...brokerSettings(options),
        bindAddress: options.listen.host,
        brokerIP1: options.advertise?.host ?? options.listen.host,
        fileReservedTime: options.reservedHours,
        flushDiskType: options.flush === "async" ? "ASYNC_FLUSH" : "SYNC_FLUSH",
        listenPort: options.listen.port,
        namesrvAddr: nameservers.map(addressText).join(";"),
        storePathCommitLog: joinPath(options.storeFolder, "commitlog"),
        storePathRootDir: options.storeFolder,
      };
      context.terminal.write(settingLines(flags.printSettings, shown));
      return undefined;
    }
    checkSingleStore(context.environment.disk, options.storeFolder);
    const observation = await observe(context, flags);
    const running = await observed(observation, () =>
      startBroker(context.environment, { ...options, nameservers }),
    );
    observation?.attach({ broker: running });
    const broker = addressText(running.advertised);
    const nameserver = nameservers.map(addressText).join(",");
    const ms = Math.round(context.environment.clock.elapsedMs());
    context.output.note(
      [
        `mq ${version} ready in ${ms} ms · broker ${running.brokerName} ${broker} · store ${options.storeFolder} · flush ${options.flush}${observationText(observation)}`,
        nameserver === ""
          ? "registered nowhere: clients find it only through a nameserver (--nameserver HOST:PORT)"
          : `next, in another terminal: mq topic list -n ${nameserver}`,
        "Ctrl-C stops",
      ].join("\n"),
    );
    await serve({
      context,
      recordPath: recordPath(options.storeFolder),
      // Whoever supervises it stops it.
      store: flags.supervised ? undefined : options.storeFolder,
      record: { kind: "broker", broker, ...(nameserver === "" ? {} : { nameserver }) },
      stop: () => running.stop(),
      until: flags.supervised ? context.process.inputEnded() : undefined,
      observation,
    });
    context.output.note(backToRocketmq(running.rocketmqLines));
    return undefined;
  },
});
