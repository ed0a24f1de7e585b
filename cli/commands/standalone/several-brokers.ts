/**
 * `mq standalone start --brokers N`: the nameserver and the first broker in this process, each further broker in one of
 * its own (`mq broker start`), so that more than one core works. This process supervises the others: it is ready when
 * all are registered, ends them when it ends, and ends as soon as one of them does.
 */
import type { Observation } from "../../../src/app/observation.ts";
import { type RunningStandalone, startStandalone } from "../../../src/app/standalone-app.ts";
import { version } from "../../../src/core/version.ts";
import { type DiskLock, joinPath } from "../../../src/io/disk.ts";
import type { ChildHandle } from "../../../src/io/process.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { severalStores } from "../server/broker-folders.ts";
import { observationText, observe } from "../server/observing.ts";
import { recordPath } from "../server/process-record.ts";
import type { BrokerFlags } from "../server/server-flags.ts";
import { addressText, serve } from "../server/serving.ts";
import { type brokerOptions, readAddress, type Settings } from "../server/settings.ts";

const readyWaitMs = 30_000;
/** Longer than a broker's own patience on a stop. */
const stopWaitMs = 25_000;
const lookAgainMs = 20;
/** Between the ports of two brokers: room for the ports that RocketMQ's clients and replicas derive from one. */
const portStep = 10;

interface Child {
  readonly name: string;
  readonly handle: ChildHandle;
  /** Set once it has ended. */
  exitCode: number | undefined;
}

export interface SeveralBrokers {
  readonly context: CommandContext;
  readonly count: number;
  readonly flags: BrokerFlags;
  readonly settings: Settings;
  readonly options: ReturnType<typeof brokerOptions>;
  readonly nameserverListen: { readonly host: string; readonly port: number };
}

/** Runs until the signal came; throws CommandError when a broker does not start, or ends before. */
export async function runSeveralBrokers(several: SeveralBrokers): Promise<void> {
  const { context, count, flags, options, settings } = several;
  const { disk } = context.environment;
  const folder = options.storeFolder;
  if (settings.brokerName !== undefined) {
    throw usageError(`brokerName: with --brokers ${count} the names are broker-a, broker-b, …`);
  }
  const stores = severalStores(disk, folder, count);
  disk.makeFolder(joinPath(folder, "mq"));
  const lock = lockOf(several);
  const children: Child[] = [];
  let running: RunningStandalone | undefined;
  let observation: Observation | undefined;
  try {
    observation = await observe(context, flags);
    running = await startFirst(several, stores);
    observation?.attach(running);
    const nameserver = addressText(running.nameserver.address);
    for (const [at, [name, store]] of stores.entries()) {
      if (at > 0) {
        children.push(startChild(several, { at, name, store, nameserver }));
      }
    }
    await allRegistered(several, running, children);
    if (!context.signal.aborted) {
      announce(several, running, observation);
    }
    await serve({
      context,
      recordPath: recordPath(folder),
      store: folder,
      record: {
        kind: "standalone",
        nameserver,
        broker: brokerList(running),
        http: observation === undefined ? undefined : addressText(observation.address),
      },
      stop: () => Promise.resolve(),
      until: Promise.race(children.map((child) => child.handle.exited)),
    });
    throwIfEnded(several, children);
  } finally {
    await stopAll(several, running, children);
    observation?.stop();
    lock.release();
  }
}

/** The folder of several stores is held like a store: `stop` and `status` look there. */
function lockOf({ context, options }: SeveralBrokers): DiskLock {
  const lock = context.environment.disk.lock(joinPath(options.storeFolder, "lock"));
  if (lock === undefined) {
    throw new CommandError(
      "MQ-E-STORE",
      exitCode.precondition,
      `${options.storeFolder} is in use by another process`,
    );
  }
  return lock;
}

function startFirst(
  { context, options, nameserverListen }: SeveralBrokers,
  stores: ReturnType<typeof severalStores>,
): Promise<RunningStandalone> {
  const [[brokerName, storeFolder] = ["broker-a", options.storeFolder]] = stores;
  return startStandalone(context.environment, {
    ...options,
    brokerName,
    storeFolder,
    nameserverFolder: joinPath(options.storeFolder, "nameserver"),
    nameserverListen,
  });
}

