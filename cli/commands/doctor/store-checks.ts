/** What only the broker's own machine can tell: its files, its limits, its disk. */
import { DiskError, joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { formatBytes, formatCount } from "../../render/format.ts";
import { probeDisk } from "../bench/disk-probe.ts";
import { runningServer } from "../server/stopping.ts";
import { type Diagnosis, unwell, well } from "./diagnosis.ts";
import { type DiskBounds, diskDiagnosis } from "./disk-share.ts";

const handlesWarn = 65_536;
const handlesUsedWarnShare = 0.7;
const syncWarnMs = 20;
const probeSyncs = 32;
const probeMsMax = 3_000;
const pageBytes = 4_096;

/** Looks at a store and at the machine that it lies on. Throws a usage error for a folder that is no store. */
export async function lookAtStore(
  context: CommandContext,
  folder: string,
  bounds: DiskBounds,
): Promise<readonly Diagnosis[]> {
  const { disk } = context.environment;
  if (!disk.exists(joinPath(folder, "commitlog"))) {
    throw usageError(
      `--store: ${folder} holds no commitlog`,
      "it is the broker's storePathRootDir; mq doctor without --store asks over the network only",
    );
  }
  const server = runningServer(context, folder);
  return [
    server === undefined && disk.exists(joinPath(folder, "abort"))
      ? unwell("warn", "store", {
          subject: folder,
          detail: "was not closed, and no mq broker runs on it",
          cause: "a RocketMQ broker is running on it, or the last one was killed",
          fix: "if none runs, the next start recovers it; mq segment verify shows what is damaged",
        })
      : well(
          "store",
          folder,
          server === undefined
            ? "closed, no broker runs on it"
            : `process ${server.pid} runs on it`,
        ),
    spaceDiagnosis(context, folder, bounds),
    ...handleDiagnoses(context, server?.pid ?? context.process.pid, server !== undefined),
    await syncDiagnosis(context, folder),
  ];
}

function spaceDiagnosis(
  { environment }: CommandContext,
  folder: string,
  bounds: DiskBounds,
): Diagnosis {
  const { freeBytes, totalBytes } = environment.disk.space(folder);
  return diskDiagnosis(bounds, {
    subject: folder,
    used: totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes,
    more: `, ${formatBytes(freeBytes)} free`,
    fix: `mq store usage ${folder} shows which topics; keep less with fileReservedTime=HOURS, or give it room`,
  });
}

/** Of the broker's process where it runs, of ours elsewhere: a broker that is started here gets the same. */
function handleDiagnoses(
  { process, environment }: CommandContext,
  pid: number,
  isBroker: boolean,
): readonly Diagnosis[] {
  const limits = process.files.read(`/proc/${pid}/limits`);
  const match = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? "");
  if (match === null) {
    return [];
  }
  const subject = isBroker ? `process ${pid}` : "processes started here";
  const limit = match[1] === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(match[1]);
  const open = isBroker ? openHandles(environment.disk, pid) : undefined;
  const detail = `${open === undefined ? "" : `${formatCount(open)} of `}${match[1]} file handles`;
  const isShort = limit < handlesWarn || (open ?? 0) > limit * handlesUsedWarnShare;
  return [
    isShort
      ? unwell("warn", "handles", {
          subject,
          detail,
          cause: "the limit of the service or of the shell that starts the broker",
          fix: "LimitNOFILE=1048576 in its systemd unit, or ulimit -n 655350 before it starts",
        })
      : well("handles", subject, detail),
  ];
}

function openHandles(disk: CommandContext["environment"]["disk"], pid: number): number | undefined {
  try {
    return disk.list(`/proc/${pid}/fd`).length;
  } catch (error) {
    if (error instanceof DiskError) {
      return undefined;
    }
    throw error;
  }
}

async function syncDiagnosis(context: CommandContext, folder: string): Promise<Diagnosis> {
  const letGo = context.process.keepAlive();
  try {
    const { syncs } = await probeDisk(
      context.environment,
      folder,
      `mq-doctor.${context.process.pid}`,
      {
        writeBytes: pageBytes,
        syncCount: probeSyncs,
        durationMs: probeMsMax,
        sequentialBytes: 0,
        signal: context.signal,
      },
    );
    const middleMs = syncs.percentileMs(0.5);
    const detail = `a sync takes ${middleMs.toFixed(1)} ms, the slowest of ${syncs.count} ${syncs.maxMs.toFixed(1)} ms`;
    return middleMs < syncWarnMs
      ? well("fsync", folder, detail)
      : unwell("warn", "fsync", {
          subject: folder,
          detail,
          cause: "a slow or busy disk, or one in a network",
          fix: "each durable send waits for a sync: put the store on a local SSD; mq bench disk measures more",
        });
  } catch (error) {
    if (!(error instanceof DiskError)) {
      throw error;
    }
    return unwell("fail", "fsync", {
      subject: folder,
      detail: error.message,
      cause: "nobody can write there: a full or read-only disk, or this user may not",
      fix: "run mq doctor as the broker's user; look at df and mount",
    });
  } finally {
    letGo();
  }
}
