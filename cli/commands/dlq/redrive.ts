/** `mq dlq redrive`: dead letters are sent again, each of them once, also by a run that goes on after a kill. */
import type { Message, ReceivedMessage } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { count, type FlagValues, flag, rate, text, toggle } from "../../flag.ts";
import { pause } from "../../pause.ts";
import type { Column } from "../../render/listing.ts";
import { storedMessages } from "../message/stored-messages.ts";
import { type TailRange, tailRange } from "../topic/tail-start.ts";
import { chosenFlags, chosenLetters } from "./chosen-letters.ts";
import { originOf, readableQueues } from "./dead-letters.ts";
import { pickedLetters } from "./picked-letters.ts";
import { type Place, RedriveState } from "./redrive-state.ts";

const columns: readonly Column[] = [
  { key: "status", head: "STATUS" },
  { key: "broker", head: "BROKER" },
  { key: "queue", head: "QUEUE", align: "right" },
  { key: "offset", head: "OFFSET", align: "right" },
  { key: "topic", head: "TOPIC" },
  { key: "messageId", head: "MESSAGE ID" },
  { key: "repeated", head: "REPEATED" },
  { key: "reason", head: "REASON" },
];

/** What became of a dead letter. */
interface Outcome {
  readonly status: "planned" | "sent" | "skipped" | "failed";
  readonly topic: string | null;
  readonly messageId: string | null;
  readonly repeated: boolean;
  readonly reason: string | null;
}

/** What brokers and clients noted on a message's way here, and note anew. */
const wayProperties: ReadonlySet<string> = new Set([
  ...["TAGS", "KEYS", "UNIQ_KEY", "WAIT", "MSG_REGION", "TRACE_ON", "CLUSTER", "__CRC32#"],
  ...["RETRY_TOPIC", "ORIGIN_MESSAGE_ID", "DLQ_ORIGIN_TOPIC", "DLQ_ORIGIN_MESSAGE_ID"],
  ...["REAL_TOPIC", "REAL_QID", "DELAY", "RECONSUME_TIME", "MAX_RECONSUME_TIMES"],
  ...["MIN_OFFSET", "MAX_OFFSET", "CONSUME_START_TIME"],
]);
/** Names the dead letter, so that a consumer can tell what it saw before. */
const fromProperty = "REDRIVEN_FROM";

/** Errors after which it is known that nothing was stored. */
const answered: ReadonlySet<string> = new Set(["MQ-E-REFUSED", "MQ-E-NOROUTE"]);

const flagShape = {
  since: flag(text(1).optional(), { about: "died at or after: 15m, RFC 3339", value: "TIME" }),
  until: flag(text(1).optional(), { about: "died before", value: "TIME" }),
  ...chosenFlags,
  pick: toggle("mark at a terminal which of them are meant"),
  to: flag(text(1).optional(), {
    about: "to this topic instead of the one that each came from",
    value: "TOPIC",
    completes: "topic",
  }),
  rate: flag(rate().default(50), { about: "at most N a second (50)", value: "N" }),
  max: flag(count(1).optional(), { about: "at most N messages", value: "N" }),
  state: flag(text(1).optional(), {
    about: "file that says what was sent; one a group in the user's state folder",
    value: "FILE",
  }),
  stopOnError: toggle("end with the first that cannot be sent"),
} as const;

type RedriveFlags = FlagValues<typeof flagShape>;

