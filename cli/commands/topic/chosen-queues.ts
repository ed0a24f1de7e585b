/** `--queue 0,3`: the queues of a topic that a command is about. */
import type { MessageQueue } from "../../../src/client/index.ts";
import { notFound, usageError } from "../../command-error.ts";

/** All without a list. Throws CommandError for a text that is none, and when the topic has none of them. */
export function chosenQueues(
  queues: readonly MessageQueue[],
  wanted: string | undefined,
): readonly MessageQueue[] {
  if (wanted === undefined) {
    return queues;
  }
  const ids = wanted.split(",").map(Number);
  if (ids.some((id) => !Number.isInteger(id) || id < 0)) {
    throw usageError(`--queue '${wanted}' is no list of queue ids`);
  }
  const chosen = queues.filter(({ queueId }) => ids.includes(queueId));
  if (chosen.length === 0) {
    throw notFound(`the topic has no queue ${wanted}`);
  }
  return chosen;
}
