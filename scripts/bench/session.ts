/**
 * One session: a contender is started on an empty store, measured at rest, put under each load in turn, and
 * stopped. Before each load the file system is synced, so that no load pays for the writing of the one before.
 */
import type { Contender, RunningContender } from "./contender.ts";
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
  readonly options: BenchOptions;
  readonly report: (line: RawLine) => void;
  readonly note: (text: string) => void;
}

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
  workload: Workload,
  runner: LoadRunner,
): Promise<{ line: LoadLine; anonymousBytes: number }> {
  const { contender, options } = plan;
  const topic = `bench-${workload.id}-${runner.client}`;
  await createTopic(running.brokerPort, topic);
  syncFileSystems();
  let before: Edge | undefined;
  let after: Edge | undefined;
  let anonymousBytes = 0;
  const request = {
    nameserver: running.nameserver,
    topic,
    arguments: workload[runner.client],
    warmupMs: options.warmupMs,
    windowMs: options.windowMs,
  };
  const count = await runner.run(request, {
    opened: (clientCpuSeconds) => {
      before = readEdge(running, clientCpuSeconds);
    },
    closed: (clientCpuSeconds) => {
      after = readEdge(running, clientCpuSeconds);
      anonymousBytes = readAnonymousBytes(running.allPids);
    },
  });
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
  return {
    line: loadLine(plan, workload, runner.client, { before, after, count }),
    anonymousBytes,
  };
}

/** A just-in-time compiler needs far longer than one load's warm-up: this load is not measured. */
async function warmUp(plan: SessionPlan, running: RunningContender): Promise<void> {
  const [workload] = plan.workloads;
  const [runner] = plan.runners;
  if (workload === undefined || runner === undefined) {
    return;
  }
  const { warmupMs } = plan.options;
  await runLoad(
    { ...plan, options: { ...plan.options, windowMs: 3 * warmupMs } },
    running,
    workload,
    runner,
  );
}

async function measure(plan: SessionPlan, running: RunningContender): Promise<void> {
  const { contender, session } = plan;
  const who = { contender: contender.name, durability: contender.durability, session };
  plan.report({ kind: "start", ...who, startMs: running.startMs });
  await Bun.sleep(plan.options.settleMs);
  const idleAnonymousBytes = readAnonymousBytes(running.allPids);
  let loadedAnonymousBytes = 0;
  await warmUp(plan, running);
  // Whatever comes first meets the coldest broker: every second session runs the loads the other way round.
  const order = session % 2 === 1 ? plan.workloads : [...plan.workloads].reverse();
  for (const workload of order) {
    for (const runner of plan.runners) {
      const { line, anonymousBytes } = await runLoad(plan, running, workload, runner);
      plan.report(line);
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
