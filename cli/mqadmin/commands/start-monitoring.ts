/**
 * `mqadmin startMonitoring`: once a minute, how far groups are behind and which of their members do not get on. The
 * official tool writes the same sentences into a log file of its own.
 */
import type { ConsumerRunningInfo, QueueProgressRow } from "../../../src/client/index.ts";
import { pause } from "../../pause.ts";
import { consumptionOf, presenceOf, retryPrefix } from "../group-consumption.ts";
import { hashOrder } from "../java-order.ts";
import { hasSameSubscriptions, isPassive, stuckQueues } from "../running-info.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";

const roundMs = 60_000;
const rule = "=".repeat(41);
const toolsGroup = "TOOLS_CONSUMER";

export const subcommand: Subcommand = {
  options: [],
  spelling: () => "top",
  async run(call) {
    const { printer, signal } = call;
    await runRound(call);
    while (!signal.aborted) {
      await pause(call, roundMs, signal);
      if (!signal.aborted) {
        // Who watches a cluster must not go when its nameservers are away for a while.
        await runRound(call).catch((error: unknown) => printer.note(String(error)));
      }
    }
    return undefined;
  },
};

async function runRound(call: AdminCall): Promise<void> {
  const { client, printer, signal } = call;
  printer.print("[MONITOR] %sbeginRound%n", rule);
  const topics = await client.admin.topics.names();
  for (const topic of hashOrder(topics, (name) => name)) {
    if (topic.startsWith(retryPrefix) && !signal.aborted) {
      // As the official tool: a group that cannot be asked about, as one that is away, is left out.
      await watchGroup(call, topic.slice(retryPrefix.length)).catch(() => undefined);
    }
  }
  printer.print("[MONITOR] %sendRound%n", rule);
  printer.flush();
}

async function watchGroup(call: AdminCall, group: string): Promise<void> {
  const { client } = call;
  const { queues } = await consumptionOf(client, group);
  const presence = await presenceOf(client, group);
  if (presence === undefined) {
    return;
  }
  const topics = [...new Set(queues.map(([{ topic }]) => topic))];
  for (const topic of hashOrder(topics, (name) => name)) {
    const rows = queues.filter(([queue]) => queue.topic === topic);
    await tellUndone(call, { group, topic, rows });
  }
  const ids = presence.members.map(({ clientId }) => clientId).sort();
  const infos = new Map<string, ConsumerRunningInfo>();
  const [address = ""] = await brokersOfTopic(client, `${retryPrefix}${group}`);
  for (const clientId of ids) {
    const info = await client.admin.groups
      .runningInfo(address, { group, clientId })
      .catch(() => undefined);
    if (info !== undefined) {
      infos.set(clientId, info);
    }
  }
  tellMembers(call, group, infos);
}

async function tellUndone(
  { client, printer }: AdminCall,
  {
    group,
    topic,
    rows,
  }: {
    readonly group: string;
    readonly topic: string;
    readonly rows: readonly QueueProgressRow[];
  },
): Promise<void> {
  const behind = rows.map(([, { brokerOffset, consumerOffset }]) => brokerOffset - consumerOffset);
  const total = behind.filter((count) => count > 0).reduce((sum, count) => sum + count, 0);
  const single = Math.max(0, ...behind);
  let delayMs = 0;
  for (const [queue, { lastTimestamp }] of rows) {
    if (lastTimestamp > 0) {
      const storedAtMs = await newestStoredAt(client, queue).catch(() => undefined);
      delayMs = Math.max(delayMs, (storedAtMs ?? 0) - lastTimestamp);
    }
  }
  printer.item({ group, topic, undone: total, undoneInOneQueue: single, delayMs });
  printer.print(
    "[MONITOR] reportUndoneMsgs: UndoneMsgs [consumerGroup=%s, topic=%s, undoneMsgsTotal=%d, " +
      "undoneMsgsSingleMQ=%d, undoneMsgsDelayTimeMills=%d]%n",
    ...[group, topic, total, single, delayMs],
  );
}

/** When the newest message of a queue was stored; undefined without any. */
async function newestStoredAt(
  client: AdminCall["client"],
  queue: QueueProgressRow[0],
): Promise<number | undefined> {
  const end = await client.pull.maxOffset(queue);
  if (end === 0) {
    return undefined;
  }
  const pulled = await client.pull.pull({
    group: toolsGroup,
    queue,
    offset: end - 1,
    countMax: 1,
  });
  return pulled.kind === "found" ? pulled.messages[0]?.storeTimestampMs : undefined;
}

function tellMembers(
  { environment, printer }: AdminCall,
  group: string,
  infos: ReadonlyMap<string, ConsumerRunningInfo>,
): void {
  const nowMs = environment.clock.nowMs();
  const head = "[MONITOR]  [NOTIFY] reportConsumerRunningInfo: ConsumerGroup: ";
  if (!hasSameSubscriptions([...infos.values()], nowMs)) {
    printer.item({ group, problem: "Subscription different" });
    printer.print("%s%s, Subscription different%n", head, group);
  }
  for (const [clientId, info] of infos) {
    const problems = isPassive(info) ? stuckQueues(clientId, info, nowMs) : [];
    if (problems.length > 0) {
      printer.item({ group, clientId, problem: problems.join("\n") });
      printer.print("%s%s, ClientId: %s, %s%n", head, group, clientId, problems.join("\n"));
    }
  }
}
