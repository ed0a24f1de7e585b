/** `mqadmin deleteTopic`: drops a topic on all brokers of a cluster, then its route. */
import { required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { deleteTopicEverywhere } from "../topic-deletion.ts";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("c", "clusterName", "the cluster it is deleted from"),
  ],
  isFinal: true,
  spelling: (line) => `topic delete ${line.text("t")} --cluster ${line.text("c")}`,
  async run(call) {
    await deleteTopicEverywhere(call, call.line.text("t"), call.line.text("c"));
    return undefined;
  },
};
