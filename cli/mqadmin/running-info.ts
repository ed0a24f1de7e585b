/** What a consumer says of itself, as the official tool writes it, and what that tool concludes from it. */
import { byQueue, type ConsumerRunningInfo, type PulledQueue } from "../../src/client/index.ts";
import { format } from "./java-format.ts";
import { concurrentOrder } from "./java-order.ts";
import { compactTime } from "./values.ts";

const settledMs = 120_000;
const stuckMs = 60_000;
const queueHead = "%-64s  %-32s  %-4s  %-20s%n";

/** Sections with a table each. */
export function runningInfoText(info: ConsumerRunningInfo): string {
  return [
    section("Consumer Properties", propertyLines(concurrentOrder([...info.properties], nameOf))),
    section("Consumer Subscription", subscriptionLines(info)),
    section("Consumer Offset", offsetLines(info)),
    section("Consumer MQ Detail", pulledLines(info)),
    section("Consumer Pop Detail", poppedLines(info)),
    section("Consumer RT&TPS", rateLines(info)),
    // Tools read what a client does not tell as an empty table.
    section("User Consume Info", propertyLines([...(info.userInfo ?? [])].sort(byName))),
    ...(info.stacks === undefined ? [] : [section("Consumer jstack", [info.stacks])]),
  ].join("\n\n");
}

/** Whether all members want the same; members that have only just come may still differ. */
export function hasSameSubscriptions(
  infos: readonly ConsumerRunningInfo[],
  nowMs: number,
): boolean {
  const [first] = infos;
  const startedAtMs = Number(first?.properties.get("PROP_CONSUMER_START_TIMESTAMP") ?? nowMs);
  if (first === undefined || !isPassive(first) || nowMs - startedAtMs <= settledMs) {
    return true;
  }
  return new Set(infos.map((info) => JSON.stringify(wantedOf(info)))).size === 1;
}

/** True of a consumer that is handed its messages. */
export function isPassive(info: ConsumerRunningInfo): boolean {
  return info.properties.get("PROP_CONSUME_TYPE") === "CONSUME_PASSIVELY";
}

/** A line for each queue that its member does not get on with. */
export function stuckQueues(
  clientId: string,
  info: ConsumerRunningInfo,
  nowMs: number,
): readonly string[] {
  const isOrdered = info.properties.get("PROP_CONSUMEORDERLY")?.toLowerCase() === "true";
  return [...info.pulled].sort(byQueue).flatMap(([queue, state]) => {
    const { topic, brokerName, queueId } = queue;
    const shown = `MessageQueue [topic=${topic}, brokerName=${brokerName}, queueId=${queueId}]`;
    const problem = isOrdered ? orderedProblem(state, nowMs) : parallelProblem(state, nowMs);
    return problem === undefined ? [] : [`${clientId} ${shown} ${problem}`];
  });
}

function orderedProblem(state: PulledQueue, nowMs: number): string | undefined {
  if (!state.isLocked) {
    return `can't lock for a while, ${nowMs - state.lockedAtMs}ms`;
  }
  return state.isDropped && state.unlockAttempts > 0
    ? `unlock ${state.unlockAttempts} times, still failed`
    : undefined;
}

function parallelProblem(state: PulledQueue, nowMs: number): string | undefined {
  const idleMs = nowMs - state.consumedAtMs;
  return idleMs > stuckMs && state.cachedMessages > 0
    ? `can't consume for a while, maybe blocked, ${idleMs}ms`
    : undefined;
}

function section(title: string, lines: readonly string[]): string {
  return `#${title}#\n${lines.join("")}`;
}

function nameOf([name]: readonly [string, string]): string {
  return name;
}

function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

function propertyLines(rows: readonly (readonly [string, string])[]): readonly string[] {
  return rows.map(([name, value]) => format("%-40s: %s%n", name, value));
}

function wantedOf(info: ConsumerRunningInfo): readonly string[] {
  return info.subscriptions.map(({ topic, expression }) => `${topic}@${expression}`).sort();
}

