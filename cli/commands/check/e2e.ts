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
import { pause } from "../../pause.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import { toolsGroup } from "../message/stored-messages.ts";
import { deleteRoutes, deleteTopicAt } from "../topic/topic-deletion.ts";
import {
  type CheckStatus,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
  worst,
} from "./result.ts";

const readWrite = 6;
const permWrite = 2;
const routedWithinMs = 5_000;
const lookEveryMs = 25;
const holdMs = 500;

export const command = defineCommand({
  spec: {
    path: ["check", "e2e"],
    summary: "send a message through each broker and read it back",
    description:
      "The time is from before the send until the message was read. Without --topic each run makes a topic of its own and\ndeletes it; what it sent stays in the log until retention takes it. For a check that runs every minute make a topic\nonce and name it: nothing is made or deleted then, and no group is left anywhere. Exit code 0 ok, 1 warning, 2 critical.",
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
      const topic = flags.topic ?? `mq-check-e2e-${context.environment.random.hex(8)}`;
      const isOwn = flags.topic === undefined;
      try {
        const serving = isOwn
          ? await makeTopic(context, topic, brokers)
          : await writable(client, topic, brokers);
        const trips = await inParallel(serving, ({ brokerName }) =>
          roundTrip(context, { topic, brokerName, queueId: 0 }, flags.crit),
        );
        return resultOf(options.subject, trips, flags);
      } finally {
        if (isOwn) {
          await removeTopic(context, topic, brokers);
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
            name: `${brokerName} e2e`,
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

async function makeTopic(
  context: CommandContext,
  topic: string,
  brokers: readonly BrokerAddress[],
): Promise<readonly BrokerAddress[]> {
  const { admin } = context.client();
  for (const { address } of brokers) {
    await admin.topics.update(address, {
      ...{ topic, readQueueCount: 1, writeQueueCount: 1, perm: readWrite },
    });
  }
  const { clock } = context.environment;
  const endMs = clock.elapsedMs() + routedWithinMs;
  while ((await routedNames(context.client(), topic)).size < brokers.length) {
    if (clock.elapsedMs() >= endMs || context.signal.aborted) {
      throw new ClientError("no_route", `nameservers did not learn of topic '${topic}' in time`);
    }
    admin.topics.forget(topic);
    await pause(context, lookEveryMs, context.signal);
  }
  return brokers;
}

/** Names of brokers where the topic can be written. */
async function routedNames({ admin }: Client, topic: string): Promise<ReadonlySet<string>> {
  try {
    const { queues, brokers } = await admin.topics.route(topic);
    const led = brokers.filter(({ addresses }) => addresses.has(0));
    return new Set(
      queues
        .filter(({ perm, writeQueueCount }) => (perm & permWrite) !== 0 && writeQueueCount > 0)
        .map(({ brokerName }) => brokerName)
        .filter((name) => led.some(({ brokerName }) => brokerName === name)),
    );
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return new Set();
    }
    throw error;
  }
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

/** As far as it can be: a broker that is down keeps its part, and a note says so. */
async function removeTopic(
  context: CommandContext,
  topic: string,
  brokers: readonly BrokerAddress[],
): Promise<void> {
  const client = context.client();
  const left: string[] = [];
  for (const { address, brokerName } of brokers) {
    await deleteTopicAt(client.admin, address, topic).catch(() => left.push(brokerName));
  }
  const missing =
    left.length > 0 ? [] : await deleteRoutes(client, topic, brokers).catch(() => [undefined]);
  if (left.length > 0 || missing.length > 0) {
    context.output.note(
      `topic '${topic}' could not be deleted everywhere: mq topic delete ${topic}`,
    );
  }
}
