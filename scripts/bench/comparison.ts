/**
 * Turns raw lines into rows that set `mq` beside the better of its peers.
 *
 * A row compares brokers of one durability class: an answer from the page cache and an answer after a sync are
 * different promises. The one pairing across classes (our synced default beside their asynchronous flush) has
 * to say so, carries its class in every row, and is never averaged with another.
 */
import { ourName } from "./contender.ts";
import type { MachineLimits } from "./machine-limits.ts";
import type { Durability, LoadClient, WorkloadId } from "./options.ts";
import type { LoadLine, MemoryLine, RawLine, StartLine } from "./result.ts";
import {
  type Bound,
  besideReaderBound,
  deviceBound,
  type Judged,
  latencyBound,
  manyQueuesBound,
  memoryBound,
  processorBound,
  rateBound,
  readingBound,
  startBound,
} from "./targets.ts";
import { type Workload, workloads } from "./workload.ts";

export interface Pairing {
  readonly title: string;
  readonly ours: Durability;
  readonly theirs: Durability;
  readonly isAcrossClasses: boolean;
}

const pairings: readonly Pairing[] = [
  { title: "--flush async : ASYNC_FLUSH", ours: "async", theirs: "async", isAcrossClasses: false },
  { title: "default : SYNC_FLUSH", ours: "sync", theirs: "sync", isAcrossClasses: false },
  { title: "default : ASYNC_FLUSH", ours: "sync", theirs: "async", isAcrossClasses: true },
];

export interface Figure {
  readonly value: number;
  /** True when every run behind it was void: shown, but marked. */
  readonly isVoid: boolean;
}

export interface Row {
  readonly measure: string;
  readonly pairing: string;
  readonly client: LoadClient | "";
  readonly unit: string;
  readonly digits: number;
  readonly ours: Figure | undefined;
  readonly peers: ReadonlyMap<string, Figure>;
  /** Ours divided by the better peer's, or by our own of the load that this one is compared with. */
  readonly ratio: number | undefined;
  readonly target:
    | {
        readonly bound: Bound;
        readonly isMet: boolean;
        /** Of the machine's sequential writing in this run, where the bound looks at it. */
        readonly writeShare?: number;
      }
    | undefined;
}

interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly better: "higher" | "lower";
  readonly client: LoadClient | "";
  readonly bound: (pairing: Pairing) => Bound | undefined;
  /** The figure that a line contributes, or undefined when the line is about something else. */
  readonly read: (line: RawLine) => number | undefined;
  /** A load of ours that takes the peers' place. */
  readonly reference?: (line: RawLine) => number | undefined;
  /** Megabytes a second that the device wrote meanwhile. */
  readonly deviceRate?: (line: RawLine) => number | undefined;
}

type WriteLimit = Pick<MachineLimits, "writeMegabytesPerSecond">;

const bytesPerMebibyte = 1 << 20;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means of the runs of one contender in one class: in the order A B B A a steady drift cancels out. */
function figureOf(
  lines: readonly RawLine[],
  contender: string,
  durability: Durability,
  read: Measure["read"],
): Figure | undefined {
  const own = lines.filter(
    (line) => line.contender === contender && line.durability === durability,
  );
  const pick = (from: readonly RawLine[]) => from.flatMap((line) => read(line) ?? []);
  const sound = pick(own.filter((line) => line.void === undefined));
  if (sound.length > 0) {
    return { value: mean(sound), isVoid: false };
  }
  const all = pick(own);
  return all.length === 0 ? undefined : { value: mean(all), isVoid: true };
}

