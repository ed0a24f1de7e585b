/** Setting groups to the offsets of a document: where they have none, or everywhere when that is said. */
import type { Client, MessageQueue } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { isRouted, untilRouted } from "../topic/routed.ts";
import { type Change, refuseUnknownBrokers } from "./change.ts";
import type { BrokerState, ClusterState } from "./cluster-state.ts";
import type { GroupOffsets, MetadataDocument } from "./document.ts";

export interface OffsetOptions {
  /** Also where the group has other offsets. */
  readonly isOverwriting: boolean;
}

/** A change for each group, topic and broker of the document that something is to be done for. */
export function compareOffsets(
  context: CommandContext,
  { offsets = [] }: MetadataDocument,
  state: ClusterState,
  options: OffsetOptions,
): readonly Change[] {
  const known = state.brokers.map(({ broker }) => broker.brokerName);
  refuseUnknownBrokers(
    offsets.map(({ broker }) => broker),
    known,
  );
  return offsets.flatMap((wanted) => {
    const at = state.brokers.find(({ broker }) => broker.brokerName === wanted.broker);
    return at === undefined ? [] : changeOf(context, wanted, at, options);
  });
}

function changeOf(
  context: CommandContext,
  wanted: GroupOffsets,
  { offsets }: BrokerState,
  { isOverwriting }: OffsetOptions,
): readonly Change[] {
  const { group, topic, broker } = wanted;
  const there = offsets.get(`${topic}@${group}`) ?? new Map<number, number>();
  const other = [...wanted.queues].filter(([queueId, offset]) => there.get(queueId) !== offset);
  const fresh = other.filter(([queueId]) => !there.has(queueId));
  const moved = isOverwriting ? other : fresh;
  const keptCount = other.length - moved.length;
  const base = { thing: "offsets", name: `${group}@${topic}`, target: broker } as const;
  const kept: readonly Change[] =
    keptCount === 0
      ? []
      : [
          {
            ...base,
            action: "keep",
            fields: [],
            losses: [],
            carryOut: undefined,
            reason: `${keptCount} queues stand elsewhere: --overwrite moves them`,
          },
        ];
  if (moved.length === 0) {
    return kept;
  }
  const change: Change = {
    ...base,
    action: fresh.length === moved.length ? "create" : "update",
    fields: moved.map(([queueId, to]) => ({
      name: `q${queueId}`,
      from: there.get(queueId) ?? null,
      to,
    })),
    losses: [],
    carryOut: async (client) => {
      if (!(await isRouted(context, topic)) && !(await untilRouted(context, topic))) {
        throw new CommandError("MQ-E-NOROUTE", exitCode.notFound, `'${topic}' has no route`);
      }
      await moveQueues(
        client,
        group,
        moved.map(([queueId, offset]) => ({
          queue: { topic, brokerName: broker, queueId },
          offset,
          isNew: !there.has(queueId),
        })),
      );
    },
  };
  return [change, ...kept];
}

interface Move {
  readonly queue: MessageQueue;
  readonly offset: number;
  readonly isNew: boolean;
}

/** All that can be moved are; an offset that the queue does not reach would make its readers start anew. */
async function moveQueues(client: Client, group: string, moves: readonly Move[]): Promise<void> {
  const beyond: string[] = [];
  for (const { queue, offset, isNew } of moves) {
    const end = await client.pull.maxOffset(queue);
    if (offset > end) {
      beyond.push(`q${queue.queueId} ends at ${end}, not ${offset}`);
    } else if (isNew) {
      await client.pull.commitOffset(group, queue, offset);
    } else {
      await client.admin.groups.resetOffset(group, queue, offset);
    }
  }
  if (beyond.length > 0) {
    throw new CommandError(
      "MQ-E-PARTIAL",
      exitCode.partial,
      `the messages are not there: ${beyond.join(", ")}`,
    );
  }
}
