/** Carrying out a planned move, in the way that each broker has for it. */
import { ClientError, type MessageQueue } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { MovePlan, PlannedMove } from "./offset-plan.ts";

/** Tells beforehand where members on line stand in the way, or may undo what is done. */
export async function noteWays(
  context: CommandContext,
  group: string,
  { moves, timeMs }: MovePlan,
  isForced: boolean,
): Promise<void> {
  const { admin } = context.client();
  for (const [brokerName, [first]] of byBroker(moves)) {
    const address = first === undefined ? undefined : await leaderOf(context, first.queue);
    if (address === undefined || (await admin.groups.resetWay(address, group)) !== "by_time") {
      continue;
    }
    const outcome = !isForced
      ? "it will refuse: stop them first, or give --force-online"
      : timeMs === undefined
        ? "offsets are committed beneath them, and they may commit over those"
        : "it moves whole topics by time and tells them";
    context.output.note(`warning: members are on line at ${brokerName}; ${outcome}`);
  }
}

/** Moves each queue; resolves with those that failed, and why. */
export async function moveQueues(
  context: CommandContext,
  group: string,
  { moves, timeMs }: MovePlan,
  isForced: boolean,
): Promise<ReadonlyMap<MessageQueue, ClientError>> {
  const failures = new Map<MessageQueue, ClientError>();
  const movedTopics = new Set<string>();
  for (const move of moves) {
    try {
      await (isForced
        ? moveForced(context, group, move, timeMs, movedTopics)
        : context.client().admin.groups.resetOffset(group, move.queue, move.target));
    } catch (error) {
      if (
        error instanceof ClientError &&
        (error.kind === "refused" || error.kind === "members_online")
      ) {
        failures.set(move.queue, error);
        continue;
      }
      throw new CommandError(
        "MQ-E-PARTIAL",
        exitCode.partial,
        `stopped at queue ${move.queue.queueId}: ${error instanceof Error ? error.message : String(error)}`,
        { hint: "the file with the old offsets tells where every queue stood" },
      );
    }
  }
  return failures;
}

/** Where only an idle group can be moved exactly: a whole topic by time, which its members are told, or a commit beneath them. */
async function moveForced(
  context: CommandContext,
  group: string,
  { queue, target }: PlannedMove,
  timeMs: number | undefined,
  movedTopics: Set<string>,
): Promise<void> {
  const { admin, pull } = context.client();
  const { topic, brokerName } = queue;
  const address = await leaderOf(context, queue);
  if (address === undefined || (await admin.groups.resetWay(address, group)) !== "by_time") {
    await admin.groups.resetOffset(group, queue, target);
    return;
  }
  if (timeMs === undefined) {
    await pull.commitOffset(group, queue, target);
    return;
  }
  const key = `${brokerName} ${topic}`;
  if (!movedTopics.has(key)) {
    const isMoved = await admin.groups.resetToTime(address, {
      topic,
      group,
      timeMs,
      isForced: true,
    });
    if (isMoved === undefined) {
      await pull.commitOffset(group, queue, target);
      return;
    }
    movedTopics.add(key);
  }
}

async function leaderOf(
  { client }: CommandContext,
  { topic, brokerName }: MessageQueue,
): Promise<string | undefined> {
  const leaders = await client().admin.topics.leaders(topic);
  return leaders.find((each) => each.brokerName === brokerName)?.address;
}

function byBroker(moves: readonly PlannedMove[]): ReadonlyMap<string, readonly PlannedMove[]> {
  return Map.groupBy(moves, ({ queue }) => queue.brokerName);
}