/** One row, or undefined when one side was not measured. Throws when classes would be mixed unsaid. */
export function compare(
  lines: readonly RawLine[],
  peerNames: readonly string[],
  pairing: Pairing,
  measure: Measure,
  limits: readonly WriteLimit[] = [],
): Row | undefined {
  if (pairing.ours !== pairing.theirs && !pairing.isAcrossClasses) {
    throw new Error(`${measure.title}: "${pairing.title}" would mix durability classes`);
  }
  if (pairing.isAcrossClasses && measure.reference !== undefined) {
    // Two loads of ours are of one class: the row of that class has them.
    return undefined;
  }
  const ours = figureOf(lines, ourName, pairing.ours, measure.read);
  const peers = new Map<string, Figure>();
  for (const name of measure.reference === undefined ? peerNames : []) {
    const figure = figureOf(lines, name, pairing.theirs, measure.read);
    if (figure !== undefined) {
      peers.set(name, figure);
    }
  }
  if (ours === undefined && peers.size === 0) {
    return undefined;
  }
  const own = (read: Measure["reference"]) =>
    read === undefined ? undefined : figureOf(lines, ourName, pairing.ours, read);
  const reference = own(measure.reference);
  const values = [...peers.values(), ...(reference === undefined ? [] : [reference])].map(
    (figure) => figure.value,
  );
  const best = measure.better === "higher" ? Math.max(...values) : Math.min(...values);
  const ratio = ours === undefined || values.length === 0 ? undefined : ours.value / best;
  return {
    measure: measure.title,
    pairing: pairing.title,
    client: measure.client,
    unit: measure.unit,
    digits: measure.digits,
    ours,
    peers,
    ratio,
    target: judge(measure.bound(pairing), {
      ratio,
      value: ours?.value,
      writeShare: shareOfWriting(own(measure.deviceRate), limits),
    }),
  };
}

function shareOfWriting(
  written: Figure | undefined,
  limits: readonly WriteLimit[],
): number | undefined {
  return written === undefined || limits.length === 0
    ? undefined
    : written.value / mean(limits.map(({ writeMegabytesPerSecond }) => writeMegabytesPerSecond));
}

function judge(
  bound: Bound | undefined,
  seen: {
    readonly ratio: number | undefined;
    readonly value: number | undefined;
    readonly writeShare: number | undefined;
  },
): Row["target"] {
  const judged = bound?.of === "ratio" ? seen.ratio : seen.value;
  if (bound === undefined || judged === undefined) {
    return undefined;
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, orWriteShareMin } = bound;
  const isWithin = judged >= min && judged <= max;
  if (orWriteShareMin === undefined || seen.writeShare === undefined) {
    return { bound, isMet: isWithin };
  }
  const { writeShare } = seen;
  return { bound, isMet: isWithin || writeShare >= orWriteShareMin, writeShare };
}

type LoadReader = (line: LoadLine) => number | undefined;

function readLoad(workload: WorkloadId, client: LoadClient, read: LoadReader): Measure["read"] {
  return (line) =>
    line.kind === "load" && line.workload === workload && line.client === client
      ? read(line)
      : undefined;
}

function loadMeasures(client: LoadClient): readonly Measure[] {
  return workloads
    .filter((workload) => workload.arguments[client] !== undefined)
    .flatMap((workload) => measuresOf(workload, client))
    .sort((one, other) => one.place - other.place);
}

interface Placed extends Measure {
  /** Rates come first, then processor time, latencies and bytes. */
  readonly place: number;
}

type LoadShape = Pick<Measure, "title" | "unit" | "digits" | "better">;

