/** `mqadmin clusterList`: the brokers of all clusters with their rates, once or again and again. */

import { pause } from "../../pause.ts";
import { type Formatted, format } from "../java-format.ts";
import { hashOrder } from "../java-order.ts";
import { option, toggled } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

type Facts = ReadonlyMap<string, string>;

interface BrokerLine {
  readonly cluster: string;
  readonly broker: string;
  readonly id: number;
  readonly address: string;
}

const totalsHead = "%-16s  %-32s %14s %14s %14s %14s%n";
const totalsRow = "%-16s  %-32s %14d %14d %14d %14d%n";
const hourMs = 3_600_000;

export const subcommand: Subcommand = {
  options: [
    toggled("m", "moreStats", "messages of today and yesterday instead"),
    option("i", "interval", "again after so many seconds, until Ctrl-C"),
    option("c", "clusterName", "only this cluster"),
  ],
  spelling: () => "cluster list",
  async run(call) {
    const { line, printer, signal } = call;
    const intervalMs = wholeNumber(line, "i", 0) * 1000;
    do {
      await printOnce(call);
      if (line.has("i")) {
        printer.flush();
        await pause(call, Math.max(intervalMs, 1), signal);
      }
    } while (line.has("i") && !signal.aborted);
    return undefined;
  },
};

async function printOnce(call: AdminCall): Promise<void> {
  const { line, printer } = call;
  const isTotals = line.has("m");
  if (isTotals) {
    printer.print(
      totalsHead,
      ...["#Cluster Name", "#Broker Name", "#InTotalYest", "#OutTotalYest"],
      ...["#InTotalToday", "#OutTotalToday"],
    );
  } else {
    printer.print(
      "%-22s  %-22s  %-4s  %-22s %-16s  %16s  %30s  %-22s  %-11s  %-12s  %-8s  %-10s%n",
      ...["#Cluster Name", "#Broker Name", "#BID", "#Addr", "#Version", "#InTPS(LOAD)"],
      ...["#OutTPS(LOAD)", "#Timer(Progress)", "#PCWait(ms)", "#Hour", "#SPACE", "#ACTIVATED"],
    );
  }
  for (const broker of await brokerLines(call)) {
    const facts = await call.client.admin.cluster
      .runtimeInfo(broker.address)
      .catch((error: unknown) => {
        printer.note(`${broker.broker} (${broker.address}): ${String(error)}`);
        return undefined;
      });
    printer.item({ ...broker, facts: facts === undefined ? null : Object.fromEntries(facts) });
    if (isTotals) {
      printTotals(call, broker, facts);
    } else {
      printLoad(call, broker, facts);
    }
  }
}

async function brokerLines({ client, line }: AdminCall): Promise<readonly BrokerLine[]> {
  const { brokers, clusters } = await client.admin.cluster.describe();
  const wanted = line.value("c") ?? "";
  const names = wanted === "" ? hashOrder([...clusters.keys()], (name) => name) : [wanted];
  return names.flatMap((cluster) =>
    [...(clusters.get(cluster) ?? [])].sort().flatMap((broker) => {
      const found = brokers.find(({ brokerName }) => brokerName === broker);
      return [...(found?.addresses ?? [])]
        .sort(([left], [right]) => left - right)
        .map(([id, address]) => ({ cluster, broker, id, address }));
    }),
  );
}

function printTotals({ printer }: AdminCall, broker: BrokerLine, facts: Facts | undefined): void {
  const value = (name: string): number => Number(facts?.get(name) ?? "");
  const totals = (direction: "Put" | "Get"): readonly [number, number] => {
    const [yesterday, today, now] = ["YesterdayMorning", "TodayMorning", "TodayNow"].map((when) =>
      value(`msg${direction}Total${when}`),
    ) as [number, number, number];
    return [today - yesterday, now - today];
  };
  const isWhole = facts?.has("msgGetTotalTodayNow") === true;
  const [inYesterday, inToday] = isWhole ? totals("Put") : [0, 0];
  const [outYesterday, outToday] = isWhole ? totals("Get") : [0, 0];
  const counts = [inYesterday, outYesterday, inToday, outToday];
  printer.print(totalsRow, broker.cluster, broker.broker, ...counts);
}

function printLoad(call: AdminCall, broker: BrokerLine, facts: Facts | undefined): void {
  const { printer } = call;
  // Without an answer the official tool shows empty texts; what an answer lacks is null.
  const text = (name: string, absent?: string): Formatted =>
    facts === undefined ? "" : (facts.get(name) ?? absent);
  const number = (name: string): number => Number(facts?.get(name) ?? "0") || 0;
  const load = (queue: string): readonly Formatted[] => {
    const absent = queue === "ack" ? "N" : undefined;
    return [
      text(`${queue}ThreadPoolQueueSize`, absent),
      text(`${queue}ThreadPoolQueueHeadWaitTimeMills`, absent),
    ];
  };
  printer.print(
    "%-22s  %-22s  %-4s  %-22s %-16s  %16s  %30s  %-22s  %11s  %-12s  %-8s  %10s%n",
    ...[broker.cluster, broker.broker, broker.id, broker.address, text("brokerVersionDesc")],
    format("%9.2f(%s,%sms)", firstRate(facts, "putTps"), ...load("send")),
    format(
      "%9.2f(%s,%sms|%s,%sms)",
      ...[firstRate(facts, "getTransferredTps"), ...load("pull"), ...load("ack")],
    ),
    format(
      "%d-%d(%.1fw, %.1f, %.1f)",
      ...[number("timerReadBehind"), number("timerOffsetBehind")],
      ...[number("timerCongestNum") / 10_000, number("timerEnqueueTps"), number("timerDequeueTps")],
    ),
    ...[text("pageCacheLockTimeMills"), format("%2.2f", hoursKept(call, facts))],
    ...[format("%.4f", number("commitLogDiskRatio")), facts?.get("brokerActive") === "true"],
  );
}

/** Of the rates over ten seconds, a minute and ten minutes. */
function firstRate(facts: Facts | undefined, name: string): number {
  return Number(facts?.get(name)?.split(" ")[0] ?? "0") || 0;
}

/** How far back the messages of the broker reach. */
function hoursKept({ environment }: AdminCall, facts: Facts | undefined): number {
  const earliest = facts?.get("earliestMessageTimeStamp") ?? "";
  return earliest === "" ? 0 : (environment.clock.nowMs() - Number(earliest)) / hourMs;
}
