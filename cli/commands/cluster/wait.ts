/** `mq cluster wait`: for scripts that start a cluster and go on when it is there. */
import { type Client, ClientError } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { duration, flag, texts, wholeNumber } from "../../flag.ts";
import { pause } from "../../pause.ts";
import { isRouted } from "../topic/routed.ts";
import { allBrokers } from "./all-brokers.ts";
import { brokerFacts } from "./broker-facts.ts";

const lookEveryMs = 200;

export const command = defineCommand({
  spec: {
    path: ["cluster", "wait"],
    summary: "wait until a cluster takes messages",
    description:
      "Ready is a cluster of which every nameserver knows the brokers, every broker answers and takes sends, and the\ntopics have routes. Exit codes: 0 ready, 124 not in time; the message says what was missing last.",
    flags: {
      brokers: flag(wholeNumber(1).default(1), { about: "at least so many (1)", value: "N" }),
      topic: flag(texts().optional(), {
        about: "these topics too; repeat it for several",
        short: "t",
        value: "TOPIC",
        completes: "topic",
      }),
      within: flag(duration().default(60_000), {
        about: "give up after so long (60s)",
        value: "DURATION",
      }),
    },
    output: (z) => z.object({ brokers: z.number(), seconds: z.number() }),
    examples: [
      "mq cluster wait --within 30s",
      "mq cluster wait --brokers 3 --topic orders -n ns1:9876,ns2:9876",
    ],
  },
  async run(context, { flags }) {
    const { clock } = context.environment;
    const startMs = clock.elapsedMs();
    for (;;) {
      const seen = await lookAt(context.client(), flags.brokers);
      const missing =
        seen.missing ??
        (await firstUnrouted(flags.topic ?? [], (topic) => isRouted(context, topic)));
      const seconds = (clock.elapsedMs() - startMs) / 1_000;
      if (missing === undefined) {
        const item = { brokers: seen.brokers, seconds: Math.round(seconds * 1_000) / 1_000 };
        context.output.item("ClusterReady", item, {
          text: `ready: ${seen.brokers} brokers after ${seconds.toFixed(1)} s`,
        });
        return undefined;
      }
      if (context.signal.aborted) {
        return exitCode.interrupted;
      }
      if (seconds * 1_000 >= flags.within) {
        throw new CommandError("MQ-E-WAITED", exitCode.waitedTooLong, `not ready: ${missing}`, {
          hint: "mq cluster health shows all that is wrong",
        });
      }
      await pause(context, lookEveryMs, context.signal);
    }
  },
});

interface Look {
  readonly brokers: number;
  /** What is not there yet. */
  readonly missing?: string;
}

async function lookAt({ admin }: Client, wanted: number): Promise<Look> {
  const addresses = new Set<string>();
  try {
    for (const nameserver of admin.cluster.nameservers) {
      const known = allBrokers(await admin.cluster.describeAt(nameserver));
      if (known.length < wanted) {
        return {
          brokers: known.length,
          missing: `${nameserver} knows ${known.length} of ${wanted} brokers`,
        };
      }
      for (const { address } of known) {
        addresses.add(address);
      }
    }
    for (const address of addresses) {
      if (!brokerFacts(await admin.cluster.runtimeInfo(address)).isActive) {
        return { brokers: addresses.size, missing: `${address} takes no sends yet` };
      }
    }
  } catch (error) {
    if (error instanceof ClientError) {
      return { brokers: addresses.size, missing: error.message };
    }
    throw error;
  }
  return { brokers: addresses.size };
}

async function firstUnrouted(
  topics: readonly string[],
  isThere: (topic: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const topic of topics) {
    if (!(await isThere(topic))) {
      return `topic '${topic}' has no route`;
    }
  }
  return undefined;
}
