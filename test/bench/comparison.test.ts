/** What the table of `make bench` may say: classes apart, void runs marked, each target judged against the better peer. */
import { expect, test } from "bun:test";
import { compare, compareAll } from "../../scripts/bench/comparison.ts";
import type { Durability } from "../../scripts/bench/options.ts";
import type { LoadLine, MemoryLine, RawLine } from "../../scripts/bench/result.ts";
import { roundFigures } from "../../scripts/bench/result.ts";
import { formatTable, formatVerdict } from "../../scripts/bench/table.ts";
import { workloadsFor } from "../../scripts/bench/workload.ts";

function load(
  contender: string,
  durability: Durability,
  changes: Partial<LoadLine> = {},
): LoadLine {
  return {
    kind: "load",
    contender,
    durability,
    session: 1,
    client: "java",
    workload: "sync64",
    messages: 1000,
    failures: 0,
    perSecond: 1000,
    cpuUsPerMessage: 10,
    writtenBytesPerMessage: 1200,
    p50Us: 1,
    p99Us: 2,
    p999Us: 3,
    brokerCores: 1,
    clientCores: 1,
    idleShare: 0,
    stealShare: 0,
    othersShare: 0,
    ...changes,
  };
}

function memory(contender: string, durability: Durability, mebibytes: number): MemoryLine {
  return {
    kind: "memory",
    contender,
    durability,
    session: 1,
    idleAnonymousBytes: mebibytes << 20,
    loadedAnonymousBytes: 0,
  };
}

const peers = ["5.5.0", "4.9.7"];
const cpu = {
  title: "broker CPU",
  unit: "us",
  digits: 2,
  better: "lower",
  client: "java",
  bound: ({ isAcrossClasses }: { readonly isAcrossClasses: boolean }) =>
    isAcrossClasses ? undefined : ({ of: "ratio", max: 0.5 } as const),
  read: (line: RawLine) => (line.kind === "load" ? line.cpuUsPerMessage : undefined),
} as const;
const sameClass = {
  title: "async",
  ours: "async",
  theirs: "async",
  isAcrossClasses: false,
} as const;

test("two durability classes are not compared unless the pairing says that it crosses them", () => {
  const lines = [load("mq", "sync"), load("5.5.0", "async")];
  const mixed = { title: "mixed", ours: "sync", theirs: "async", isAcrossClasses: false } as const;
  expect(() => compare(lines, peers, mixed, cpu)).toThrow("would mix durability classes");
  const row = compare(lines, peers, { ...mixed, isAcrossClasses: true }, cpu);
  expect(row?.ratio).toBe(1);
  expect(row?.target).toBeUndefined();
});

test("the ratio is against the better peer, and the target is judged by it", () => {
  const lines = [
    load("mq", "async", { cpuUsPerMessage: 9 }),
    load("5.5.0", "async", { cpuUsPerMessage: 30 }),
    load("4.9.7", "async", { cpuUsPerMessage: 17 }),
  ];
  const row = compare(lines, peers, sameClass, cpu);
  expect(row?.ratio).toBeCloseTo(9 / 17);
  expect(row?.target).toEqual({ bound: { of: "ratio", max: 0.5 }, isMet: false });
  const better = compare(
    [load("mq", "async", { cpuUsPerMessage: 8 }), ...lines.slice(1)],
    peers,
    sameClass,
    cpu,
  );
  expect(better?.target?.isMet).toBe(true);
});

test("runs of one contender are averaged, its void runs left out while there are sound ones", () => {
  const lines = [
    load("mq", "async", { cpuUsPerMessage: 4 }),
    load("mq", "async", { cpuUsPerMessage: 6 }),
    load("mq", "async", { cpuUsPerMessage: 100, void: "steal 9.0 %" }),
    load("4.9.7", "async", { cpuUsPerMessage: 20, void: "steal 9.0 %" }),
  ];
  const row = compare(lines, peers, sameClass, cpu);
  expect(row?.ours).toEqual({ value: 5, isVoid: false });
  expect(row?.peers.get("4.9.7")).toEqual({ value: 20, isVoid: true });
});

