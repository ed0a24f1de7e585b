/**
 * One session: a contender is started on an empty store, measured at rest, put under each load in turn, and
 * stopped. Before each load the file system is synced, so that no load pays for the writing of the one before.
 */
import { type Backlog, backlogBodyBytes, backlogTopic } from "./backlog.ts";
import { type Contender, ourName, type RunningContender } from "./contender.ts";
import type { ClientCount, LoadRunner } from "./load.ts";
import type { BenchOptions, LoadClient } from "./options.ts";
import {
  type MachineUsage,
  machineShares,
  type ProcessUsage,
  readAnonymousBytes,
  readDeviceWrittenBytes,
  readMachineUsage,
  readProcessUsage,
} from "./process-usage.ts";
import { type LoadLine, type RawLine, reasonToVoid } from "./result.ts";
import { createTopic } from "./wire-probe.ts";
import type { Workload } from "./workload.ts";

interface Edge {
  readonly machine: MachineUsage;
  readonly broker: ProcessUsage;
  readonly clientCpuSeconds: number;
  readonly deviceWrittenBytes: number;
}

export interface SessionPlan {
  readonly contender: Contender;
  readonly session: number;
  readonly workloads: readonly Workload[];
  readonly runners: readonly LoadRunner[];
  readonly backlogOf: (running: RunningContender) => Backlog;
  readonly options: BenchOptions;
  readonly report: (line: RawLine) => void;
  readonly note: (text: string) => void;
}

/** A backlog is read to its end; a minute and a half is far more than any machine needs. */
const readingMsMax = 90_000;
/** Clients count at the edges of a window: a few messages more or less are no sign of a broken reader. */
const readShareMin = 0.999;

function syncFileSystems(): void {
  Bun.spawnSync(["sync"], { stdin: "ignore" });
}

function readEdge(running: RunningContender, clientCpuSeconds: number): Edge {
  return {
    machine: readMachineUsage(),
    broker: readProcessUsage(running.brokerPids),
    clientCpuSeconds,
    deviceWrittenBytes: readDeviceWrittenBytes(running.storeFolder),
  };
}

/** What the window says: the client's counts over what broker and machine used between its edges. */
function loadLine(
  plan: SessionPlan,
  workload: Workload,
  client: LoadClient,
  measured: { readonly before: Edge; readonly after: Edge; readonly count: ClientCount },
): LoadLine {
  const { before, after, count } = measured;
  const shares = machineShares(before.machine, after.machine);
  const brokerSeconds = after.broker.cpuSeconds - before.broker.cpuSeconds;
  const clientSeconds = after.clientCpuSeconds - before.clientCpuSeconds;
  const usedShare = (brokerSeconds + clientSeconds) / shares.coreSeconds;
  const othersShare = Math.max(0, 1 - shares.idle - usedShare);
  const reason = reasonToVoid({ stealShare: shares.steal, othersShare });
  const deviceBytes = after.deviceWrittenBytes - before.deviceWrittenBytes;
  const writtenBytes = after.broker.writtenBytes - before.broker.writtenBytes;
  return {
    kind: "load",
    contender: plan.contender.name,
    durability: plan.contender.durability,
    session: plan.session,
    client,
    workload: workload.id,
    messages: count.messages,
    failures: count.failures,
    perSecond: count.messages / count.seconds,
    ...(workload.backlog === "read"
      ? { megabytesPerSecond: (count.messages * backlogBodyBytes) / 1e6 / count.seconds }
      : {}),
    cpuUsPerMessage: (brokerSeconds * 1e6) / count.messages,
    writtenBytesPerMessage: writtenBytes / count.messages,
    ...(Number.isNaN(deviceBytes) ? {} : { deviceBytesPerMessage: deviceBytes / count.messages }),
    p50Us: count.p50Us,
    p99Us: count.p99Us,
    p999Us: count.p999Us,
    brokerCores: brokerSeconds / count.seconds,
    clientCores: clientSeconds / count.seconds,
    idleShare: shares.idle,
    stealShare: shares.steal,
    othersShare,
    ...(reason === undefined ? {} : { void: reason }),
  };
}

