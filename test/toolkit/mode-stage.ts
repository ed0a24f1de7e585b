/** What command-modes.test.ts runs against: one broker with a topic, a group, a dead letter; a damaged store; a profile. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MqServer } from "../support/mq-server.ts";
import { damage, unpackStore } from "../support/rocketmq-stores.ts";
import { Actions } from "./actions.ts";
import { executable, requireExecutable, runCommand, wordsOf } from "./command-run.ts";

export interface ModeStage {
  /** Home and working folder of commands. */
  readonly folder: string;
  readonly nameserver: string;
  /** What `$NAME` stands for in words, and back in tables. */
  readonly names: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

const setUp: readonly string[] = [
  "topic create orders --queues 2",
  "topic create scratch --queues 1",
  "topic create letters --queues 1",
  `topic produce orders --queue 0 --value '{"id":1}' --tag PAID --key k1`,
  "topic produce orders --queue 1 --value two --tag NEW --key k2",
  "topic produce letters --queue 0 --value undeliverable --key k7",
  "topic order kept --set broker-a:2 --yes",
  "group create billing --retry-max-times 3",
  "group reset-offset billing --topic orders --to start --yes",
  "group reset-offset billing --topic orders --to end --yes",
  "profile create local --at $NAMESERVER",
  "config set timeout 3s",
  "export metadata --to $DOCUMENT",
  "message export orders --to $MESSAGES",
  "topic produce RMQ_SYS_TRACE_TOPIC --file $DIR/trace --key TRACED",
];

/** What a client of RocketMQ 5 tells of the send of a message. */
const traceOfSend = `${[
  ...["Pub", "1763888400000", "", "shop", "orders", "TRACED", "PAID", "k1", "10.0.0.5:10911"],
  ...["12", "3", "0", "0A00000500002A9F0000000000000042", "true"],
].join("\u0001")}\u0002`;

/** Makes it all in the folder. */
export async function startModeStage(folder: string): Promise<ModeStage> {
  requireExecutable();
  const server = await MqServer.start(
    [
      ...["standalone", "start", "--store", join(folder, "broker"), "--flush", "async"],
      ...["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"],
    ],
    { XDG_CONFIG_HOME: folder },
  );
  const nameserver = server.address("nameserver");
  const broker = server.address("broker");
  const { folder: store, manifest } = unpackStore("5.5.0", "main-clean");
  const offsets = manifest.messages.map(([, , , physicalOffset]) => physicalOffset);
  const [offset = 0] = offsets.filter((each) => each > 0 && each < 1_000_000);
  damage(store, [
    { op: "write", path: "commitlog/00000000000000000000", offset: offset + 8, hex: "7fffffff" },
  ]);
  const plan = join(folder, "plan.json");
  const names = new Map([
    ["NAMESERVER", nameserver],
    ["BROKER", broker],
    ["STORE", store],
    ["PLAN", plan],
    ["BACKUPS", join(folder, "backups")],
    ["DOCUMENT", join(folder, "cluster.yaml")],
    ["MESSAGES", join(folder, "orders.jsonl")],
    ["MQ", executable],
    ["DIR", folder],
  ]);
  writeSchedule(join(folder, "config/systemd/user"));
  const run = async (line: string, exit = 0): Promise<void> => {
    const printed = await runCommand(wordsOf(line, names), { folder, nameserver });
    if (printed.exit !== exit) {
      throw new Error(`${line}: exit code ${printed.exit}: ${printed.stderr}`);
    }
  };
  writeFileSync(join(folder, "trace"), traceOfSend);
  for (const line of setUp) {
    await run(line);
  }
  await run("segment verify $STORE --fix-plan $PLAN", 8);
  await run("backup create --store $STORE --to $BACKUPS", 8);
  const actions = new Actions({
    nameserver,
    broker,
    brokerPid: server.pid,
    killBroker: () => server.end("SIGKILL").then(() => undefined),
    stop: () => server.end("SIGKILL").then(() => undefined),
  });
  await actions.run("letters gives up one message");
  await actions.close();
  return { folder, nameserver, names, stop: () => server.end("SIGKILL").then(() => undefined) };
}

/** A schedule named weekly, as mq maint schedule add leaves it. */
function writeSchedule(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const service = '[Service]\nExecStart=/bin/sh -c "exec mq maint run offsets -q --yes"\n';
  writeFileSync(join(folder, "mq-maint-weekly.service"), service);
  writeFileSync(join(folder, "mq-maint-weekly.timer"), "[Timer]\nOnCalendar=weekly\n");
}
