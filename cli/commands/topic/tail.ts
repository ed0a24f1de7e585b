/** `mq topic tail`: joins no group, and commits nothing unless it is told. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { count, duration, type FlagValues, flag, onOff, text, toggle } from "../../flag.ts";
import { filterFlags, isFiltering, messageFilter } from "../message/message-filter.ts";
import { lookFlags, messageLook, messageSchema } from "../message/message-look.ts";
import { chosenQueues } from "./chosen-queues.ts";
import { parseOffsetExpression } from "./offset-expression.ts";
import { groupCommits } from "./tail-commits.ts";
import { TailPrinter } from "./tail-printer.ts";
import { TailSession } from "./tail-session.ts";
import { tailRange } from "./tail-start.ts";

const withinDefaultMs = 30_000;

const flagShape = {
  follow: flag(onOff().optional(), { about: "wait for more (on a terminal)", short: "f" }),
  exitAtEnd: toggle("stop at the end, also on a terminal"),
  offset: flag(text().optional(), {
    about: "start, end, N, +N, -N, @TIME, FROM:TO",
    value: "EXPR",
  }),
  since: flag(text().optional(), { about: "from a time on: 15m, RFC 3339", value: "TIME" }),
  until: flag(text().optional(), { about: "up to a time", value: "TIME" }),
  last: flag(count(1).optional(), { about: "the newest N that are meant", value: "N" }),
  queue: flag(text().optional(), { about: "only these queue ids", value: "0,3" }),
  tag: flag(text().optional(), { about: "tags, filtered by the broker", value: "A||B" }),
  sql: flag(text(1).optional(), {
    about: "a condition over properties in SQL92, filtered by the broker",
    value: "EXPR",
  }),
  ...filterFlags,
  count: flag(count(1).optional(), { about: "stop after N messages", value: "N" }),
  idle: flag(duration().optional(), {
    about: "stop when none came for so long",
    value: "DURATION",
  }),
  ...lookFlags,
  group: flag(text(1).optional(), {
    about: "begin where this group stands",
    value: "GROUP",
    completes: "group",
  }),
  commit: toggle("move --group behind what was shown"),
  expect: flag(count(1).optional(), { about: "succeed once N messages came", value: "N" }),
  within: flag(duration().optional(), { about: "time for --expect (30s)", value: "DURATION" }),
} as const;

type TailFlags = FlagValues<typeof flagShape>;

export const command = defineCommand({
  spec: {
    path: ["topic", "tail"],
    summary: "show messages as they come",
    description:
      "Follows on a terminal, with --expect and with --idle; elsewhere reads to the end. Joins no group, and commits offsets\nonly with --group and --commit. --tag and --sql are filtered by the broker, the rest here. A follower outlives a broker's\nrestart.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: flagShape,
    output: messageSchema,
    examples: [
      "mq topic tail orders",
      "mq topic tail orders --since 5m --tag 'PAID||REFUND'",
      "mq topic tail orders --last 5 --where \"body.amount > 100 and region = 'eu'\"",
      "mq topic tail orders --offset @-1h:@-30m -F '%d %k %v\\n'",
      "mq topic tail orders --last 1 -o jsonl | jq .body",
      "mq topic tail orders --offset end --expect 1 --within 30s",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const { environment, terminal } = context;
    const nowMs = environment.clock.nowMs();
    checkFlags(flags, nowMs);
    const isFollowing = follows(flags, terminal.isOutputTerminal, nowMs);
    const matches = messageFilter(flags, nowMs);
    const look = await messageLook(context, flags);
    const { pull } = context.client();
    const queues = chosenQueues(await pull.queues(topic), flags.queue);
    const commits = await commitsOf(context, flags);
    const ranges = await Promise.all(
      queues.map((queue) => tailRange(pull, queue, flags, { isFollowing, nowMs })),
    );
    const session = new TailSession(context, {
      topic,
      ranges,
      isFollowing,
      expression: flags.tag,
      sql: flags.sql,
      matches,
      // Where the broker leaves some out, the newest N are not the last N offsets.
      last: flags.last,
      isLastExact: flags.tag === undefined && flags.sql === undefined && !isFiltering(flags),
      countMax: flags.count ?? flags.expect ?? context.global.limit,
      expected: flags.expect,
      expectedWithinMs: flags.within ?? withinDefaultMs,
      idleMs: flags.idle,
      print: new TailPrinter(context, look, flags.format).print,
      commits,
    });
    return await session.run();
  },
});

/** Flags that would be passed over in silence, or say two things. */
function checkFlags(flags: TailFlags, nowMs: number): void {
  const starts = (["offset", "since", "last"] as const).filter((name) => flags[name] !== undefined);
  if (starts.length > 1) {
    throw usageError(`--${starts.join(" and --")} both say where to begin: give one`);
  }
  const end = endOf(flags, nowMs);
  if (flags.until !== undefined && end !== undefined) {
    throw usageError("--until and the end in --offset both say where to end: give one");
  }
  if (
    flags.follow === true &&
    (flags.exitAtEnd || flags.until !== undefined || end !== undefined)
  ) {
    throw usageError(
      "--follow has no end: leave out --exit-at-end, --until and an end in --offset",
    );
  }
  if (flags.within !== undefined && flags.expect === undefined) {
    throw usageError(
      "--within is the time for --expect N: give that as well",
      "--idle 5s ends when nothing comes",
    );
  }
  if (flags.commit && flags.group === undefined) {
    throw usageError("--commit moves a group: say which with --group");
  }
  if (flags.tag !== undefined && flags.sql !== undefined) {
    throw usageError("--tag and --sql are both for the broker, which takes one");
  }
}

function endOf({ offset }: TailFlags, nowMs: number) {
  return offset === undefined ? undefined : parseOffsetExpression(offset, nowMs).to;
}

function follows(flags: TailFlags, isTerminal: boolean, nowMs: number): boolean {
  const hasEnd = flags.until !== undefined || flags.exitAtEnd || endOf(flags, nowMs) !== undefined;
  const isWaiting = flags.expect !== undefined || flags.idle !== undefined;
  return !hasEnd && (flags.follow ?? (isWaiting || isTerminal));
}

async function commitsOf(context: CommandContext, { group, commit }: TailFlags) {
  return commit && group !== undefined ? await groupCommits(context, group) : undefined;
}
