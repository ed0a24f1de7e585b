/** Where a group would move in each queue: worked out before anything changes. */
import { gather, type MessageQueue } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { parseTime } from "../../render/time.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { groupMembers } from "./group-members.ts";
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
  /** Each `[BROKER:]N[,N…]`. */
  readonly queue?: readonly string[] | undefined;
  readonly forceOnline?: boolean | undefined;
  readonly save?: string | undefined;
  readonly allowNewTopics?: boolean | undefined;
}

export interface MovePlan {
  readonly moves: readonly PlannedMove[];
  /** Where all queues of their topics go to one time, that time in ms; -1 is their ends. */
  readonly timeMs: number | undefined;
}

export async function planMoves(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
  options: { readonly isNew: boolean },
): Promise<MovePlan> {
  const { admin, pull } = context.client();
  const { to, toFile, toGroup } = flags;
  if ([to, toFile, toGroup].filter((each) => each !== undefined).length !== 1) {
    throw usageError("give one of --to WHERE, --to-file FILE and --to-group GROUP");
  }
  if (!options.isNew && !(await admin.groups.isKnown(group))) {
    throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  const wanted: readonly { readonly queue: MessageQueue; readonly where: string | number }[] =
    toFile !== undefined
      ? savedTargets(context, toFile)
      : toGroup !== undefined
        ? await targetsOfGroup(context, toGroup, flags)
        : (await chosenQueues(context, group, flags)).map((queue) => ({ queue, where: to ?? "" }));
  if (toGroup === undefined) {
    await refuseNewTopics(context, group, wanted, flags);
  }
  const nowMs = context.environment.clock.nowMs();
  const moves = await inParallel(wanted, async ({ queue, where }): Promise<PlannedMove> => {
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
  });
  return { moves, timeMs: flags.queue === undefined ? wholeTime(to, nowMs) : undefined };
}

/** The time that `--to` means for every queue alike; undefined for offsets. */
function wholeTime(to: string | undefined, nowMs: number): number | undefined {
  if (to === undefined || to === "end" || to === "start") {
    return to === undefined ? undefined : to === "end" ? -1 : 0;
  }
  const isOffset = /^[+-]\d+$/.test(to) || (/^\d{1,15}$/.test(to) && !isEpoch(to));
  return isOffset ? undefined : parseTime(to, nowMs);
}

/**
 * A group that has offsets and is given one in a topic that it neither has offsets in nor subscribes to was probably
 * given a mistyped topic: its lag there would grow for ever.
 */
async function refuseNewTopics(
  context: CommandContext,
  group: string,
  wanted: readonly { readonly queue: MessageQueue }[],
  { allowNewTopics }: ResetFlags,
): Promise<void> {
  const known = new Set((await progressOf(context, group)).map(([{ topic }]) => topic));
  if (allowNewTopics === true || known.size === 0) {
    return;
  }
  const topics = new Set(wanted.map(({ queue }) => queue.topic).filter((each) => !known.has(each)));
  if (topics.size === 0) {
    return;
  }
  const { admin } = context.client();
  const { presence } = await groupMembers(admin, group, await chosenBrokers(context.client()));
  for (const { topic } of presence?.subscriptions ?? []) {
    topics.delete(topic);
  }
  if (topics.size > 0) {
    throw new CommandError(
      "MQ-E-NEWTOPIC",
      exitCode.precondition,
      `group '${group}' has no offsets in ${[...topics].join(", ")}`,
      { hint: "--allow-new-topics gives it some there" },
    );
  }
}

/** The queues that flags name, of all topics in which the group has offsets when they name none. */
async function chosenQueues(
  context: CommandContext,
  group: string,
  flags: ResetFlags,
): Promise<readonly MessageQueue[]> {
  const { pull } = context.client();
  const isWanted = queueChoice(flags.queue);
  const topics = new Set(
    flags.topic ??
      (await progressOf(context, group))
        .map(([{ topic }]) => topic)
        .filter((topic) => !topic.startsWith("%")),
  );
  const queues: MessageQueue[] = [];
  for (const topic of topics) {
    const all = await pull.queues(topic);
    queues.push(...all.filter(isWanted));
  }
  if (queues.length === 0) {
    throw notFound(
      flags.queue === undefined
        ? `group '${group}' has no offsets yet`
        : `there is no queue ${flags.queue.join(" ")}`,
      "name the topic with --topic",
    );
  }
  return queues;
}

/** Which queues `[BROKER:]N[,N…]` name, several times; all of them without one. Throws CommandError `MQ-E-USAGE`. */
function queueChoice(texts: readonly string[] | undefined): (queue: MessageQueue) => boolean {
  if (texts === undefined) {
    return () => true;
  }
  const chosen = texts.map((text) => {
    const at = text.lastIndexOf(":");
    const ids = text.slice(at + 1).split(",");
    if (at === 0 || ids.some((id) => !/^\d{1,9}$/.test(id))) {
      throw usageError(`--queue '${text}' is no [BROKER:]N[,N…]`);
    }
    return { broker: at < 0 ? undefined : text.slice(0, at), ids: ids.map(Number) };
  });
  return ({ brokerName, queueId }) =>
    chosen.some(
      ({ broker, ids }) => (broker === undefined || broker === brokerName) && ids.includes(queueId),
    );
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
  const saved = readSavedOffsets(context, path);
  const targets = saved.flatMap(({ queue, offset }) =>
    offset === undefined ? [] : [{ queue, where: offset }],
  );
  const without = saved.length - targets.length;
  if (targets.length === 0) {
    throw notFound(
      `the group had no offset in any queue of ${path}: there is nothing to go back to`,
      "offsets can be moved and not taken away; mq group delete forgets a group with all that it has",
    );
  }
  if (without > 0) {
    context.output.note(`${without} queues had no offset then, and stay as they are`);
  }
  return targets;
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
