/** `mq dev`: a broker on a temporary store, for a test or for trying things out. */

import type { Observation } from "../../src/app/observation.ts";
import { type RunningStandalone, startStandalone } from "../../src/app/standalone-app.ts";
import { createClient } from "../../src/client/index.ts";
import { version } from "../../src/core/version.ts";
import { joinPath } from "../../src/io/disk.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { CommandError, usageError } from "../command-error.ts";
import { exitCode, type PassedExit } from "../exit-code.ts";
import { choice, type FlagValues, flag, texts, toggle, wholeNumber } from "../flag.ts";
import { httpFlag } from "./server/http-flag.ts";
import { observationText, observe, observed } from "./server/observing.ts";
import { recordPath, writeRecord } from "./server/process-record.ts";
import { addressText, whenAborted } from "./server/serving.ts";

const flagShape = {
  port: flag(wholeNumber(0, 65_535).optional(), {
    about: "port of the nameserver, 0 for a free one (9876)",
    value: "PORT",
  }),
  topic: flag(texts().optional(), { about: "make a topic", value: "NAME[:QUEUES]" }),
  printEnv: toggle(
    "print MQ_NAMESERVER, MQ_STORE, MQ_PID and MQ_HTTP, then MQ_READY=1 when it is ready",
  ),
  detach: toggle("return when it is ready, leave it running"),
  flush: flag(choice(["sync", "async"]).default("sync"), { about: "flush mode", value: "MODE" }),
  http: httpFlag,
} as const;

type DevFlags = FlagValues<typeof flagShape>;

const detachWaitMs = 10_000;
const lookAgainMs = 20;

export const command = defineCommand({
  spec: {
    path: ["dev"],
    summary: "run a broker on a temporary store",
    description:
      "The store is removed at the end. With a command behind --, runs it with MQ_NAMESERVER set, then stops and\nreturns its exit code.",
    flags: flagShape,
    takesCommand: true,
    examples: [
      "mq dev --topic orders:4",
      "mq dev --port 0 --print-env",
      "mq dev -- ./integration-test.sh",
      "mq dev --port 0 --detach --print-env > mq.env",
    ],
  },
  async run(context, { flags, command: inner }) {
    if (flags.detach) {
      if (inner.length > 0) {
        throw usageError("--detach leaves the broker running; a command behind -- ends it");
      }
      return await detach(context, flags);
    }
    const observation = await observe(context, flags);
    const folder = temporaryStore(context);
    const running = await observed(observation, () =>
      start(context, flags, folder, observationText(observation)),
    );
    observation?.attach(running);
    try {
      return await work(context, flags, { running, observation, folder }, inner);
    } finally {
      await running.stop();
      observation?.stop();
      context.environment.disk.removeFolder(folder);
    }
  },
});

interface DevServer {
  readonly running: RunningStandalone;
  readonly observation: Observation | undefined;
  readonly folder: string;
}

async function work(
  context: CommandContext,
  flags: DevFlags,
  { running, observation, folder }: DevServer,
  inner: readonly string[],
): Promise<PassedExit | undefined> {
  const nameserver = addressText(running.nameserver.address);
  await makeTopics(context, nameserver, flags.topic ?? []);
  const { process, environment } = context;
  writeRecord(environment.disk, recordPath(folder), {
    kind: "standalone",
    pid: process.pid,
    startedMs: environment.clock.nowMs(),
    nameserver,
    broker: addressText(running.broker.address),
  });
  if (flags.printEnv) {
    const http = observation === undefined ? "" : `MQ_HTTP=${addressText(observation.address)}\n`;
    context.output.text(
      `MQ_NAMESERVER=${nameserver}\nMQ_STORE=${folder}\nMQ_PID=${process.pid}\n${http}MQ_READY=1\n`,
    );
  }
  if (inner.length > 0) {
    const child = process.run(inner, {
      MQ_NAMESERVER: nameserver,
      NAMESRV_ADDR: nameserver,
    });
    const onAbort = (): void => child.kill("SIGTERM");
    context.signal.addEventListener("abort", onAbort);
    return { passedOn: await child.exited };
  }
  await whenAborted(context.signal);
  return undefined;
}

