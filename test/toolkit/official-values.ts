/**
 * Values of mq's own commands beside those that the official mqadmin prints for the same cluster at the same moment.
 * Both go over the wire on their own, so that a figure which mq reads wrongly from every broker alike is found as well.
 */
import { isDeepStrictEqual } from "node:util";
import { runMqadmin } from "../../scripts/peer/mqadmin.ts";
import type { Finding } from "../interop/observations.ts";
import type { Cluster } from "./cluster.ts";
import { runCommand, wordsOf } from "./command-run.ts";

export interface OfficialTool {
  /** Where its jars are. */
  readonly home: string;
  /** For its logs. */
  readonly folder: string;
}

type Row = Readonly<Record<string, unknown>>;

interface Comparison {
  readonly official: string;
  readonly mq: string;
  /** What to take of a line of the official table. */
  readonly readLine: (columns: readonly string[]) => readonly unknown[];
  /** The same of a row of mq's. */
  readonly readRow: (row: Row) => readonly unknown[];
  /** Which values count; all without. */
  readonly isCompared?: (values: readonly unknown[]) => boolean;
}

const comparisons: readonly Comparison[] = [
  {
    official: "topicStatus -t orders",
    mq: "topic describe orders",
    readLine: ([broker, queue, min, max]) => [broker, Number(queue), Number(min), Number(max)],
    readRow: (row) => [row["broker"], row["queue"], row["minOffset"], row["maxOffset"]],
  },
  {
    official: "consumerProgress -g billing",
    mq: "group lag billing",
    readLine: ([topic, broker, queue, end, at, lag]) => [
      topic,
      broker,
      ...[queue, end, at, lag].map(Number),
    ],
    readRow: (row) =>
      ["topic", "broker", "queue", "brokerOffset", "consumerOffset", "lag"].map((key) => row[key]),
  },
  {
    official: "clusterList",
    mq: "cluster list",
    readLine: ([cluster, broker, id, address, version]) => [
      cluster,
      broker,
      Number(id),
      address,
      version,
    ],
    readRow: (row) => ["cluster", "broker", "id", "address", "version"].map((key) => row[key]),
  },
  {
    official: "statsAll -t orders",
    mq: "topic stats orders",
    readLine: ([topic, group, lag]) => [topic, group, Number(lag)],
    readRow: (row) => ["topic", "group", "lag"].map((key) => row[key]),
    // Of a group that never had a member the official tool says 0, because it finds no retry topic.
    isCompared: ([, group]) => group === "billing",
  },
];

/** A finding for each command. */
export async function compareOfficial(
  { home, folder }: OfficialTool,
  cluster: Cluster,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { official, mq, readLine, readRow, isCompared = () => true } of comparisons) {
    const words = [...wordsOf(official, new Map()), "-n", cluster.nameserver];
    const text = withoutLog(await runMqadmin(home, folder, words));
    const theirs = tableLines(text).map(readLine).filter(isCompared);
    const { stdout } = await runCommand([...mq.split(" "), "-o", "jsonl"], {
      folder,
      nameserver: cluster.nameserver,
    });
    const ours = stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Row => JSON.parse(line))
      .map(readRow)
      .filter(isCompared);
    const isOk = ours.length > 0 && isDeepStrictEqual(sorted(ours), sorted(theirs));
    const detail = `mq ${JSON.stringify(ours)}, mqadmin ${JSON.stringify(theirs)}\n${text}`;
    findings.push({ what: `mq ${mq} beside mqadmin ${official}`, isOk, detail });
  }
  return findings;
}

/** What its log says stands in between. */
function withoutLog(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\d\d:\d\d:\d\d,\d+ \|-|^\s*$|^(OpenJDK|WARNING)/.test(line))
    .join("\n");
}

/** The columns of the lines below the head, up to the sums. */
function tableLines(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const head = lines.findIndex((line) => line.startsWith("#"));
  const rest = head < 0 ? [] : lines.slice(head + 1);
  // Sums follow below some tables.
  const end = rest.findIndex((line) => /^(Consume|Topic Put) /.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).map((line) => line.trim().split(/\s+/));
}

const sorted = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort();
