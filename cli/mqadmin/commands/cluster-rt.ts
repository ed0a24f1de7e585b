/** `mqadmin clusterRT`: how long sending to each broker of a cluster takes, again and again until Ctrl-C. */
import { ClientError } from "../../../src/client/index.ts";
import { notFound } from "../../command-error.ts";
import * as timeText from "../../commands/time-text.ts";
import { pause } from "../../pause.ts";
import { format } from "../java-format.ts";
import { hashOrder } from "../java-order.ts";
import { option } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { truth, wholeNumber } from "../values.ts";

const countDefault = 100;
const bytesDefault = 128;
const secondsDefault = 10;
/** The official tool's log lines are in China's time wherever it runs. */
const logZoneMinutes = 8 * 60;

export const subcommand: Subcommand = {
  options: [
    option("a", "amount", "messages to each broker, 100 unless told"),
    option("s", "size", "bytes of each body, 128 unless told"),
    option("c", "cluster", "only this cluster"),
    option("p", "print log", "true prints lines for a log instead of a table"),
    option("m", "machine room", "name that stands in those lines"),
    option("i", "interval", "again after so many seconds, 10 unless told"),
  ],
  spelling: (line) => `bench produce --count ${wholeNumber(line, "a", countDefault)}`,
  async run(call) {
    const { client, line, printer, signal } = call;
    const isLog = truth(line, "p", false);
    if (!isLog) {
      printer.print(
        "%-24s  %-24s  %-4s  %-8s  %-8s%n",
        ...["#Cluster Name", "#Broker Name", "#RT", "#successCount", "#failCount"],
      );
    }
    while (!signal.aborted) {
      const { clusters } = await client.admin.cluster.describe();
      const wanted = line.value("c");
      if (wanted !== undefined && !clusters.has(wanted)) {
        throw notFound(`no cluster is named '${wanted}'`);
      }
      const names = wanted === undefined ? [...clusters.keys()] : [wanted];
      for (const cluster of hashOrder(names, (name) => name)) {
        for (const broker of hashOrder(clusters.get(cluster) ?? [], (name) => name)) {
          await printBroker(call, cluster, broker);
        }
      }
      printer.flush();
      await pause(call, wholeNumber(line, "i", secondsDefault) * 1000, signal);
    }
    return undefined;
  },
};

async function printBroker(call: AdminCall, cluster: string, broker: string): Promise<void> {
  const { environment, line, printer, signal } = call;
  const count = wholeNumber(line, "a", countDefault);
  const body = Buffer.alloc(wholeNumber(line, "s", bytesDefault), "a");
  let [sent, failed, restMs] = [0, 0, 0];
  for (let index = 0; index < count && !signal.aborted; index++) {
    const startMs = environment.clock.elapsedMs();
    // Each broker has a topic of its own name.
    const isSent = await sends(call, broker, body);
    sent += isSent ? 1 : 0;
    failed += isSent ? 0 : 1;
    restMs += index === 0 ? 0 : environment.clock.elapsedMs() - startMs;
  }
  const milliseconds = count > 1 ? restMs / (count - 1) : 0;
  printer.item({ cluster, broker, milliseconds, sent, failed });
  if (truth(line, "p", false)) {
    const time = timeText.formatTimeAs(environment.clock.nowMs(), "%F %T", () => logZoneMinutes);
    const room = line.value("m") ?? "noname";
    printer.print("%s|%s|%s|%s|%.0f%n", time, room, cluster, broker, milliseconds);
  } else {
    const shown = format("%.2f", milliseconds);
    printer.print("%-24s  %-24s  %-8s  %-16s  %-16s%n", cluster, broker, shown, sent, failed);
  }
}

async function sends({ client }: AdminCall, topic: string, body: Buffer): Promise<boolean> {
  try {
    await client.producer.send({ topic, body });
    return true;
  } catch (error) {
    if (error instanceof ClientError) {
      return false;
    }
    throw error;
  }
}
