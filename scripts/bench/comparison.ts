/**
 * Turns raw lines into rows that set `mq` beside the better of its peers.
 *
 * A row compares brokers of one durability class: an answer from the page cache and an answer after a sync are
 * different promises. The one pairing across classes (our synced default beside their asynchronous flush) has
 * to say so, carries its class in every row, and is never averaged with another.
 */
import { ourName } from "./contender.ts";
import type { Durability, LoadClient, WorkloadId } from "./options.ts";
import type { LoadLine, MemoryLine, RawLine, StartLine } from "./result.ts";
import { workloads } from "./workload.ts";

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
  /** Ours divided by the better peer. */
  readonly ratio: number | undefined;
  readonly target: { readonly ratioMax: number; readonly isMet: boolean } | undefined;
}

interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly better: "higher" | "lower";
  readonly client: LoadClient | "";
  readonly ratioMax: number | undefined;
  /** The figure that a line contributes, or undefined when the line is about something else. */
  readonly read: (line: RawLine) => number | undefined;
}

/** Memory and start are targets of the issue for whatever class is compared. */
const memoryRatioMax = 1 / 8;
const startRatioMax = 1 / 50;
const bytesPerMebibyte = 1 << 20;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means of the runs of one contender in one class: in the order A B B A a steady drift cancels out. */
function figureOf(
  lines: readonly RawLine[],
  contender: string,
  durability: Durability,
  measure: Measure,
): Figure | undefined {
  const own = lines.filter(
    (line) => line.contender === contender && line.durability === durability,
  );
  const pick = (from: readonly RawLine[]) => from.flatMap((line) => measure.read(line) ?? []);
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
): Row | undefined {
  if (pairing.ours !== pairing.theirs && !pairing.isAcrossClasses) {
    throw new Error(`${measure.title}: "${pairing.title}" would mix durability classes`);
  }
  const ours = figureOf(lines, ourName, pairing.ours, measure);
  const peers = new Map<string, Figure>();
  for (const name of peerNames) {
    const figure = figureOf(lines, name, pairing.theirs, measure);
    if (figure !== undefined) {
      peers.set(name, figure);
    }
  }
  if (ours === undefined && peers.size === 0) {
    return undefined;
  }
  const values = [...peers.values()].map((figure) => figure.value);
  const best = measure.better === "higher" ? Math.max(...values) : Math.min(...values);
  const ratio = ours === undefined || values.length === 0 ? undefined : ours.value / best;
  const hasTarget =
    measure.ratioMax !== undefined && !pairing.isAcrossClasses && ratio !== undefined;
  return {
    measure: measure.title,
    pairing: pairing.title,
    client: measure.client,
    unit: measure.unit,
    digits: measure.digits,
    ours,
    peers,
    ratio,
    target: hasTarget
      ? { ratioMax: measure.ratioMax, isMet: ratio <= measure.ratioMax }
      : undefined,
  };
}

function loadMeasure(
  workload: WorkloadId,
  client: LoadClient,
  rest: Omit<Measure, "client" | "read">,
  read: (line: LoadLine) => number | undefined,
): Measure {
  return {
    ...rest,
    client,
    read: (line) =>
      line.kind === "load" && line.workload === workload && line.client === client
        ? read(line)
        : undefined,
  };
}

function loadMeasures(client: LoadClient): readonly Measure[] {
  const rates: Measure[] = [];
  const processor: Measure[] = [];
  const bytes: Measure[] = [];
  const latencies: Measure[] = [];
  for (const { id, title, kind, cpuRatioMax } of workloads) {
    const add = (
      to: Measure[],
      rest: Omit<Measure, "client" | "read" | "ratioMax">,
      read: (line: LoadLine) => number | undefined,
      ratioMax?: number,
    ) => to.push(loadMeasure(id, client, { ...rest, ratioMax }, read));
    if (kind === "latency") {
      const p99 = { title: `p99: ${title}`, unit: "us", digits: 0, better: "lower" } as const;
      add(latencies, p99, (line) => line.p99Us);
      continue;
    }
    const rate = { title: `rate: ${title}`, unit: "/s", digits: 0, better: "higher" } as const;
    add(rates, rate, (line) => line.perSecond);
    const cpu = { title: `broker CPU: ${title}`, unit: "us", digits: 2, better: "lower" } as const;
    add(processor, cpu, (line) => line.cpuUsPerMessage, cpuRatioMax);
    const written = { title: `written: ${title}`, unit: "B", digits: 0, better: "lower" } as const;
    add(bytes, written, (line) => line.writtenBytesPerMessage);
    const device = { ...written, title: `written by the device: ${title}` };
    add(bytes, device, (line) => line.deviceBytesPerMessage);
  }
  return [...rates, ...processor, ...latencies, ...bytes];
}

function restMeasures(): readonly Measure[] {
  const memory = (title: string, read: (line: MemoryLine) => number): Measure => ({
    title,
    unit: "MiB",
    digits: 1,
    better: "lower",
    client: "",
    ratioMax: memoryRatioMax,
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
    ratioMax: startRatioMax,
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
): readonly Row[] {
  const rows: Row[] = [];
  for (const client of clients) {
    for (const measure of loadMeasures(client)) {
      for (const pairing of pairings) {
        addRow(rows, compare(lines, peerNames, pairing, measure), pairing);
      }
    }
  }
  for (const measure of restMeasures()) {
    for (const pairing of pairings.filter((each) => !each.isAcrossClasses)) {
      addRow(rows, compare(lines, peerNames, pairing, measure), pairing);
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
