/** Moving a group, however it was asked for: always with a plan first and the old offsets kept in a file. */
import type { ClientError } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import type { Zod } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { groupMembers } from "./group-members.ts";
import { type PlannedMove, planMoves, type ResetFlags } from "./offset-plan.ts";
import { moveQueues, noteWays } from "./queue-moves.ts";
import { copyOffsets, saveOffsets } from "./saved-offsets.ts";

const columns: readonly Column[] = [
  { key: "topic", head: "TOPIC" },
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "current", head: "CURRENT", align: "right" },
  { key: "target", head: "TARGET", align: "right" },
  { key: "delta", head: "DELTA", align: "right" },
  { key: "outcome", head: "OUTCOME" },
];

export const moveSchema = (z: Zod) =>
  z.object({
    topic: z.string(),
    broker: z.string(),
    queue: z.number(),
    current: z.number().nullable(),
    target: z.number(),
    delta: z.number(),
    outcome: z.enum(["planned", "moved", "failed"]),
  });

/** Plans, shows, asks, keeps the old offsets in a file, then moves. `makeGroup`: it is not there yet. */
export async function moveGroup(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
  makeGroup?: () => Promise<void>,
): Promise<ExitCode | undefined> {
  const plan = await planMoves(context, group, flags, { isNew: makeGroup !== undefined });
  const { moves } = plan;
  if (context.global.dryRun) {
    await show(context, moves, () => "planned");
    context.output.note("dry run: nothing changed");
    return undefined;
  }
  await show(context, context.output.isJson ? [] : moves, () => "planned");
  const { members } = await groupMembers(
    context.client().admin,
    group,
    await chosenBrokers(context.client()),
  );
  const isForced = flags.forceOnline === true;
  await noteWays(context, group, plan, isForced);
  if (!(await context.confirm(question(group, moves, members.length)))) {
    context.output.note("nothing changed");
    return exitCode.precondition;
  }
  const before = moves.map(({ queue, current }) => ({ queue, offset: current }));
  if (flags.save !== undefined) {
    copyOffsets(context, flags.save, before);
  }
  const saved = saveOffsets(context, group, before);
  context.output.note(`undo: mq group undo-reset ${group} --file ${saved}`);
  await makeGroup?.();
  const failures = await moveQueues(context, group, plan, isForced);
  await show(context, moves, ({ queue }) => (failures.has(queue) ? "failed" : "moved"));
  for (const [queue, { message }] of failures) {
    context.output.note(`${queue.topic} ${queue.brokerName} queue ${queue.queueId}: ${message}`);
  }
  return exitOf([...failures.values()], moves.length);
}

async function show(
  context: CommandContext,
  plan: readonly PlannedMove[],
  outcome: (move: PlannedMove) => string,
): Promise<void> {
  if (plan.length === 0) {
    return;
  }
  const replay = plan.reduce(
    (sum, move) => sum + Math.max(0, (move.current ?? move.target) - move.target),
    0,
  );
  const skip = plan.reduce(
    (sum, move) => sum + Math.max(0, move.target - (move.current ?? move.target)),
    0,
  );
  await context.output.list({
    kind: "GroupResetOffset",
    noun: "queue",
    nameKey: "queue",
    columns,
    items: plan.map((move) => ({
      topic: move.queue.topic,
      broker: move.queue.brokerName,
      queue: move.queue.queueId,
      current: move.current ?? null,
      target: move.target,
      delta: move.target - (move.current ?? move.target),
      outcome: outcome(move),
    })),
    summary: `${plan.length} queues, ${replay} messages again, ${skip} skipped`,
  });
}

function question(group: string, plan: readonly PlannedMove[], members: number): string {
  const online = members === 0 ? "nobody is on line" : `${members} members on line will be told`;
  const topics = [...new Set(plan.map(({ queue }) => queue.topic))].join(", ");
  return `Move group '${group}' in ${plan.length} queues of ${topics}? (${online})`;
}

/** Nothing moved because members are on line is a precondition; some moved and some not is partial. */
export function exitOf(
  failures: readonly ClientError[],
  plannedCount: number,
): ExitCode | undefined {
  if (failures.length === 0) {
    return undefined;
  }
  if (failures.length < plannedCount) {
    return exitCode.partial;
  }
  return failures.every(({ kind }) => kind === "members_online")
    ? exitCode.precondition
    : exitCode.failed;
}
