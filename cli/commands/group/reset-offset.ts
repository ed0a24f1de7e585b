/** `mq group reset-offset`: always plans first, keeps the old offsets in a file, then moves queue by queue. */
import { z } from "zod";
import { ClientError, type MessageQueue } from "../../../src/client/index.ts";
import { joinPath } from "../../../src/io/disk.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag } from "../../flag.ts";
import type { Column } from "../../render/output.ts";
import { parseTime } from "../../render/time.ts";

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

/** A broker that moves only groups with members on line. */
const codeNotOnline = 206;

export const command = defineCommand({
  spec: {
    path: ["group", "reset-offset"],
    summary: "move a group to other offsets",
    description:
      "Shows from where to where each queue would move, asks, keeps the old offsets in a file, then moves.\nMembers on line are told by the broker.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      topic: flag(z.string(), { about: "topic of the queues", short: "t", value: "TOPIC" }),
      to: flag(z.string(), {
        about: "start, end, a time (-1h, RFC 3339, epoch), offset N, +N or -N from where it stands",
        value: "WHERE",
      }),
      queue: flag(z.string().optional(), { about: "only these queue ids", value: "0,3" }),
    },
    output: z.object({
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
      "mq group reset-offset billing --topic orders --to end --yes",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const { topic } = flags;
    const plan = await planMoves(context, group, flags);
    if (context.global.dryRun) {
      await show(context, plan, () => "planned");
      context.output.note("dry run: nothing changed");
      return undefined;
    }
    await show(context, context.output.isJson ? [] : plan, () => "planned");
    const members = (await context.client().admin.members(group))?.connections.length ?? 0;
    if (!(await context.confirm(question(group, topic, plan, members)))) {
      context.output.note("nothing changed");
      return exitCode.precondition;
    }
    const saved = saveOffsets(context, group, plan);
    context.output.note(`old offsets: ${saved}`);
    const failures = await moveAll(context, group, plan);
    await show(context, plan, ({ queue }) => (failures.has(queue) ? "failed" : "moved"));
    for (const [queue, reason] of failures) {
      context.output.note(`${queue.brokerName} queue ${queue.queueId}: ${reason}`);
    }
    return failures.size === 0
      ? undefined
      : failures.size === plan.length
        ? exitCode.failed
        : exitCode.partial;
  },
});

async function planMoves(
  context: CommandContext,
  group: string,
  flags: { readonly topic: string; readonly to: string; readonly queue?: string | undefined },
): Promise<readonly PlannedMove[]> {
  const { pull } = context.client();
  const wanted = flags.queue?.split(",").map(Number);
  const all = await pull.queues(flags.topic);
  const queues = all.filter(({ queueId }) => wanted?.includes(queueId) ?? true);
  if (queues.length === 0) {
    throw usageError(`--queue '${flags.queue}': topic '${flags.topic}' has no such queue`);
  }
  const nowMs = context.environment.clock.nowMs();
  return await Promise.all(
    queues.map(async (queue) => {
      const current = await pull.committedOffset(group, queue);
      const minOffset = await pull.minOffset(queue);
      const maxOffset = await pull.maxOffset(queue);
      const target = await targetOf(flags.to, {
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

async function targetOf(
  to: string,
  queue: {
    readonly current: number | undefined;
    readonly minOffset: number;
    readonly maxOffset: number;
    readonly nowMs: number;
    readonly atTime: (ms: number) => Promise<number>;
  },
): Promise<number> {
  if (to === "start") {
    return queue.minOffset;
  }
  if (to === "end") {
    return queue.maxOffset;
  }
  if (/^[+-]\d+$/.test(to)) {
    return (queue.current ?? queue.maxOffset) + Number(to);
  }
  if (/^\d{1,8}$/.test(to)) {
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

function question(
  group: string,
  topic: string,
  plan: readonly PlannedMove[],
  members: number,
): string {
  const online = members === 0 ? "nobody is on line" : `${members} members on line will be told`;
  return `Move group '${group}' in ${plan.length} queues of '${topic}'? (${online})`;
}

/** Writes topic, broker, queue and offset, a line each; returns the path. */
function saveOffsets(context: CommandContext, group: string, plan: readonly PlannedMove[]): string {
  const { disk, clock } = context.environment;
  const { process } = context;
  const state =
    process.environment["XDG_STATE_HOME"] ?? joinPath(process.homeFolder(), ".local", "state");
  const folder = joinPath(state, "mq", "offsets");
  const name = group.replace(/[^A-Za-z0-9_-]/g, "_");
  const path = joinPath(folder, `${name}-${Math.floor(clock.nowMs())}.tsv`);
  disk.makeFolder(folder);
  const text = plan
    .map(
      ({ queue, current }) =>
        `${queue.topic}\t${queue.brokerName}\t${queue.queueId}\t${current ?? ""}\n`,
    )
    .join("");
  const file = disk.open(path, "create");
  const bytes = Buffer.from(text, "utf8");
  file.write(bytes, 0, bytes.length, 0);
  file.syncNow();
  file.close();
  return path;
}

/** Moves each queue; resolves with those that failed, and why. */
async function moveAll(
  context: CommandContext,
  group: string,
  plan: readonly PlannedMove[],
): Promise<ReadonlyMap<MessageQueue, string>> {
  const { admin, pull } = context.client();
  const failures = new Map<MessageQueue, string>();
  for (const { queue, target } of plan) {
    try {
      await admin.resetOffset(group, queue, target);
    } catch (error) {
      if (!(error instanceof ClientError) || error.kind !== "refused") {
        throw new CommandError(
          "MQ-E-PARTIAL",
          exitCode.partial,
          `stopped at queue ${queue.queueId}: ${error instanceof Error ? error.message : String(error)}`,
          { hint: "the file with the old offsets tells where every queue stood" },
        );
      }
      if (error.code === codeNotOnline) {
        // RocketMQ 4 moves only groups with members; for an idle one a plain commit does the same.
        await pull.commitOffset(group, queue, target);
      } else {
        failures.set(queue, error.message);
      }
    }
  }
  return failures;
}
