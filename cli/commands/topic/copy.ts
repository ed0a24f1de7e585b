/** `mq topic copy`: what lies in a topic is sent to another one, here or in another cluster, each message once. */
import type { Client, MessageQueue, ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { type FlagValues, flag, text } from "../../flag.ts";
import { copyOf } from "../message/message-copy.ts";
import { filterFlags, messageFilter } from "../message/message-filter.ts";
import { storedMessages } from "../message/stored-messages.ts";
import { type Part, Transfer, transferFlags, transferSchema } from "../message/transfer.ts";
import { type Place, TransferState } from "../message/transfer-state.ts";
import { chosenQueues } from "./chosen-queues.ts";
import { type TailRange, tailRange } from "./tail-start.ts";

const flagShape = {
  toNameserver: flag(text(1).optional(), {
    about: "the other topic's cluster (this one)",
    value: "HOST:PORT,…",
  }),
  since: flag(text(1).optional(), { about: "stored at or after: 15m, RFC 3339", value: "TIME" }),
  until: flag(text(1).optional(), { about: "stored before", value: "TIME" }),
  queue: flag(text(1).optional(), { about: "only these queue ids", value: "0,3" }),
  tag: flag(text(1).optional(), { about: "only with one of the tags", value: "A||B" }),
  ...filterFlags,
  ...transferFlags,
} as const;

type CopyFlags = FlagValues<typeof flagShape>;

export const command = defineCommand({
  spec: {
    path: ["topic", "copy"],
    summary: "send a topic's messages to another topic",
    description:
      "Messages keep body, compression, properties, keys, flag and unique key; place, store time and hosts are new. Those of\na queue stay in order, in one queue of the other topic. What was sent stands in a file: the next run goes on there, with\nwhat came meanwhile or after a kill; what was being sent then is sent again and counted. Ends with the first message that\ncannot be sent (7), or passes over it with --skip-failed.",
    arguments: [
      { name: "FROM", about: "topic to read", completes: "topic" },
      { name: "TO", about: "topic to send to; it must be there", completes: "topic" },
    ],
    flags: flagShape,
    output: transferSchema,
    examples: [
      "mq topic copy orders orders-copy --since 1h --dry-run",
      "mq topic copy orders orders --to-nameserver ns.staging:9876 --tag PAID --rate 500 --yes",
    ],
  },
  async run(context, { arguments: [from = "", to = ""], flags }) {
    const source = context.client();
    const target = context.clientAt(flags.toNameserver);
    if (from === to && source === target) {
      throw usageError(
        "a topic cannot be copied to itself",
        "--to-nameserver names another cluster",
      );
    }
    const queues = chosenQueues(await source.pull.queues(from), flags.queue);
    const options = { isFollowing: false, nowMs: context.environment.clock.nowMs() };
    const range = { since: flags.since, until: flags.until };
    const whole = await Promise.all(
      queues.map((queue) => tailRange(source.pull, queue, range, options)),
    );
    // Asked for its queues, a cluster would make a missing topic: it is not made by mistake.
    await target.pull.queues(to);
    const targets = await target.producer.queues(to);
    const state = TransferState.open(context, flags.state, identityOf(context, from, to, flags));
    try {
      const ranges = whole.map((each) => restOf(each, state));
      const count = sumOf(ranges);
      const question = `Send up to ${count} messages of '${from}' to '${to}'${at(flags)}?`;
      const asked = { nameservers: flags.toNameserver, name: to };
      if (!context.global.dryRun && count > 0 && !(await context.confirm(question, asked))) {
        context.output.note("nothing was sent");
        return exitCode.precondition;
      }
      const transfer = new Transfer(context, {
        from,
        to: `${to}${at(flags)}`,
        client: target,
        state,
        rate: flags.rate,
        skipFailed: flags.skipFailed,
        queueOf: queueMap(queues, targets),
        before: () => sumOf(whole) - count,
      });
      const code = await transfer.run(partsOf({ context, source, ranges, flags, to }));
      if (transfer.isComplete && !context.global.dryRun) {
        // What the filter passed over need not be looked at again.
        for (const { queue, endOffset } of ranges.filter(({ endOffset }) => endOffset > 0)) {
          state.done({ lane: laneOf(queue), offset: endOffset - 1 });
        }
      }
      return code;
    } finally {
      state.close();
    }
  },
});

function identityOf({ global }: CommandContext, from: string, to: string, flags: CopyFlags) {
  const { toNameserver = null, queue, tag, key, prop, grep, where, since, until } = flags;
  const filter = { queue, tag, key, prop, grep, where, since, until };
  return { command: "copy", from, to, toNameserver, ...filter, at: global.nameserver ?? null };
}

function at({ toNameserver }: CopyFlags): string {
  return toNameserver === undefined ? "" : ` at ${toNameserver}`;
}

function laneOf({ brokerName, queueId }: Pick<MessageQueue, "brokerName" | "queueId">): string {
  return `${brokerName}/${queueId}`;
}

function restOf(range: TailRange, state: TransferState): TailRange {
  const next = state.nextOf(laneOf(range.queue)) ?? range.startOffset;
  return {
    ...range,
    startOffset: Math.min(Math.max(range.startOffset, next), range.endOffset),
  };
}

function sumOf(ranges: readonly TailRange[]): number {
  return ranges.reduce(
    (sum, { startOffset, endOffset }) => sum + Math.max(0, endOffset - startOffset),
    0,
  );
}

/** Each queue's messages go to one queue, so that their order stays. */
function queueMap(queues: readonly MessageQueue[], targets: readonly MessageQueue[]) {
  const map = new Map(
    queues.map((queue, index) => [laneOf(queue), targets[index % Math.max(1, targets.length)]]),
  );
  return (lane: string): MessageQueue | undefined => map.get(lane);
}

async function* partsOf({
  context,
  source,
  ranges,
  flags,
  to,
}: {
  readonly context: CommandContext;
  readonly source: Client;
  readonly ranges: readonly TailRange[];
  readonly flags: CopyFlags;
  readonly to: string;
}): AsyncGenerator<Part> {
  const matches = messageFilter(flags, context.environment.clock.nowMs());
  for await (const message of storedMessages(source.pull, ranges)) {
    if (matches(message)) {
      yield { place: placeOf(message), message: copyOf(message, to) };
    }
  }
}

function placeOf({ brokerName, queueId, queueOffset }: ReceivedMessage): Place {
  return { lane: laneOf({ brokerName, queueId }), offset: queueOffset };
}
