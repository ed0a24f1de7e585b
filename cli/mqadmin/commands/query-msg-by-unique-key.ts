/** `mqadmin queryMsgByUniqueKey`: shows the message with its producer's id, or hands it to a consumer again. */
import { handToConsumer } from "../direct-consumption.ts";
import { printMessage } from "../message-view.ts";
import { option, required, toggled } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { timeOf } from "../values.ts";

const lookBackMs = 36 * 3_600_000;
const shownMax = 32;

export const subcommand: Subcommand = {
  options: [
    required("i", "msgId", "the producer's id"),
    option("g", "consumerGroup", "with -d: group of a member that gets the message once more"),
    option("d", "clientId", "with -g: that member"),
    required("t", "topic", "name of the topic"),
    toggled("a", "showAll", "all messages with that id, 32 at most"),
    option("c", "cluster", "taken and passed over"),
    option("s", "startTime", "with -e: stored at that time or later, in milliseconds since 1970"),
    option("e", "endTime", "with -s: stored at that time or before"),
  ],
  spelling: (line) => `message get ${line.text("i")} --topic ${line.text("t")}`,
  async run(call) {
    const { client, line } = call;
    const found = await client.messages.queryByUniqueKey(line.text("t"), line.text("i"), {
      ...timesOf(call),
      countMax: shownMax,
      keepsOrder: true,
    });
    const oldestFirst = [...found].sort(
      (left, right) => left.storeTimestampMs - right.storeTimestampMs,
    );
    const shown = line.has("a") ? oldestFirst : oldestFirst.slice(0, 1);
    for (const [index, message] of shown.entries()) {
      if (line.has("g") && line.has("d")) {
        await handToConsumer(call, message, line.text("g"), line.text("d"));
      } else {
        const fileEnding = index === 0 ? "" : `_${index}`;
        await printMessage(call, message, { hasOffsetId: false, fileEnding, trackEnding: "" });
      }
    }
    return undefined;
  },
};

/** The official tool looks a day and a half to both sides when it is not told how far. */
function timesOf({ environment, line }: AdminCall): {
  readonly fromMs: number;
  readonly toMs: number;
} {
  const [from, to] = [line.value("s") ?? "", line.value("e") ?? ""];
  if (from !== "" && to !== "") {
    return { fromMs: timeOf("s", from), toMs: timeOf("e", to) };
  }
  const nowMs = environment.clock.nowMs();
  return { fromMs: nowMs - lookBackMs, toMs: nowMs + lookBackMs };
}
