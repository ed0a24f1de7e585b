/**
 * Groups skip what lies in a topic. Neither RocketMQ nor mq can delete messages. Deleting the topic
 * and making it anew is no purge either: RocketMQ 4 keeps its queues for a while, so that old messages are back under the
 * same name, clients fail in between, and offsets start anew.
 */
import type { ClientError, MessageQueue } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { type FlagValues, flag, texts, toggle, type Zod } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import type { Column } from "../../render/listing.ts";
import { exitOf } from "../group/move-group.ts";
import { type MovePlan, planMoves } from "../group/offset-plan.ts";
import { moveQueues, noteWays } from "../group/queue-moves.ts";
import { saveOffsets } from "../group/saved-offsets.ts";
import { topicGroups } from "./topic-groups.ts";

interface GroupPlan extends MovePlan {
  readonly group: string;
}

const columns: readonly Column[] = [
  { key: "group", head: "GROUP" },
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "current", head: "CURRENT", align: "right" },
  { key: "target", head: "TARGET", align: "right" },
  { key: "skipped", head: "SKIPPED", align: "right" },
  { key: "outcome", head: "OUTCOME" },
];

export const purgeFlags = {
  group: flag(texts().optional(), {
    about: "only this group (repeatable)",
    value: "GROUP",
    completes: "group",
  }),
  forceOnline: toggle("also where the broker can only move a group of which nobody is on line"),
} as const;

export const purgeSchema = (z: Zod) =>
  z.object({
    topic: z.string(),
    group: z.string(),
    broker: z.string(),
    queue: z.number(),
    current: z.number().nullable(),
    target: z.number(),
    skipped: z.number(),
    outcome: z.enum(["planned", "moved", "failed"]),
  });

/** Plans, asks, keeps the old offsets, moves, and prints what became of each queue. */
export async function purgeTopic(
  context: CommandContext,
  topic: string,
  flags: FlagValues<typeof purgeFlags>,
): Promise<ExitCode | undefined> {
  const known = await topicGroups(context.client().admin, topic);
  const unknown = flags.group?.find((group) => !known.includes(group));
  if (unknown !== undefined) {
    throw notFound(`group '${unknown}' does not consume '${topic}'`, `mq topic groups ${topic}`);
  }
  const plans: GroupPlan[] = [];
  for (const group of flags.group ?? known) {
    const to = { topic: [topic], to: "end", allowNewTopics: true };
    plans.push({ group, ...(await planMoves(context, group, to, { isNew: true })) });
  }
  if (context.global.dryRun || plans.length === 0) {
    await showPurge(context, topic, plans, () => "planned");
    return undefined;
  }
  for (const plan of plans) {
    context.output.note(`${plan.group} skips ${formatCount(skippedBy(plan))}`);
    await noteWays(context, plan.group, plan, flags.forceOnline);
  }
  const names = plans.map(({ group }) => group).join(", ");
  const count = formatCount(plans.reduce((sum, plan) => sum + skippedBy(plan), 0));
  const question = `Let ${names} skip ${count} messages of topic '${topic}'?`;
  if (!(await context.confirm(question))) {
    context.output.note("nothing changed");
    return exitCode.precondition;
  }
  const failures = new Map<MessageQueue, ClientError>();
  for (const plan of plans) {
    const before = plan.moves.map(({ queue, current }) => ({ queue, offset: current }));
    const saved = saveOffsets(context, plan.group, before);
    context.output.note(`undo: mq group undo-reset ${plan.group} --file ${saved}`);
    for (const [queue, error] of await moveQueues(context, plan.group, plan, flags.forceOnline)) {
      failures.set(queue, error);
      context.output.note(
        `${plan.group} ${queue.brokerName} queue ${queue.queueId}: ${error.message}`,
      );
    }
  }
  await showPurge(context, topic, plans, (queue) => (failures.has(queue) ? "failed" : "moved"));
  return exitOf(
    [...failures.values()],
    plans.reduce((sum, { moves }) => sum + moves.length, 0),
  );
}

function skippedBy({ moves }: MovePlan): number {
  return moves.reduce((sum, { current, target }) => sum + target - (current ?? target), 0);
}

/** What becomes of each queue; without plans, that nobody consumes the topic. */
export async function showPurge(
  { output }: CommandContext,
  topic: string,
  plans: readonly GroupPlan[],
  outcome: (queue: MessageQueue) => string,
): Promise<void> {
  const skipped = plans.reduce((sum, plan) => sum + skippedBy(plan), 0);
  await output.list({
    kind: "TopicPurge",
    noun: "queue",
    nameKey: "queue",
    columns,
    items: plans.flatMap(({ group, moves }) =>
      moves.map(({ queue, current = null, target }) => ({
        topic,
        group,
        broker: queue.brokerName,
        queue: queue.queueId,
        current,
        target,
        skipped: target - (current ?? target),
        outcome: outcome(queue),
      })),
    ),
    summary:
      plans.length === 0
        ? "no group consumes it"
        : `${plans.length} groups, ${formatCount(skipped)} messages skipped`,
  });
}
