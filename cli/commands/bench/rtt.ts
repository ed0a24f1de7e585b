/** `mq bench rtt`: how long nameservers and brokers take for the smallest question, which is mostly the way there. */
import type { z } from "zod";
import { ClientError, Latencies } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { choice, count, duration, flag, type Zod } from "../../flag.ts";
import { pause } from "../../pause.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import { latencyColumns, latencyFields, latencyShape } from "./latency-fields.ts";
import {
  crossed,
  exitOfThresholds,
  maxP99Flag,
  thresholdsOf,
  thresholdsSchema,
} from "./thresholds.ts";

const reportSchema = (z: Zod) =>
  z.object({
    mode: z.literal("rtt"),
    kind: z.enum(["nameserver", "broker"]),
    name: z.string(),
    address: z.string(),
    requests: z.number(),
    failures: z.number(),
    ...latencyShape(z),
    thresholds: thresholdsSchema(z),
  });

interface Target {
  readonly kind: "nameserver" | "broker";
  readonly name: string;
  readonly address: string;
}

export const command = defineCommand({
  spec: {
    path: ["bench", "rtt"],
    summary: "measure round trips to nameservers and brokers",
    description:
      "Works against mq and any RocketMQ. One request at a time to each address, all addresses side by side; nothing is\nstored. Exit codes: 10 over --max-p99, 7 when an address did not answer every time, 5 when none answered at all.",
    flags: {
      ...brokerChoiceFlags,
      of: flag(choice(["all", "nameservers", "brokers"]).default("all"), {
        about: "who is asked (all)",
        value: "WHOM",
      }),
      count: flag(count(1, 1_000_000).default(100), {
        about: "requests to each (100)",
        value: "N",
      }),
      interval: flag(duration().default(0), {
        about: "between two requests (0)",
        value: "DURATION",
      }),
      maxP99: maxP99Flag,
    },
    output: reportSchema,
    examples: ["mq bench rtt", "mq bench rtt --of brokers --count 1000 --max-p99 5ms -o csv"],
  },
  async run(context, { flags }) {
    const targets = await targetsOf(context, flags);
    const letGo = context.process.keepAlive();
    const items = await inParallel(targets, (target) => measured(context, target, flags)).finally(
      letGo,
    );
    const failures = items.reduce((sum, each) => sum + each.failures, 0);
    const requests = items.reduce((sum, each) => sum + each.requests, 0);
    await context.output.list({
      kind: "RoundTrips",
      noun: "server",
      nameKey: "address",
      columns,
      items,
      summary: `${requests} requests, ${failures} failed`,
    });
    const thresholds = items.flatMap((each) => each.thresholds);
    for (const line of crossed(thresholds)) {
      context.output.note(line);
    }
    if (failures > 0 && !context.signal.aborted) {
      return failures === requests ? exitCode.unreachable : exitCode.partial;
    }
    return exitOfThresholds(thresholds, { isAborted: context.signal.aborted });
  },
});

const columns = [
  { key: "kind", head: "KIND" },
  { key: "name", head: "NAME" },
  { key: "address", head: "ADDRESS" },
  { key: "requests", head: "REQUESTS", align: "right" as const },
  { key: "failures", head: "FAILED", align: "right" as const },
  ...latencyColumns.map((column) => ({
    ...column,
    head: column.head.toUpperCase(),
    align: "right" as const,
  })),
];

async function targetsOf(
  context: CommandContext,
  flags: {
    readonly of: "all" | "nameservers" | "brokers";
    readonly cluster: string | undefined;
    readonly broker: string | undefined;
  },
): Promise<readonly Target[]> {
  const client = context.client();
  const nameservers = client.admin.cluster.nameservers.map(
    (address): Target => ({ kind: "nameserver", name: address, address }),
  );
  if (flags.of === "nameservers") {
    return nameservers;
  }
  const brokers = (await chosenBrokers(client, flags)).map(
    ({ brokerName, address }): Target => ({ kind: "broker", name: brokerName, address }),
  );
  return flags.of === "brokers" ? brokers : [...nameservers, ...brokers];
}

async function measured(
  context: CommandContext,
  { kind, name, address }: Target,
  flags: {
    readonly count: number;
    readonly interval: number;
    readonly maxP99: number | undefined;
  },
): Promise<z.infer<ReturnType<typeof reportSchema>>> {
  const { cluster } = context.client().admin;
  const { clock } = context.environment;
  const latencies = new Latencies();
  let failures = 0;
  let requests = 0;
  // Connecting is not what is measured; who does not let us fails below.
  await cluster.ping(address, kind).catch(() => undefined);
  while (requests < flags.count && !context.signal.aborted) {
    const startMs = clock.elapsedMs();
    requests++;
    try {
      await cluster.ping(address, kind);
      latencies.add(clock.elapsedMs() - startMs);
    } catch (error) {
      if (!(error instanceof ClientError)) {
        throw error;
      }
      failures++;
    }
    if (flags.interval > 0 && requests < flags.count) {
      await pause(context, flags.interval, context.signal);
    }
  }
  const fields = latencyFields(latencies);
  const values = { p99Us: fields.p99Us, perSecond: 0 };
  return {
    ...{ mode: "rtt", kind, name, address, requests, failures, ...fields },
    thresholds: [...thresholdsOf({ maxP99: flags.maxP99 }, values)],
  };
}
