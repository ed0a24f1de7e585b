/** `mq stat`: a line every interval with what the whole cluster does, to be left running in a corner. */
import { type CommandContext, defineCommand } from "../command.ts";
import { toCommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { count, duration, flag, onOff } from "../flag.ts";
import { pause } from "../pause.ts";
import { formatBytes, formatCount } from "../render/format.ts";
import type { Column } from "../render/listing.ts";
import { formatTime } from "../render/time.ts";
import { brokerChoiceFlags, chosenBrokers, isAway } from "./cluster/chosen-brokers.ts";
import { type ClusterSample, sampleCluster } from "./top/cluster-sample.ts";
import { connectedClients } from "./top/connections.ts";
import { brokerFlows, sumOf } from "./top/rates.ts";
import { rateText } from "./top/top-rows.ts";

/** Who is connected takes a question for each group: asked less often than the rest. */
const connectionsEveryMs = 10_000;
const headEveryLines = 20;
const cellWidth = 11;

const columns: readonly (Column & { readonly show: (value: unknown) => string })[] = [
  { key: "time", head: "TIME", show: (value) => String(value).slice(11, 19) },
  { key: "inPerSecond", head: "IN/S", show: showRate },
  { key: "outPerSecond", head: "OUT/S", show: showRate },
  {
    key: "bytesInPerSecond",
    head: "BYTES IN/S",
    show: (value) => (typeof value === "number" ? formatBytes(Math.round(value)) : "-"),
  },
  { key: "lag", head: "LAG", show: showCount },
  { key: "producers", head: "PRODUCERS", show: showCount },
  { key: "consumers", head: "CONSUMERS", show: showCount },
  { key: "brokers", head: "BROKERS", show: showCount },
  { key: "down", head: "DOWN", show: showCount },
];

interface Line {
  readonly time: string;
  readonly inPerSecond: number | null;
  readonly outPerSecond: number | null;
  readonly bytesInPerSecond: number | null;
  readonly lag: number | null;
  readonly producers: number | null;
  readonly consumers: number | null;
  readonly brokers: number;
  readonly down: number;
  readonly [key: string]: unknown;
}

interface Connections {
  readonly producers: number;
  readonly consumers: number;
}

export const command = defineCommand({
  spec: {
    path: ["stat"],
    summary: "print a line of figures every interval",
    description:
      "Works against mq and any RocketMQ. Messages and bytes a second are counted between two looks; lag is that of all\ngroups; who is connected is asked every ten seconds at most. Off a terminal JSON lines. Goes on when the cluster is away, with\nempty figures. Exit code 7 when a broker did not answer at the last look.",
    flags: {
      ...brokerChoiceFlags,
      interval: flag(duration().default(1_000), {
        about: "between two lines (1s)",
        value: "DURATION",
      }),
      count: flag(count(1).optional(), { about: "end after so many lines", value: "N" }),
      connections: flag(onOff().default(true), { about: "do not ask who is connected" }),
      lag: flag(onOff().default(true), { about: "do not ask how far groups are behind" }),
    },
    output: (z) =>
      z.object({
        time: z.string(),
        inPerSecond: z.number().nullable(),
        outPerSecond: z.number().nullable(),
        bytesInPerSecond: z.number().nullable(),
        lag: z.number().nullable(),
        producers: z.number().nullable(),
        consumers: z.number().nullable(),
        brokers: z.number(),
        down: z.number(),
      }),
    examples: ["mq stat", "mq stat --interval 10s --count 6 -o jsonl", "mq stat --no-lag -o csv"],
  },
  async run(context, { flags }) {
    const { signal, environment } = context;
    const { clock } = environment;
    let before: ClusterSample | undefined = await look(context, flags);
    let connections: Connections | undefined;
    let connectionsAtMs = Number.NEGATIVE_INFINITY;
    let down = 0;
    for (let printed = 0; flags.count === undefined || printed < flags.count; printed++) {
      await pause(context, flags.interval, signal);
      if (signal.aborted) {
        return exitCode.interrupted;
      }
      const now: ClusterSample | undefined = await lookOrNothing(context, flags);
      if (flags.connections && clock.elapsedMs() - connectionsAtMs >= connectionsEveryMs) {
        connections = now === undefined ? undefined : await connectionsOf(context, now);
        connectionsAtMs = clock.elapsedMs();
      }
      const line = lineOf(context, { before, now, connections });
      before = now;
      down = now === undefined ? 1 : now.missing.length;
      if (!print(context, line, printed)) {
        break;
      }
    }
    return down > 0 ? exitCode.partial : undefined;
  },
});

interface StatFlags {
  readonly cluster: string | undefined;
  readonly broker: string | undefined;
  readonly lag: boolean;
}

async function look(context: CommandContext, flags: StatFlags): Promise<ClusterSample> {
  const client = context.client();
  const brokers = await chosenBrokers(client, flags);
  return await sampleCluster(client, context.environment.clock, {
    brokers,
    hasGroups: flags.lag,
    hasTopics: false,
  });
}

async function lookOrNothing(
  context: CommandContext,
  flags: StatFlags,
): Promise<ClusterSample | undefined> {
  try {
    return await look(context, flags);
  } catch (error) {
    if (!isAway(error)) {
      throw error;
    }
    context.output.note(toCommandError(error).message);
    return undefined;
  }
}

async function connectionsOf(context: CommandContext, now: ClusterSample): Promise<Connections> {
  const clients = await connectedClients(
    context.client(),
    now.brokers.map(({ broker }) => broker),
  );
  const count = (role: "producer" | "consumer"): number =>
    clients.filter((each) => each.role === role || each.role === "both").length;
  return { producers: count("producer"), consumers: count("consumer") };
}

function lineOf(
  { environment, global }: CommandContext,
  looks: {
    readonly before: ClusterSample | undefined;
    readonly now: ClusterSample | undefined;
    readonly connections: Connections | undefined;
  },
): Line {
  const { before, now, connections } = looks;
  const flows = now === undefined ? [] : brokerFlows(before, now);
  return {
    time: formatTime(environment.clock.nowMs(), global.utc),
    inPerSecond: sumOf(flows.map(({ inPerSecond }) => inPerSecond)),
    outPerSecond: sumOf(flows.map(({ outPerSecond }) => outPerSecond)),
    bytesInPerSecond: sumOf(flows.map(({ bytesInPerSecond }) => bytesInPerSecond)),
    lag: sumOf(flows.map(({ lag }) => lag)),
    producers: connections?.producers ?? null,
    consumers: connections?.consumers ?? null,
    brokers: flows.length,
    down: now?.missing.length ?? 0,
  };
}

/** False when the reader has gone. */
function print({ output, global }: CommandContext, line: Line, printed: number): boolean {
  if (output.format !== "table" && output.format !== "wide") {
    return output.row(line, { columns, nameKey: "time", noun: "line" });
  }
  const row = (cells: readonly string[]): string =>
    `${cells.map((text, index) => (index === 0 ? text.padEnd(8) : text.padStart(cellWidth))).join(" ")}\n`;
  const head =
    global.header && printed % headEveryLines === 0 ? row(columns.map((each) => each.head)) : "";
  return output.text(`${head}${row(columns.map(({ key, show }) => show(line[key])))}`);
}

function showRate(value: unknown): string {
  return typeof value === "number" ? rateText(value) : "-";
}

function showCount(value: unknown): string {
  return typeof value === "number" ? formatCount(value) : "-";
}
