/** `mq check e2e`: whether a message gets through, which is what the whole is for. */
import {
  type BrokerAddress,
  type Client,
  ClientError,
  type MessageQueue,
} from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { toCommandError } from "../../command-error.ts";
import { duration, flag, text } from "../../flag.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import { toolsGroup } from "../message/stored-messages.ts";
import {
  makeOwnTopic,
  ownTopicName,
  removeLeftTopics,
  removeOwnTopic,
  routedNames,
} from "./own-topic.ts";
import {
  type CheckStatus,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
  worst,
} from "./result.ts";

const holdMs = 500;

export const command = defineCommand({
  spec: {
    path: ["check", "e2e"],
    summary: "send a message through each broker and read it back",
    description:
      "The time is from before the send until the message was read. Without --topic each run makes a topic of its own and\ndeletes it, and one that a run which was killed left an hour ago; what it sent stays in the log until retention takes it. For a check that runs every minute make a topic\nonce and name it: nothing is made or deleted then, and no group is left anywhere. Exit code 0 ok, 1 warning, 2 critical.",
    flags: {
      ...brokerChoiceFlags,
      ...checkFlags,
      topic: flag(text(1).optional(), {
        about: "send to this topic, which must be there (one of its own)",
        short: "t",
        value: "TOPIC",
        completes: "topic",
      }),
      warn: flag(duration().default(1_000), {
        about: "warning when it takes longer (1s)",
        value: "DURATION",
      }),
      crit: flag(duration().default(5_000), {
        about: "critical above; not waited for longer (5s)",
        value: "DURATION",
      }),
    },
    output: checkSchema,
    examples: [
      "mq check e2e --warn 200ms --crit 2s",
      "mq check e2e --topic canary --broker broker-a --format prometheus",
    ],
  },
  async run(context, { flags }) {
    const client = context.client();
    const options = {
      check: "e2e",
      subject: flags.topic ?? flags.broker ?? flags.cluster ?? "all brokers",
      format: flags.format,
      whenUnreachable: "critical",
    } as const;
    return await runCheck(context, options, async () => {
      const brokers = await chosenBrokers(client, flags);
      const isOwn = flags.topic === undefined;
      const topic = flags.topic ?? ownTopicName(context.environment);
      try {
        const serving = isOwn
          ? await makeOwnTopic(context, topic, brokers)
          : await writable(client, topic, brokers);
        const trips = await inParallel(serving, ({ brokerName }) =>
          roundTrip(context, { topic, brokerName, queueId: 0 }, flags.crit),
        );
        return resultOf(options.subject, trips, flags);
      } finally {
        if (isOwn) {
          await removeOwnTopic(context, topic, brokers);
          await removeLeftTopics(context);
        }
      }
    });
  },
});

interface Trip {
  readonly brokerName: string;
  /** Undefined when the message did not come back. */
  readonly tookMs: number | undefined;
  readonly problem?: string;
}

function resultOf(
  subject: string,
  trips: readonly Trip[],
  { warn, crit }: { readonly warn: number; readonly crit: number },
) {
  const figures = trips.flatMap(({ brokerName, tookMs }): readonly Figure[] =>
    tookMs === undefined
      ? []
      : [
          {
            name: "e2e",
            server: brokerName,
            value: Math.round(tookMs) / 1_000,
            unit: "s",
            ...{ warn: warn / 1_000, crit: crit / 1_000 },
          },
        ],
  );
  const lost = trips.filter(({ tookMs }) => tookMs === undefined);
  const slowest = Math.max(0, ...trips.map(({ tookMs }) => tookMs ?? 0));
  const own: CheckStatus = lost.length > 0 || trips.length === 0 ? "critical" : "ok";
  const message =
    trips.length === 0
      ? "no broker takes messages of the topic"
      : lost.length > 0
        ? lost.map(({ brokerName, problem }) => `${brokerName}: ${problem}`).join("; ")
        : `through ${trips.length} brokers within ${slowest.toFixed(0)} ms`;
  return { status: worst([own, statusOf(figures)]), subject, message, figures };
}

/** Those of the brokers that take the topic's messages. Throws ClientError `no_route` for a topic that is not there. */
async function writable(
  client: Client,
  topic: string,
  brokers: readonly BrokerAddress[],
): Promise<readonly BrokerAddress[]> {
  await client.admin.topics.route(topic);
  const names = await routedNames(client, topic);
  return brokers.filter(({ brokerName }) => names.has(brokerName));
}

async function roundTrip(
  context: CommandContext,
  queue: MessageQueue,
  withinMs: number,
): Promise<Trip> {
  const { producer, pull } = context.client();
  const { clock, random } = context.environment;
  const { brokerName } = queue;
  const body = Buffer.from(`mq check e2e ${random.hex(16)}`, "utf8");
  const startMs = clock.elapsedMs();
  try {
    const { queueOffset, status } = await producer.send({ topic: queue.topic, body }, { queue });
    while (clock.elapsedMs() - startMs < withinMs && !context.signal.aborted) {
      const found = await pull.pull({
        ...{ group: toolsGroup, queue, offset: queueOffset, countMax: 1, holdMs },
      });
      if (found.kind === "found") {
        const isSame = found.messages[0]?.body.equals(body) === true;
        return isSame
          ? { brokerName, tookMs: clock.elapsedMs() - startMs }
          : { brokerName, tookMs: undefined, problem: "another message came back" };
      }
    }
    return {
      brokerName,
      tookMs: undefined,
      problem: `the message (${status}) did not come back within ${withinMs} ms`,
    };
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    return { brokerName, tookMs: undefined, problem: toCommandError(error).message };
  }
}
