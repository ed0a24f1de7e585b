/** `mqadmin skipAccumulatedMessage`: moves a group to the end of a topic. */
import { printMoved, resetByBrokers, resetByCommits } from "../offset-reset.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { truth } from "../values.ts";

const end = -1;

export const subcommand: Subcommand = {
  options: [
    required("g", "group", "name of the group"),
    required("t", "topic", "name of the topic"),
    option("f", "force", "false: only queues in which that is no step ahead"),
    option("c", "cluster", "topic whose brokers are asked instead of the topic's own"),
  ],
  isFinal: true,
  spelling: (line) => `group reset-offset ${line.text("g")} --topic ${line.text("t")} --to end`,
  async run({ client, line, printer }) {
    const topic = line.text("t");
    const target = {
      topic,
      group: line.text("g"),
      timeMs: end,
      isForced: truth(line, "f", true),
      routeTopic: topic,
    };
    const moved = await resetByBrokers(client, target);
    if (moved === undefined) {
      await resetByCommits(client, printer, target, "#rollbackOffset");
    } else {
      printMoved(printer, moved);
    }
    return undefined;
  },
};
