/** `mq topic update`: changes what is named and leaves the rest as each broker has it. */
import {
  type BrokerAddress,
  type Client,
  gather,
  type TopicConfig,
  type TopicSettings,
} from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { notFound, usageError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { choice, type FlagValues, flag, texts, wholeNumber } from "../../flag.ts";
import type { MissingPart } from "../../render/listing.ts";
import {
  brokerChoiceFlags,
  chosenBrokers,
  exitFor,
  missingParts,
} from "../cluster/chosen-brokers.ts";
import { topicLosses } from "./topic-losses.ts";
import { permBits, permText } from "./topic-names.ts";

const queueCount = wholeNumber(1, 1_024).optional();
const flagShape = {
  queues: flag(queueCount, { about: "queues on each broker, to read and to write", value: "N" }),
  readQueues: flag(queueCount, { about: "queues that consumers read", value: "N" }),
  writeQueues: flag(queueCount, { about: "queues that producers write", value: "N" }),
  perm: flag(choice(["rw", "r", "w"]).optional(), { about: "permission", value: "PERM" }),
  attribute: flag(texts().optional(), {
    about: "set an attribute: message.type=FIFO",
    value: "NAME=VALUE",
  }),
  removeAttribute: flag(texts().optional(), { about: "remove an attribute", value: "NAME" }),
  ...brokerChoiceFlags,
} as const;

type UpdateFlags = FlagValues<typeof flagShape>;

interface PlannedChange {
  readonly broker: BrokerAddress;
  readonly before: TopicConfig;
  readonly after: TopicSettings;
  readonly isChange: boolean;
}

export const command = defineCommand({
  spec: {
    path: ["topic", "update"],
    summary: "change a topic's queues, permission or attributes",
    description:
      "Changes the topic on every broker that has it, or on those that --cluster or --broker name. Asks before queues or\npermissions are taken away: fewer queues to read hide the messages that lie in the others.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: flagShape,
    output: (z) =>
      z.object({
        name: z.string(),
        broker: z.string(),
        readQueues: z.number(),
        writeQueues: z.number(),
        perm: z.string(),
        before: z.strictObject({
          readQueues: z.number(),
          writeQueues: z.number(),
          perm: z.string(),
        }),
        outcome: z.enum(["updated", "unchanged", "would update"]),
      }),
    examples: [
      "mq topic update orders --queues 16",
      "mq topic update orders --perm r --dry-run",
      "mq topic update orders --attribute message.type=FIFO",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    const client = context.client();
    const { plan, missing } = await planned(client, topic, flags);
    const warnings = [
      ...new Set(
        plan.flatMap(({ broker, before, after }) => topicLosses(broker.brokerName, before, after)),
      ),
    ];
    for (const warning of warnings) {
      context.output.note(`warning: ${warning}`);
    }
    if (context.global.dryRun) {
      return await show(context, plan, missing, "would update");
    }
    if (warnings.length > 0 && !(await context.confirm(`Change topic '${topic}' all the same?`))) {
      context.output.note("nothing changed");
      return exitCode.precondition;
    }
    const { answers, failures } = await gather(
      plan.map(({ broker }) => broker),
      async ({ address }) => {
        const change = plan.find(({ broker }) => broker.address === address);
        if (change?.isChange === true) {
          await client.admin.topics.update(address, change.after);
        }
      },
    );
    const done = plan.filter(({ broker }) => answers.some((each) => each.broker === broker));
    return await show(context, done, [...missing, ...missingParts(failures)], "updated");
  },
});

async function planned(
  client: Client,
  topic: string,
  flags: UpdateFlags,
): Promise<{ readonly plan: readonly PlannedChange[]; readonly missing: readonly MissingPart[] }> {
  const changes = attributeChanges(flags);
  const { queues, readQueues, writeQueues, perm } = flags;
  if (changes.length === 0 && [queues, readQueues, writeQueues, perm].every((each) => !each)) {
    throw usageError("nothing to change", "give --queues, --perm or --attribute");
  }
  const { answers, failures } = await gather(await chosenBrokers(client, flags), ({ address }) =>
    client.admin.topics.config(address, topic),
  );
  const plan = answers.flatMap(({ broker, value }) =>
    value === undefined ? [] : [changeOf(broker, value, flags, changes)],
  );
  if (plan.length === 0) {
    throw notFound(`no broker has a topic '${topic}'`, "mq topic create makes it");
  }
  return { plan, missing: missingParts(failures) };
}

function attributeChanges({ attribute = [], removeAttribute = [] }: UpdateFlags): string[] {
  const wrong = attribute.find((text) => text.indexOf("=") <= 0 || text.includes(","));
  if (wrong !== undefined) {
    throw usageError(`--attribute '${wrong}' is no NAME=VALUE`);
  }
  return [...attribute.map((text) => `+${text}`), ...removeAttribute.map((name) => `-${name}`)];
}

function changeOf(
  broker: BrokerAddress,
  before: TopicConfig,
  flags: UpdateFlags,
  changes: readonly string[],
): PlannedChange {
  const after = {
    topic: before.topic,
    readQueueCount: flags.readQueues ?? flags.queues ?? before.readQueueCount,
    writeQueueCount: flags.writeQueues ?? flags.queues ?? before.writeQueueCount,
    perm: flags.perm === undefined ? before.perm : permBits(flags.perm),
    order: before.order,
    topicSysFlag: before.topicSysFlag,
    attributeChanges: changes,
  };
  const isChange =
    changes.length > 0 ||
    after.readQueueCount !== before.readQueueCount ||
    after.writeQueueCount !== before.writeQueueCount ||
    after.perm !== before.perm;
  return { broker, before, after, isChange };
}

async function show(
  { output }: CommandContext,
  plan: readonly PlannedChange[],
  missing: readonly MissingPart[],
  outcome: "updated" | "would update",
): Promise<ExitCode | undefined> {
  await output.list({
    kind: "TopicUpdate",
    noun: "topic",
    nameKey: "name",
    columns: [
      { key: "name", head: "NAME" },
      { key: "broker", head: "BROKER" },
      { key: "readQueues", head: "READ", align: "right" },
      { key: "writeQueues", head: "WRITE", align: "right" },
      { key: "perm", head: "PERM" },
      { key: "before", head: "BEFORE", show: beforeText },
      { key: "outcome", head: "OUTCOME" },
    ],
    items: plan.map(({ broker, before, after, isChange }) => ({
      name: after.topic,
      broker: broker.brokerName,
      readQueues: after.readQueueCount,
      writeQueues: after.writeQueueCount,
      perm: permText(after.perm),
      before: {
        readQueues: before.readQueueCount,
        writeQueues: before.writeQueueCount,
        perm: permText(before.perm),
      },
      outcome: isChange ? outcome : "unchanged",
    })),
    missing,
  });
  return exitFor(missing);
}

function beforeText(value: unknown): string {
  const { readQueues, writeQueues, perm } = value as {
    readonly readQueues: number;
    readonly writeQueues: number;
    readonly perm: string;
  };
  return `${readQueues}/${writeQueues} ${perm}`;
}