async function start(
  context: CommandContext,
  flags: DevFlags,
  folder: string,
  more: string,
): Promise<RunningStandalone> {
  const startedMs = context.environment.clock.elapsedMs();
  const port = flags.port ?? 9_876;
  const running = await startStandalone(context.environment, {
    storeFolder: folder,
    listen: { host: "127.0.0.1", port: port === 9_876 ? 10_911 : 0 },
    nameserverListen: { host: "127.0.0.1", port },
    flush: flags.flush,
  });
  const ms = Math.round(context.environment.clock.elapsedMs() - startedMs);
  context.output.note(
    `mq ${version} ready in ${ms} ms · nameserver ${addressText(running.nameserver.address)} · store ${folder} (temporary)${more} · Ctrl-C to stop`,
  );
  return running;
}

function temporaryStore({ environment, process }: CommandContext): string {
  const folder = joinPath(process.temporaryFolder(), `mq-dev-${environment.random.hex(4)}`);
  environment.disk.makeFolder(folder);
  return folder;
}

async function makeTopics(
  context: CommandContext,
  nameserver: string,
  topics: readonly string[],
): Promise<void> {
  if (topics.length === 0) {
    return;
  }
  const client = createClient(context.environment, { nameservers: [nameserver] });
  try {
    const [broker] = await client.admin.cluster.brokers();
    for (const text of topics) {
      const [topic = "", queues = "8"] = text.split(":");
      const queueCount = Number(queues);
      if (topic === "" || !Number.isInteger(queueCount) || queueCount < 1) {
        throw usageError(`--topic '${text}' is no NAME or NAME:QUEUES`);
      }
      await client.admin.topics.update(broker?.address ?? "", {
        topic,
        readQueueCount: queueCount,
        writeQueueCount: queueCount,
        perm: 6,
      });
    }
  } finally {
    await client.close();
  }
}

/** Starts the same command again in the background and waits for its MQ_READY=1. */
async function detach(context: CommandContext, flags: DevFlags): Promise<undefined> {
  const { process, environment } = context;
  const outputPath = joinPath(process.temporaryFolder(), `mq-dev-${environment.random.hex(4)}.out`);
  const words = [
    "dev",
    "--print-env",
    "--port",
    String(flags.port ?? 9_876),
    "--flush",
    flags.flush,
    ...(flags.http === undefined ? [] : ["--http", flags.http]),
  ];
  const topics = (flags.topic ?? []).flatMap((topic) => ["--topic", topic]);
  const child = process.runDetached([...process.self, ...words, ...topics], outputPath);
  const text = await readyText(context, outputPath, child.pid);
  context.output.text(
    text
      .split("\n")
      .filter((line) => line.startsWith("MQ_"))
      .map((line) => `${line}\n`)
      .join(""),
  );
  environment.disk.remove(outputPath);
  return undefined;
}

async function readyText(context: CommandContext, path: string, pid: number): Promise<string> {
  const { clock, disk } = context.environment;
  const untilMs = clock.elapsedMs() + detachWaitMs;
  const keep = context.process.keepAlive();
  try {
    for (;;) {
      const text = disk.exists(path) ? readText(context, path) : "";
      if (text.includes("MQ_READY=1")) {
        return text;
      }
      if (clock.elapsedMs() > untilMs || !context.process.isRunning(pid)) {
        throw new CommandError("MQ-E-FAILED", exitCode.failed, `it did not start: ${text.trim()}`);
      }
      await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
    }
  } finally {
    keep();
  }
}

function readText({ environment }: CommandContext, path: string): string {
  const file = environment.disk.open(path, "read");
  const bytes = Buffer.alloc(file.bytes());
  file.readInto(bytes, 0, bytes.length, 0);
  file.close();
  return bytes.toString("utf8");
}
