/** Where a group would move in each queue: worked out before anything changes. */
import { gather, type MessageQueue } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { notFound, usageError } from "../../command-error.ts";
import { parseTime } from "../../render/time.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { readSavedOffsets } from "./saved-offsets.ts";

export interface PlannedMove {
  readonly queue: MessageQueue;
  readonly current: number | undefined;
  readonly target: number;
}

export interface ResetFlags {
  readonly topic?: readonly string[] | undefined;
  readonly to?: string | undefined;
  readonly toFile?: string | undefined;
  readonly toGroup?: string | undefined;
  readonly queue?: string | undefined;
}

export async function planMoves(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
): Promise<readonly PlannedMove[]> {
  const { admin, pull } = context.client();
  const { to, toFile, toGroup } = flags;
  if ([to, toFile, toGroup].filter((each) => each !== undefined).length !== 1) {
    throw usageError("give one of --to WHERE, --to-file FILE and --to-group GROUP");
  }
  if (!(await admin.groups.isKnown(group))) {
    throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  const wanted =
    toFile !== undefined
      ? savedTargets(context, toFile)
      : toGroup !== undefined
        ? await targetsOfGroup(context, toGroup, flags)
        : (await chosenQueues(context, group, flags)).map((queue) => ({ queue, where: to ?? "" }));
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

/** Where another group stands; queues in which it has no offset are left as they are. */
async function targetsOfGroup(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
): Promise<readonly { readonly queue: MessageQueue; readonly where: number }[]> {
  const { admin, pull } = context.client();
  if (!(await admin.groups.isKnown(group))) {
    throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  const queues = await chosenQueues(context, group, flags);
  const offsets = await Promise.all(
    queues.map(async (queue) => ({ queue, where: await pull.committedOffset(group, queue) })),
  );
  return offsets.flatMap(({ queue, where }) => (where === undefined ? [] : [{ queue, where }]));
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

/** Seconds or milliseconds of this age: no queue has so many messages that its offset looks like one. */
function isEpoch(text: string): boolean {
  return /^1\d{9}$|^1\d{12}$/.test(text);
}
