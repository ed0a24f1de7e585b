/** `mq group reset-offset`: always plans first, keeps the old offsets in a file, then moves queue by queue. */
import { ClientError, gather, type MessageQueue } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { flag, text, texts } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { parseTime } from "../../render/time.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { groupMembers } from "./group-members.ts";
import { readSavedOffsets, saveOffsets } from "./saved-offsets.ts";

interface PlannedMove {
  readonly queue: MessageQueue;
  readonly current: number | undefined;
  readonly target: number;
}

const columns: readonly Column[] = [
  { key: "topic", head: "TOPIC" },
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "current", head: "CURRENT", align: "right" },
  { key: "target", head: "TARGET", align: "right" },
  { key: "delta", head: "DELTA", align: "right" },
  { key: "outcome", head: "OUTCOME" },
];

export const command = defineCommand({
  spec: {
    path: ["group", "reset-offset"],
    summary: "move a group to other offsets",
    description:
      "Shows from where to where each queue would move, asks, keeps the old offsets in a file, then moves.\nMembers on line are told by the broker.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      topic: flag(texts().optional(), {
        about: "only this topic (repeatable); else all topics in which the group has offsets",
        short: "t",
        value: "TOPIC",
      }),
      to: flag(text().optional(), {
        about: "start, end, a time (-1h, RFC 3339, epoch), offset N, +N or -N from where it stands",
        value: "WHERE",
      }),
      toFile: flag(text().optional(), {
        about: "back to the offsets that an earlier reset kept in a file",
        value: "FILE",
      }),
      queue: flag(text().optional(), { about: "only these queue ids", value: "0,3" }),
    },
    output: (z) =>
      z.object({
        topic: z.string(),
        broker: z.string(),
        queue: z.number(),
        current: z.number().nullable(),
        target: z.number(),
        delta: z.number(),
        outcome: z.enum(["planned", "moved", "failed"]),
      }),
    examples: [
      "mq group reset-offset billing --topic orders --to -1h --dry-run",
      "mq group reset-offset billing --to end --yes",
      "mq group reset-offset billing --to-file ~/.local/state/mq/offsets/billing-1795393634478.tsv",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const plan = await planMoves(context, group, flags);
    if (context.global.dryRun) {
      await show(context, plan, () => "planned");
      context.output.note("dry run: nothing changed");
      return undefined;
    }
    await show(context, context.output.isJson ? [] : plan, () => "planned");
    const { members } = await groupMembers(
      context.client().admin,
      group,
      await chosenBrokers(context.client()),
    );
    if (!(await context.confirm(question(group, plan, members.length)))) {
      context.output.note("nothing changed");
      return exitCode.precondition;
    }
    const saved = saveOffsets(
      context,
      group,
      plan.map(({ queue, current }) => ({ queue, offset: current })),
    );
    context.output.note(`undo: mq group reset-offset ${group} --to-file ${saved}`);
    const failures = await moveAll(context, group, plan);
    await show(context, plan, ({ queue }) => (failures.has(queue) ? "failed" : "moved"));
    for (const [queue, { message }] of failures) {
      context.output.note(`${queue.topic} ${queue.brokerName} queue ${queue.queueId}: ${message}`);
    }
    return exitOf([...failures.values()], plan.length);
  },
});

interface ResetFlags {
  readonly topic?: readonly string[] | undefined;
  readonly to?: string | undefined;
  readonly toFile?: string | undefined;
  readonly queue?: string | undefined;
}