function subscriptionLines({ subscriptions }: ConsumerRunningInfo): readonly string[] {
  const key = ({ topic, expression }: (typeof subscriptions)[number]): string =>
    `${topic}@${expression}`;
  return [...subscriptions]
    .sort((left, right) => (key(left) < key(right) ? -1 : 1))
    .map(({ topic, classFilterMode, expression }, index) =>
      format(
        "%03d Topic: %-40s ClassFilter: %-8s SubExpression: %s%n",
        ...[index + 1, topic, classFilterMode, expression],
      ),
    );
}

function offsetLines({ pulled }: ConsumerRunningInfo): readonly string[] {
  const rows = [...pulled].sort(byQueue).map(([{ topic, brokerName, queueId }, state]) => {
    const pattern = "%-32s  %-32s  %-4d  %-20d%n";
    return format(pattern, topic, brokerName, queueId, state.commitOffset);
  });
  return [format(queueHead, "#Topic", "#Broker Name", "#QID", "#Consumer Offset"), ...rows];
}

function pulledLines({ pulled }: ConsumerRunningInfo): readonly string[] {
  const rows = [...pulled].sort(byQueue).map(([{ topic, brokerName, queueId }, state]) => {
    const pattern = "%-64s  %-32s  %-4d  %s%n";
    return format(pattern, topic, brokerName, queueId, pulledText(state));
  });
  return [format(queueHead, "#Topic", "#Broker Name", "#QID", "#ProcessQueueInfo"), ...rows];
}

function pulledText(state: PulledQueue): string {
  const members = [
    ["commitOffset", state.commitOffset],
    ["cachedMsgMinOffset", state.cachedMinOffset],
    ["cachedMsgMaxOffset", state.cachedMaxOffset],
    ["cachedMsgCount", state.cachedMessages],
    ["cachedMsgSizeInMiB", state.cachedMebibytes],
    ["transactionMsgMinOffset", state.transactionMinOffset],
    ["transactionMsgMaxOffset", state.transactionMaxOffset],
    ["transactionMsgCount", state.transactionMessages],
    ["locked", state.isLocked],
    ["tryUnlockTimes", state.unlockAttempts],
    ["lastLockTimestamp", compactTime(state.lockedAtMs)],
    ["droped", state.isDropped],
    ["lastPullTimestamp", compactTime(state.pulledAtMs)],
    ["lastConsumeTimestamp", compactTime(state.consumedAtMs)],
  ];
  return `ProcessQueueInfo [${members.map(([name, value]) => `${name}=${value}`).join(", ")}]`;
}

function poppedLines({ popped }: ConsumerRunningInfo): readonly string[] {
  const head = format(
    "%-32s  %-32s  %-4s  %-20s%n",
    ...["#Topic", "#Broker Name", "#QID", "#ProcessQueueInfo"],
  );
  const rows = [...popped].sort(byQueue).map(([{ topic, brokerName, queueId }, state]) => {
    const { waitingForAck, isDropped, poppedAtMs } = state;
    const shown = `PopProcessQueueInfo [waitAckCount:${waitingForAck}, droped:${isDropped}, lastPopTimestamp:${poppedAtMs}]`;
    return format("%-32s  %-32s  %-4d  %s%n", topic, brokerName, queueId, shown);
  });
  return [head, ...rows];
}

function rateLines({ rates }: ConsumerRunningInfo): readonly string[] {
  const head = format(
    "%-64s  %14s %14s %14s %14s %18s %25s%n",
    ...["#Topic", "#Pull RT", "#Pull TPS", "#Consume RT", "#ConsumeOK TPS"],
    ...["#ConsumeFailed TPS", "#ConsumeFailedMsgsInHour"],
  );
  const rows = [...rates]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([topic, row]) =>
      format(
        "%-32s  %14.2f %14.2f %14.2f %14.2f %18.2f %25d%n",
        ...[topic, row.pullMs, row.pullRate, row.consumeMs, row.consumeOkRate],
        ...[row.consumeFailedRate, row.failedLastHour],
      ),
    );
  return [head, ...rows];
}