function startChild(
  { context, flags, settings, options }: SeveralBrokers,
  broker: {
    readonly at: number;
    readonly name: string;
    readonly store: string;
    readonly nameserver: string;
  },
): Child {
  const { process } = context;
  const words = [
    "broker",
    "start",
    "--supervised",
    "--quiet",
    ...["--nameserver", broker.nameserver],
    ...["--store", broker.store],
    ...["--listen", addressText(shifted(options.listen, broker.at))],
    ...["--flush", options.flush],
    ...["--set", `brokerName=${broker.name}`],
    ...(settings.autoCreateTopicEnable === undefined
      ? ["--set", "autoCreateTopicEnable=true"]
      : []),
    ...(options.advertise === undefined
      ? []
      : ["--advertise", addressText(shifted(options.advertise, broker.at))]),
    ...(flags.config === undefined ? [] : ["--config", flags.config]),
    ...(flags.set ?? []).flatMap((each) => ["--set", each]),
    ...(options.vipPort === true ? ["--vip-port"] : []),
    ...(flags.http === undefined
      ? []
      : ["--http", addressText(shifted(readAddress("http", flags.http), broker.at))]),
    ...(flags.insecureListen ? ["--insecure-listen"] : []),
    ...(flags.adminOnDataPort ? ["--admin-on-data-port"] : []),
    ...["--log-format", context.global.logFormat],
    ...(context.global.verbose ? ["--verbose"] : []),
  ];
  const child: Child = {
    name: broker.name,
    handle: process.runSupervised([...process.self, ...words]),
    exitCode: undefined,
  };
  void child.handle.exited.then((code) => {
    child.exitCode = code;
  });
  return child;
}

/** The address of the at-th broker; free ports stay free. */
function shifted(
  { host, port }: { readonly host: string; readonly port: number },
  at: number,
): { readonly host: string; readonly port: number } {
  return { host, port: port === 0 ? 0 : port + portStep * at };
}

async function allRegistered(
  several: SeveralBrokers,
  running: RunningStandalone,
  children: readonly Child[],
): Promise<void> {
  const { context, count } = several;
  const { clock } = context.environment;
  const untilMs = clock.elapsedMs() + readyWaitMs;
  const keep = context.process.keepAlive();
  try {
    while (running.nameserver.brokers().length < count && !context.signal.aborted) {
      throwIfEnded(several, children);
      if (clock.elapsedMs() > untilMs) {
        throw new CommandError(
          "MQ-E-TIMEOUT",
          exitCode.failed,
          `not all of the ${count} brokers registered within ${readyWaitMs / 1_000} s`,
        );
      }
      await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
    }
  } finally {
    keep();
  }
}

/** A broker that ended although nobody asked it to ends them all: half a cluster is not what was started. */
function throwIfEnded({ context }: SeveralBrokers, children: readonly Child[]): void {
  const ended = children.find((child) => child.exitCode !== undefined);
  if (ended !== undefined && !context.signal.aborted) {
    throw new CommandError(
      "MQ-E-CHILD",
      exitCode.failed,
      `${ended.name} (process ${ended.handle.pid}) ended with exit code ${ended.exitCode}; the others were stopped with it`,
      { hint: "its last lines stand above" },
    );
  }
}

function brokerList(running: RunningStandalone): string {
  return running.nameserver
    .brokers()
    .map(({ brokerName, address }) => `${brokerName} ${address}`)
    .sort()
    .join(", ");
}

function announce(
  { context, options }: SeveralBrokers,
  running: RunningStandalone,
  observation: Observation | undefined,
): void {
  const nameserver = addressText(running.nameserver.address);
  const ms = Math.round(context.environment.clock.elapsedMs());
  context.output.note(
    [
      `mq ${version} ready in ${ms} ms · nameserver ${nameserver} · ${brokerList(running)} · store ${options.storeFolder} · flush ${options.flush}${observationText(observation)}`,
      `next, in another terminal: mq cluster list -n ${nameserver}`,
      "Ctrl-C stops",
    ].join("\n"),
  );
}

/** The brokers first and all at once, so that they can sign off at the nameserver. */
async function stopAll(
  { context }: SeveralBrokers,
  running: RunningStandalone | undefined,
  children: readonly Child[],
): Promise<void> {
  const left = children.filter((child) => child.exitCode === undefined);
  for (const child of left) {
    child.handle.kill("SIGTERM");
  }
  const timer = context.environment.clock.after(stopWaitMs, () => {
    for (const child of left) {
      child.handle.kill("SIGKILL");
    }
  });
  const keep = context.process.keepAlive();
  try {
    await Promise.all([running?.broker.stop(), ...left.map((child) => child.handle.exited)]);
    await running?.stop();
  } finally {
    keep();
    timer.cancel();
  }
}