test("nothing measured makes no row, one side alone no ratio", () => {
  expect(compare([], peers, sameClass, cpu)).toBeUndefined();
  expect(compare([load("mq", "async")], peers, sameClass, cpu)?.ratio).toBeUndefined();
});

test("a load may be compared with another one of ours, and a figure with a number", () => {
  const lines = [
    load("mq", "async", { client: "mq", workload: "async1024", perSecond: 1_000 }),
    load("mq", "async", { client: "mq", workload: "queues10k", perSecond: 850 }),
    load("mq", "async", { client: "mq", workload: "burst512", perSecond: 900_000 }),
    load("5.5.0", "async", { client: "mq", workload: "async1024", perSecond: 100 }),
  ];
  const rows = compareAll(lines, peers, ["mq"]);
  const find = (title: string) => rows.find(({ measure }) => measure.startsWith(title));
  const spread = find("rate: 1,024 in flight over");
  expect([spread?.ratio, spread?.target?.isMet]).toEqual([0.85, false]);
  expect(find("rate: 5 s of batches")?.target?.isMet).toBe(true);
  expect(formatVerdict(rows)).toContain(
    "missed: rate: 1,024 in flight over 10,000 queues, 1 KiB, --flush async : ASYNC_FLUSH, mq client: 850 /s, ratio 0.850 (>= 0.9 MISSED)",
  );
});

test("batches may fall short of the ratio where the device writes nearly what it can", () => {
  const batch = { workload: "batch512", deviceBytesPerMessage: 300 } as const;
  const lines = [
    load("mq", "sync", { ...batch, perSecond: 1_000_000 }),
    load("5.5.0", "sync", { ...batch, perSecond: 1_000_000 }),
  ];
  const rate = (writeMegabytesPerSecond: number) =>
    compareAll(lines, peers, ["java"], [{ writeMegabytesPerSecond }]).filter(({ measure }) =>
      measure.startsWith("rate: batches of 512"),
    );
  expect(rate(330)[0]?.target).toMatchObject({ isMet: true });
  expect(rate(340)[0]?.target).toMatchObject({ isMet: false });
  expect(formatTable(rate(600), peers)).toContain(
    ">= 1.3 or 90 % of the write limit (50 %) MISSED",
  );
});

test("processor time is judged under a steady rate too, but not beside a reader", () => {
  const lines = [
    load("mq", "async", { client: "mq", workload: "paced", cpuUsPerMessage: 90 }),
    load("mq", "async", { client: "mq", workload: "catchup", cpuUsPerMessage: 900 }),
    load("5.5.0", "async", { client: "mq", workload: "paced", cpuUsPerMessage: 200 }),
  ];
  const rows = compareAll(lines, peers, ["mq"]).filter(({ measure }) =>
    measure.startsWith("broker"),
  );
  expect(rows.map(({ target }) => target?.isMet)).toEqual([true]);
});

test("a row that is set beside another load of ours brings that load along", () => {
  expect(workloadsFor(["queues10k", "start"]).map(({ id }) => id)).toEqual([
    "async1024",
    "queues10k",
  ]);
  expect(workloadsFor(["catchup"]).map(({ id }) => id)).toEqual(["paced", "catchup"]);
  expect(workloadsFor(["start"])).toEqual([]);
});

test("the table shows ours, both peers, the ratio and the verdict", () => {
  const lines = [
    memory("mq", "sync", 40),
    memory("5.5.0", "sync", 640),
    memory("4.9.7", "sync", 400),
  ];
  const rows = compareAll(lines, peers, ["java"]);
  const text = formatTable(rows, peers);
  expect(text.split("\n")).toHaveLength(3);
  expect(text).toMatch(
    /idle +default : SYNC_FLUSH +MiB +40\.0 +640\.0 +400\.0 +0\.100 +<= 0\.125 met/,
  );
  expect(formatVerdict(rows)).toStartWith("targets: 1 met, 0 missed");
});

test("raw lines keep four significant digits and whole numbers as they are", () => {
  const line = roundFigures(load("mq", "async", { perSecond: 12_345.678, messages: 1_234_567 }));
  expect(line).toMatchObject({ perSecond: 12_350, messages: 1_234_567 });
});