async function planMoves(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
): Promise<readonly PlannedMove[]> {
  const { admin, pull } = context.client();
  const { to, toFile } = flags;
  if ((to === undefined) === (toFile === undefined)) {
    throw usageError("give --to WHERE or --to-file FILE");
  }
  if (!(await admin.groups.isKnown(group))) {
    throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  const wanted =
    toFile === undefined
      ? (await chosenQueues(context, group, flags)).map((queue) => ({ queue, where: to ?? "" }))
      : savedTargets(context, toFile);
  const nowMs = context.environment.clock.nowMs();
  return await Promise.all(
    wanted.map(async ({ queue, where }) => {
      const current = await pull.committedOffset(group, queue);
      const minOffset = await pull.minOffset(queue);
      const maxOffset = await pull.maxOffset(queue);
      const target = await targetOf(where, {
        current,
        minOffset,
        maxOffset,
        nowMs,
        atTime: (ms) => pull.offsetAtTime(queue, ms),
      });
      return { queue, current, target: Math.min(maxOffset, Math.max(minOffset, target)) };
    }),
  );
}

/** The queues that flags name, of all topics in which the group has offsets when they name none. */
async function chosenQueues(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
): Promise<readonly MessageQueue[]> {
  const { pull } = context.client();
  const wanted = flags.queue?.split(",").map(Number);
  if (wanted?.some((queueId) => !Number.isInteger(queueId) || queueId < 0)) {
    throw usageError(`--queue '${flags.queue}' is no list of queue ids`);
  }
  const topics = new Set(
    flags.topic ??
      (await progressOf(context, group))
        .map(([{ topic }]) => topic)
        .filter((topic) => !topic.startsWith("%")),
  );
  const queues: MessageQueue[] = [];
  for (const topic of topics) {
    const all = await pull.queues(topic);
    queues.push(...all.filter(({ queueId }) => wanted?.includes(queueId) ?? true));
  }
  if (queues.length === 0) {
    throw notFound(
      flags.queue === undefined
        ? `group '${group}' has no offsets yet`
        : `there is no queue ${flags.queue}`,
      "name the topic with --topic",
    );
  }
  return queues;
}

/** Where the group stands; a broker that is down fails the plan, since its queues would stay behind. */
async function progressOf(context: CommandContext, group: string) {
  const { admin } = context.client();
  const { answers, failures } = await gather(await chosenBrokers(context.client()), ({ address }) =>
    admin.groups.progress(address, group),
  );
  for (const { error } of failures) {
    throw error;
  }
  return answers.flatMap(({ value }) => value);
}

/** A queue in which the group had no offset is left as it is. */
function savedTargets(
  context: CommandContext,
  path: string,
): readonly { readonly queue: MessageQueue; readonly where: number }[] {
  return readSavedOffsets(context, path).flatMap(({ queue, offset }) =>
    offset === undefined ? [] : [{ queue, where: offset }],
  );
}

async function targetOf(
  to: string | number,
  queue: {
    readonly current: number | undefined;
    readonly minOffset: number;
    readonly maxOffset: number;
    readonly nowMs: number;
    readonly atTime: (ms: number) => Promise<number>;
  },
): Promise<number> {
  if (typeof to === "number") {
    return to;
  }
  if (to === "start") {
    return queue.minOffset;
  }
  if (to === "end") {
    return queue.maxOffset;
  }
  if (/^[+-]\d+$/.test(to)) {
    return (queue.current ?? queue.maxOffset) + Number(to);
  }
  if (/^\d{1,15}$/.test(to) && !isEpoch(to)) {
    return Number(to);
  }
  const ms = parseTime(to, queue.nowMs);
  if (ms === undefined) {
    throw usageError(`--to '${to}' is none of start, end, N, +N, -N, or a time such as -1h`);
  }
  return await queue.atTime(ms);
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

/** Seconds or milliseconds of this age: no queue has so many messages that its offset looks like one. */
function isEpoch(text: string): boolean {
  return /^1\d{9}$|^1\d{12}$/.test(text);
}

function question(group: string, plan: readonly PlannedMove[], members: number): string {
  const online = members === 0 ? "nobody is on line" : `${members} members on line will be told`;
  const topics = [...new Set(plan.map(({ queue }) => queue.topic))].join(", ");
  return `Move group '${group}' in ${plan.length} queues of ${topics}? (${online})`;
}

/** Moves each queue; resolves with those that failed, and why. */
async function moveAll(
  context: CommandContext,
  group: string,
  plan: readonly PlannedMove[],
): Promise<ReadonlyMap<MessageQueue, ClientError>> {
  const { admin } = context.client();
  const failures = new Map<MessageQueue, ClientError>();
  for (const { queue, target } of plan) {
    try {
      await admin.groups.resetOffset(group, queue, target);
    } catch (error) {
      if (
        error instanceof ClientError &&
        (error.kind === "refused" || error.kind === "members_online")
      ) {
        failures.set(queue, error);
        continue;
      }
      throw new CommandError(
        "MQ-E-PARTIAL",
        exitCode.partial,
        `stopped at queue ${queue.queueId}: ${error instanceof Error ? error.message : String(error)}`,
        { hint: "the file with the old offsets tells where every queue stood" },
      );
    }
  }
  return failures;
}

/** Nothing moved because members are on line is a precondition; some moved and some not is partial. */
function exitOf(failures: readonly ClientError[], plannedCount: number): ExitCode | undefined {
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
