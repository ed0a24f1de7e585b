/**
 * What `make bench` was asked to do: `NAME=value` words, from the command line or from the environment.
 * A word on the command line wins. Unknown rows, peers and the like are refused: a misspelt name must not
 * turn into a run that measured nothing.
 */

export type Durability = "async" | "sync";
export type LoadClient = "java" | "mq";

export const workloadIds = [
  "sync64",
  "async1024",
  "batch32",
  "batch512",
  "burst512",
  "queues10k",
  "paced",
  "tail",
  "backlog",
  "catchup",
] as const;
export type WorkloadId = (typeof workloadIds)[number];

const rowIds = [...workloadIds, "memory", "start", "verify", "commands"] as const;
/** Rows that start no broker. */
export const ownRows: readonly string[] = ["verify", "commands"];
export type RowId = (typeof rowIds)[number];

export interface BenchOptions {
  readonly windowMs: number;
  readonly warmupMs: number;
  /** How long a broker stands untouched before its idle memory is read. */
  readonly settleMs: number;
  /** Messages that the rows backlog and catchup read. */
  readonly backlogMessages: number;
  /** Each round starts every contender twice: A B C C B A. */
  readonly rounds: number;
  readonly rows: readonly RowId[];
  readonly peers: readonly string[];
  readonly durabilities: readonly Durability[];
  readonly clients: readonly LoadClient[];
  readonly serialization: "JSON" | "ROCKETMQ";
  /** Contenders whose name does not appear are left out: `ONLY=mq` measures `mq` alone. */
  readonly only: readonly string[];
}

const benchUsage = `make bench [NAME=value ...]
  QUICK=1              windows of 3 s after 3 s of warm-up instead of 10 s after 10 s
  SECONDS=10           length of the measured window
  WARMUP=10            seconds of load before the window
  BACKLOG=2000000      messages of 1 KiB to be read by backlog and catchup; 400000 when QUICK
  ROUNDS=1             each round starts every contender twice, in the order A B C C B A
  ROWS=${rowIds.join(",")}
  PEERS=5.5.0,4.9.7    versions of RocketMQ to stand beside mq
  FLUSH=async,sync     durability classes
  CLIENTS=java,mq      the official Java client and \`mq bench\`
  SERIALIZE=JSON       header format of the Java client: JSON (its default) or ROCKETMQ
  ONLY=mq,5.5.0,4.9.7  contenders to start at all`;

function choose<T extends string>(
  name: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] {
  if (text === undefined || text === "") {
    return known;
  }
  return text.split(",").map((word) => {
    const found = known.find((each) => each === word.trim());
    if (found === undefined) {
      throw new Error(`${name}=${text}: "${word}" is none of ${known.join(", ")}`);
    }
    return found;
  });
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined || text === "") {
    return otherwise;
  }
  const value = Number(text);
  if (!(value > 0)) {
    throw new Error(`${name}=${text}: a number above 0 is needed`);
  }
  return value;
}

/** Reads the words; throws an Error whose message is for people. */
export function parseBenchOptions(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): BenchOptions {
  const given = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) {
      throw new Error(`"${word}" is not NAME=value\n${benchUsage}`);
    }
    given.set(word.slice(0, at), word.slice(at + 1));
  }
  const read = (name: string) => given.get(name) ?? environment[name];
  const quick = read("QUICK");
  const isQuick = quick !== undefined && quick !== "" && quick !== "0";
  const peers = (read("PEERS") ?? "5.5.0,4.9.7").split(",").filter((word) => word !== "");
  const serialization = choose("SERIALIZE", read("SERIALIZE") ?? "JSON", ["JSON", "ROCKETMQ"])[0];
  return {
    windowMs: positive("SECONDS", read("SECONDS"), isQuick ? 3 : 10) * 1000,
    warmupMs: positive("WARMUP", read("WARMUP"), isQuick ? 3 : 10) * 1000,
    settleMs: isQuick ? 2000 : 5000,
    backlogMessages: Math.ceil(positive("BACKLOG", read("BACKLOG"), isQuick ? 400_000 : 2_000_000)),
    rounds: Math.ceil(positive("ROUNDS", read("ROUNDS"), 1)),
    rows: choose("ROWS", read("ROWS"), rowIds),
    peers,
    durabilities: choose("FLUSH", read("FLUSH"), ["async", "sync"]),
    clients: choose("CLIENTS", read("CLIENTS"), ["java", "mq"]),
    serialization: serialization ?? "JSON",
    only: choose("ONLY", read("ONLY"), ["mq", ...peers]),
  };
}