export const command = defineCommand({
  spec: {
    path: ["dlq", "redrive"],
    summary: "send dead letters again",
    description:
      "Each goes to the topic that it came from, where every group sees it again; --to '%RETRY%GROUP' gives it to the group\nalone. The dead letters stay. What was sent stands in a file, and is passed over by the next run; what was being sent\nwhen a run was killed is sent again and marked as repeated. Exit code 7 when some could not be sent.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: flagShape,
    output: (z) =>
      z.object({
        status: z.enum(["planned", "sent", "skipped", "failed"]),
        broker: z.string(),
        queue: z.number(),
        offset: z.number(),
        topic: z.string().nullable(),
        messageId: z.string().nullable(),
        repeated: z.boolean(),
        reason: z.string().nullable(),
      }),
    examples: [
      "mq dlq redrive billing --since 1h --dry-run",
      "mq dlq redrive billing --grep timeout --rate 20 --yes",
      "mq dlq redrive billing --where 'body.amount > 100' --ids failed.txt --yes",
      "mq dlq redrive billing --pick",
      "mq dlq redrive billing --to '%RETRY%billing' --max 100 --yes -o jsonl > outcome.jsonl",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const { pull } = context.client();
    const options = { isFollowing: false, nowMs: context.environment.clock.nowMs() };
    const queues = await readableQueues(context, group);
    const ranges = await Promise.all(queues.map((queue) => tailRange(pull, queue, flags, options)));
    const count = ranges.reduce(
      (sum, { startOffset, endOffset }) => sum + endOffset - startOffset,
      0,
    );
    const letters = await chosenBy(context, flags, ranges);
    if (letters === undefined) {
      context.output.note("nothing was sent");
      return exitCode.precondition;
    }
    const where = flags.to === undefined ? "the topics they came from" : `'${flags.to}'`;
    const question = `Send ${letters.count ?? `up to ${count}`} dead letters of '${group}' to ${where} again?`;
    if (!context.global.dryRun && !(await context.confirm(question))) {
      context.output.note("nothing was sent");
      return exitCode.precondition;
    }
    const state = RedriveState.open(context, group, flags.state);
    try {
      const redrive = new Redrive(context, flags, state);
      await redrive.run(ranges, letters.matches);
      return redrive.finish();
    } finally {
      state.close();
    }
  },
});

interface ChosenLetters {
  readonly matches: (message: ReceivedMessage) => boolean;
  /** How many they are, where it is known. */
  readonly count: number | undefined;
}

/** Those that the flags mean; with `--pick` those of them that were marked, undefined when none was. */
async function chosenBy(
  context: CommandContext,
  flags: RedriveFlags,
  ranges: readonly TailRange[],
): Promise<ChosenLetters | undefined> {
  const matches = chosenLetters(context, flags);
  if (!flags.pick) {
    return { matches, count: undefined };
  }
  const picked = await pickedLetters(
    context,
    storedMessages(context.client().pull, ranges),
    matches,
  );
  if (picked === undefined || picked.length === 0) {
    return undefined;
  }
  const ids = new Set(picked.map(({ offsetMessageId }) => offsetMessageId));
  return { matches: ({ offsetMessageId }) => ids.has(offsetMessageId), count: picked.length };
}

class Redrive {
  readonly #context: CommandContext;
  readonly #flags: RedriveFlags;
  readonly #state: RedriveState;
  readonly #startedMs: number;
  #taken = 0;
  #sent = 0;
  #failed = 0;
  #skipped = 0;
  #before = 0;
  #repeated = 0;

  constructor(context: CommandContext, flags: RedriveFlags, state: RedriveState) {
    this.#context = context;
    this.#flags = flags;
    this.#state = state;
    this.#startedMs = context.environment.clock.elapsedMs();
  }

  async run(
    ranges: readonly TailRange[],
    matches: (message: ReceivedMessage) => boolean,
  ): Promise<void> {
    const { pull } = this.#context.client();
    const { max = Number.POSITIVE_INFINITY, stopOnError } = this.#flags;
    for await (const message of storedMessages(pull, ranges)) {
      const isOver = this.#taken >= max || (stopOnError && this.#failed > 0);
      if (this.#context.signal.aborted || isOver) {
        return;
      }
      if (!matches(message)) {
        continue;
      }
      if (this.#state.isSent(placeOf(message))) {
        this.#before++;
        continue;
      }
      this.#taken++;
      await this.#redrive(message);
    }
  }

  finish(): ExitCode | undefined {
    const { output, global, signal } = this.#context;
    const notes = [
      `${this.#sent} ${global.dryRun ? "would be sent" : "sent"}`,
      ...(this.#failed > 0 ? [`${this.#failed} failed`] : []),
      ...(this.#skipped > 0 ? [`${this.#skipped} skipped`] : []),
      ...(this.#before > 0 ? [`${this.#before} were sent before`] : []),
      ...(this.#repeated > 0 ? [`${this.#repeated} may be there twice`] : []),
    ];
    output.note(`${notes.join(", ")}; ${this.#state.path} says which`);
    if (signal.aborted) {
      return exitCode.interrupted;
    }
    return this.#failed > 0 || this.#skipped > 0 ? exitCode.partial : undefined;
  }

  async #redrive(message: ReceivedMessage): Promise<void> {
    const place = placeOf(message);
    const topic = this.#flags.to ?? originOf(message).originTopic;
    const repeated = this.#state.isDoubtful(place);
    if (topic === null || message.isCompressed) {
      const reason =
        topic === null ? "it does not say where it came from: --to" : "unknown compression";
      this.#skipped++;
      this.#print(place, { status: "skipped", topic, messageId: null, repeated, reason });
      return;
    }
    if (this.#context.global.dryRun) {
      this.#sent++;
      this.#repeated += repeated ? 1 : 0;
      this.#print(place, { status: "planned", topic, messageId: null, repeated, reason: null });
      return;
    }
    await this.#pace();
    this.#state.note(place, "sending");
    try {
      const { producer } = this.#context.client();
      const result = await producer.send(messageFor(message, topic), { retries: 0 });
      this.#state.note(place, "sent");
      this.#sent++;
      this.#repeated += repeated ? 1 : 0;
      const messageId = result.offsetMessageId;
      this.#print(place, { status: "sent", topic, messageId, repeated, reason: null });
    } catch (error) {
      this.#noteFailure(place, topic, error, repeated);
    }
  }

  /** Without an answer nobody knows whether it was stored: the next run says so. */
  #noteFailure(place: Place, topic: string, error: unknown, repeated: boolean): void {
    const { code, message } = toCommandError(error);
    if (answered.has(code) && !repeated) {
      this.#state.note(place, "failed");
    }
    this.#failed++;
    this.#print(place, { status: "failed", topic, messageId: null, repeated, reason: message });
  }

  #print(place: Place, outcome: Outcome): void {
    const { output } = this.#context;
    if (output.format === "table" || output.format === "wide") {
      output.text(lineOf(place, outcome));
      return;
    }
    output.row({ ...outcome, ...place }, { columns, nameKey: "offset", noun: "dead letter" });
  }

  async #pace(): Promise<void> {
    const { clock } = this.#context.environment;
    const dueMs = this.#startedMs + ((this.#sent + this.#failed) * 1_000) / this.#flags.rate;
    const waitMs = dueMs - clock.elapsedMs();
    if (waitMs > 0) {
      await pause(this.#context, waitMs, this.#context.signal);
    }
  }
}

/** `sent broker-a q0@3 to orders as 7F…`: at once, as it goes. */
function lineOf({ broker, queue, offset }: Place, outcome: Outcome): string {
  const { status, topic, messageId, repeated, reason } = outcome;
  const parts = [
    `${status} ${broker} q${queue}@${offset}`,
    ...(topic === null ? [] : [`to ${topic}`]),
    ...(messageId === null ? [] : [`as ${messageId}`]),
    ...(repeated ? ["(perhaps a second time)"] : []),
  ];
  return `${parts.join(" ")}${reason === null ? "" : `: ${reason}`}\n`;
}

function placeOf({ brokerName, queueId, queueOffset }: ReceivedMessage): Place {
  return { broker: brokerName, queue: queueId, offset: queueOffset };
}

function messageFor(dead: ReceivedMessage, topic: string): Message {
  const properties = new Map([...dead.properties].filter(([name]) => !wayProperties.has(name)));
  properties.set(fromProperty, dead.offsetMessageId);
  return { topic, body: dead.body, tag: dead.tag, keys: dead.keys, properties, flag: dead.flag };
}
