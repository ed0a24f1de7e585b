/** `mqadmin queryMsgTraceById`: when a message was sent and consumed, as the traces of its clients tell. */
import { notFound } from "../../command-error.ts";
import {
  type ConsumedTrace,
  readTraces,
  type SentTrace,
  traceTopicDefault,
} from "../../message-trace.ts";
import { hashOrder } from "../java-order.ts";
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { secondsText, wholeNumber } from "../values.ts";

const countDefault = 64;
const pattern = "%-10s %-20s %-20s %-20s %-10s %-10s%n";

export const subcommand: Subcommand = {
  options: [
    required("i", "msgId", "id of the message"),
    option("t", "traceTopic", `topic of the traces, ${traceTopicDefault} unless told`),
    option("b", "beginTimestamp", "stored at that time or later, in milliseconds since 1970"),
    option("e", "endTimestamp", "stored at that time or before"),
    option("c", "maxNum", "how many traces at most, 64 unless told"),
  ],
  spelling: () => undefined,
  async run(call) {
    const { client, line } = call;
    const id = line.text("i");
    const found = await client.messages.queryByKey(line.value("t") ?? traceTopicDefault, id, {
      fromMs: wholeNumber(line, "b", 0),
      ...(line.has("e") ? { toMs: wholeNumber(line, "e", 0) } : {}),
      countMax: wholeNumber(line, "c", countDefault),
      keepsOrder: true,
    });
    if (found.length === 0) {
      throw notFound(`no client sent a trace of message '${id}'`);
    }
    const traces = found.flatMap((message) => readTraces(message, id));
    for (const trace of traces.filter((each) => each.kind === "Pub")) {
      printTable(call, ["#ProducerGroup", "#SendTime"], "Pub", [trace]);
    }
    const consumed = traces.filter((each) => each.kind === "SubAfter");
    const groups = [...new Set(consumed.map(({ group }) => group))];
    for (const group of hashOrder(groups, (name) => name)) {
      const own = consumed.filter((trace) => trace.group === group);
      printTable(call, ["#ConsumerGroup", "#ConsumerTime"], "Sub", own);
    }
    return undefined;
  },
};

function printTable(
  { environment, printer }: AdminCall,
  [groupHead, timeHead]: readonly [string, string],
  type: "Pub" | "Sub",
  traces: readonly (SentTrace | ConsumedTrace)[],
): void {
  printer.print(pattern, "#Type", groupHead, "#ClientHost", timeHead, "#CostTimes", "#Status");
  for (const { group, clientHost, timeMs, elapsedMs, isOk } of traces) {
    printer.row(pattern, {
      type,
      group,
      clientHost,
      time: secondsText(timeMs ?? environment.clock.nowMs()),
      elapsed: `${elapsedMs}ms`,
      status: isOk ? "success" : "failed",
    });
  }
  printer.print("%n");
}