function measuresOf(
  { id, title, kind, reference }: Workload,
  client: LoadClient,
): readonly Placed[] {
  const measure = (
    place: number,
    shown: LoadShape,
    bound: (judged: Judged) => Bound | undefined,
    read: LoadReader,
    more: Partial<Measure> = {},
  ): Placed => ({
    ...shown,
    place,
    client,
    bound: ({ ours, isAcrossClasses }) =>
      bound({ workload: id, client, durability: ours, isAcrossClasses }),
    read: readLoad(id, client, read),
    ...more,
  });
  const beside = (read: LoadReader): Partial<Measure> =>
    reference === undefined ? {} : { reference: readLoad(reference, client, read) };
  const cpuShown = {
    title: `broker CPU: ${title}`,
    unit: "us",
    digits: 2,
    better: "lower",
  } as const;
  const cpu = measure(1, cpuShown, processorBound, (line) => line.cpuUsPerMessage);
  if (kind === "latency") {
    const shown = { title: `p99: ${title}`, unit: "us", digits: 0, better: "lower" } as const;
    const p99 = (line: LoadLine) => line.p99Us;
    // Beside a reader the broker's time is the reader's.
    return id === "catchup"
      ? [measure(2, shown, () => besideReaderBound, p99, beside(p99))]
      : [cpu, measure(2, shown, latencyBound, p99)];
  }
  if (kind === "reading") {
    const shown = { title: `read: ${title}`, unit: "MB/s", digits: 0, better: "higher" } as const;
    return [measure(0, shown, readingBound, (line) => line.megabytesPerSecond), cpu];
  }
  const rateShown = { title: `rate: ${title}`, unit: "/s", digits: 0, better: "higher" } as const;
  const rate = (line: LoadLine) => line.perSecond;
  if (id === "queues10k") {
    return [measure(0, rateShown, () => manyQueuesBound, rate, beside(rate)), cpu];
  }
  const written = { title: `written: ${title}`, unit: "B", digits: 0, better: "lower" } as const;
  const device = { ...written, title: `written by the device: ${title}` };
  const deviceRate = readLoad(id, client, ({ perSecond, deviceBytesPerMessage }) =>
    deviceBytesPerMessage === undefined ? undefined : (perSecond * deviceBytesPerMessage) / 1e6,
  );
  return [
    measure(0, rateShown, rateBound, rate, { deviceRate }),
    cpu,
    measure(
      3,
      written,
      () => undefined,
      (line) => line.writtenBytesPerMessage,
    ),
    measure(3, device, deviceBound, (line) => line.deviceBytesPerMessage),
  ];
}

function restMeasures(): readonly Measure[] {
  const memory = (title: string, read: (line: MemoryLine) => number): Measure => ({
    title,
    unit: "MiB",
    digits: 1,
    better: "lower",
    client: "",
    bound: () => memoryBound,
    read: (line) => {
      const bytes = line.kind === "memory" ? read(line) : 0;
      return bytes > 0 ? bytes / bytesPerMebibyte : undefined;
    },
  });
  const start: Measure = {
    title: "exec to first acknowledged send",
    unit: "ms",
    digits: 0,
    better: "lower",
    client: "",
    bound: () => startBound,
    read: (line: RawLine | StartLine) => (line.kind === "start" ? line.startMs : undefined),
  };
  return [
    memory("anonymous memory, idle", (line) => line.idleAnonymousBytes),
    memory("anonymous memory, loaded", (line) => line.loadedAnonymousBytes),
    start,
  ];
}

/** All rows that the lines can fill, measure by measure. */
export function compareAll(
  lines: readonly RawLine[],
  peerNames: readonly string[],
  clients: readonly LoadClient[],
  limits: readonly WriteLimit[] = [],
): readonly Row[] {
  const rows: Row[] = [];
  for (const client of clients) {
    for (const measure of loadMeasures(client)) {
      for (const pairing of pairings) {
        addRow(rows, compare(lines, peerNames, pairing, measure, limits), pairing);
      }
    }
  }
  for (const measure of restMeasures()) {
    for (const pairing of pairings.filter((each) => !each.isAcrossClasses)) {
      addRow(rows, compare(lines, peerNames, pairing, measure, limits), pairing);
    }
  }
  return rows;
}

/** A row across classes says nothing with one side alone: the rows of each class have that side already. */
function addRow(rows: Row[], row: Row | undefined, pairing: Pairing): void {
  if (row !== undefined && (row.ratio !== undefined || !pairing.isAcrossClasses)) {
    rows.push(row);
  }
}