async function runLoad(
  plan: SessionPlan,
  running: RunningContender,
  backlog: Backlog,
  workload: Workload,
  runner: LoadRunner,
): Promise<{ line: LoadLine; anonymousBytes: number }> {
  const { contender, options } = plan;
  const topic = await prepare(running, backlog, workload, runner.client);
  let before: Edge | undefined;
  let after: Edge | undefined;
  let anonymousBytes = 0;
  const isReading = workload.backlog === "read";
  let stopReader: (() => Promise<void>) | undefined;
  const count = await runner.run(
    {
      direction: isReading ? "read" : "send",
      nameserver: running.nameserver,
      topic,
      arguments: workload.arguments[runner.client] ?? [],
      ...(isReading ? { count: backlog.count } : {}),
      warmupMs: workload.burstMs === undefined && !isReading ? options.warmupMs : 0,
      windowMs: isReading ? readingMsMax : (workload.burstMs ?? options.windowMs),
    },
    {
      opened: (clientCpuSeconds) => {
        before = readEdge(running, clientCpuSeconds);
        // Not sooner: a backlog that is read during the warm-up disturbs nobody in the window.
        stopReader = workload.backlog === "beside" ? backlog.startReader() : undefined;
      },
      closed: (clientCpuSeconds) => {
        after = readEdge(running, clientCpuSeconds);
        anonymousBytes = readAnonymousBytes(running.allPids);
      },
    },
  );
  await stopReader?.();
  if (before === undefined || after === undefined) {
    throw new Error(`${runner.client} client: the edges of the window were not told`);
  }
  const where = `${contender.name}, ${workload.id}`;
  if (count.messages === 0) {
    throw new Error(`${where}: nothing was acknowledged: ${count.firstFailure}`);
  }
  if (count.failures > 0) {
    plan.note(`${where}: ${count.failures} sends failed: ${count.firstFailure}`);
  }
  const line = loadLine(plan, workload, runner.client, { before, after, count });
  const isUnread = isReading && count.messages < backlog.count * readShareMin;
  const reason = isUnread ? `only ${count.messages} of ${backlog.count} were read` : line.void;
  return {
    line: { ...line, anonymousBytes, ...(reason === undefined ? {} : { void: reason }) },
    anonymousBytes,
  };
}

/** Makes what the load needs, and returns its topic. */
async function prepare(
  running: RunningContender,
  backlog: Backlog,
  workload: Workload,
  client: LoadClient,
): Promise<string> {
  const topic = `bench-${workload.id}-${client}`;
  const names =
    workload.topicCount === undefined
      ? [topic]
      : Array.from({ length: workload.topicCount }, (_, index) => `${topic}-${index + 1}`);
  for (const name of workload.backlog === "read" ? [] : names) {
    await createTopic(running.brokerPort, name);
  }
  syncFileSystems();
  if (workload.backlog !== undefined) {
    await backlog.prepare();
  }
  return workload.backlog === "read" ? backlogTopic : topic;
}

/** Loads that this contender is put under, with the clients that run them. */
function loadsOf(plan: SessionPlan): readonly { workload: Workload; runner: LoadRunner }[] {
  const { contender, session } = plan;
  const own = plan.workloads.filter(
    ({ durabilities, isOursAlone }) =>
      (durabilities === undefined || durabilities.includes(contender.durability)) &&
      (isOursAlone !== true || contender.name === ourName),
  );
  // Whatever comes first meets the coldest broker: every second session runs the loads the other way round. Many
  // topics, which peers do not have, and then a backlog, whose writing is not measured, come last in both.
  const isLate = ({ backlog, topicCount }: Workload) =>
    backlog !== undefined || topicCount !== undefined;
  const sends = own.filter((workload) => !isLate(workload));
  const order = [...(session % 2 === 1 ? sends : [...sends].reverse()), ...own.filter(isLate)];
  return order.flatMap((workload) =>
    plan.runners
      .filter(({ client }) => workload.arguments[client] !== undefined)
      .map((runner) => ({ workload, runner })),
  );
}

/** A just-in-time compiler needs far longer than one load's warm-up: this load is not measured. */
async function warmUp(
  plan: SessionPlan,
  running: RunningContender,
  backlog: Backlog,
): Promise<void> {
  const first = loadsOf({ ...plan, session: 1 }).find(
    ({ workload }) => workload.backlog === undefined && workload.burstMs === undefined,
  );
  if (first !== undefined) {
    const { warmupMs } = plan.options;
    const longer = { ...plan, options: { ...plan.options, windowMs: 3 * warmupMs } };
    await runLoad(longer, running, backlog, first.workload, first.runner);
  }
}

async function measure(plan: SessionPlan, running: RunningContender): Promise<void> {
  const { contender, session } = plan;
  const who = { contender: contender.name, durability: contender.durability, session };
  plan.report({ kind: "start", ...who, startMs: running.startMs });
  await Bun.sleep(plan.options.settleMs);
  const idleAnonymousBytes = readAnonymousBytes(running.allPids);
  let loadedAnonymousBytes = 0;
  const backlog = plan.backlogOf(running);
  await warmUp(plan, running, backlog);
  for (const { workload, runner } of loadsOf(plan)) {
    const { line, anonymousBytes } = await runLoad(plan, running, backlog, workload, runner);
    plan.report(line);
    // Peers are not put under the others, so their memory says nothing beside it.
    if (workload.isOursAlone !== true) {
      loadedAnonymousBytes = Math.max(loadedAnonymousBytes, anonymousBytes);
    }
  }
  plan.report({ kind: "memory", ...who, idleAnonymousBytes, loadedAnonymousBytes });
}

export async function runSession(plan: SessionPlan): Promise<void> {
  syncFileSystems();
  plan.note(`starting ${plan.contender.name} (${plan.contender.setting})`);
  const running = await plan.contender.start();
  try {
    await measure(plan, running);
  } finally {
    await running.stop();
  }
}
