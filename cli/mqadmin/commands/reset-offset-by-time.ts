/** `mqadmin resetOffsetByTime`: moves a group to a time in all queues of a topic, or in one of them. */
import { type OffsetTarget, printMoved, resetByBrokers, resetByCommits } from "../offset-reset.ts";
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokerNameAt } from "../targets.ts";
import { timeOf, truth, wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    required("g", "group", "name of the group"),
    required("t", "topic", "name of the topic"),
    required("s", "timestamp", "now, milliseconds since 1970, or yyyy-MM-dd#HH:mm:ss:SSS"),
    option("f", "force", "false: only queues in which that is no step ahead"),
    option("c", "cluster", "taken and passed over"),
    option("b", "broker", "the broker of one queue, HOST:PORT"),
    option("q", "queue", "that queue's id"),
    option("o", "offset", "in that queue: to this offset instead"),
  ],
  isFinal: true,
  spelling: (line) =>
    `group reset-offset ${line.text("g")} --topic ${line.text("t")} --to ${line.text("s")}`,
  async run(call) {
    const { client, environment, line, printer } = call;
    const when = line.text("s");
    const topic = line.text("t");
    const target = {
      topic,
      group: line.text("g"),
      timeMs: when === "now" ? environment.clock.nowMs() : timeOf("s", when),
      isForced: truth(line, "f", true),
      routeTopic: topic,
    };
    if (line.has("b") && wholeNumber(line, "q", -1) >= 0) {
      await moveQueue(call, target);
      return undefined;
    }
    const moved = await resetByBrokers(client, target);
    const { group, isForced, timeMs } = target;
    if (moved === undefined) {
      printer.print(
        "reset consumer offset by specified consumerGroup[%s], topic[%s], force[%s], timestamp(string)[%s], timestamp(long)[%s]%n",
        ...[group, topic, isForced, when, timeMs],
      );
      await resetByCommits(client, printer, target, "#resetOffset");
    } else {
      printer.print(
        "start reset consumer offset by specified, group[%s], topic[%s], force[%s], timestamp(string)[%s], timestamp(long)[%s]%n",
        ...[group, topic, isForced, when, timeMs],
      );
      printMoved(printer, moved);
    }
    return undefined;
  },
};

async function moveQueue(call: AdminCall, target: OffsetTarget): Promise<void> {
  const { client, line, printer } = call;
  const { topic, group, timeMs } = target;
  const queueId = wholeNumber(line, "q", 0);
  const address = line.text("b");
  const queue = { topic, brokerName: await brokerNameAt(client, address), queueId };
  printer.print(
    "start reset consumer offset by specified, group[%s], topic[%s], queueId[%s], broker[%s], timestamp(string)[%s], timestamp(long)[%s]%n",
    ...[group, topic, queueId, address, line.text("s"), timeMs],
  );
  const offset = line.has("o")
    ? wholeNumber(line, "o", 0)
    : await client.pull.offsetAtTime(queue, timeMs);
  printer.print("reset consumer offset to %d%n", offset);
  printer.item({ ...queue, group, offset });
  // The official tool leaves a queue alone whose offset is 0.
  if (offset > 0) {
    await client.admin.groups.resetOffset(group, queue, offset);
  }
}
