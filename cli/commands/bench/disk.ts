/** `mq bench disk`: what a broker could do with its store in a folder. */
import type { z } from "zod";
import { DiskError } from "../../../src/io/disk.ts";
import { defineCommand } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { byteSize, duration, flag, type Zod } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import { type ProbeReport, probeDisk } from "./disk-probe.ts";
import { latencyColumns, latencyFields, latencyShape } from "./latency-fields.ts";
import {
  crossed,
  exitOfThresholds,
  maxP99Flag,
  minRateFlag,
  thresholdsOf,
  thresholdsSchema,
} from "./thresholds.ts";

const syncsMax = 1_000_000;
const writeBytesMax = 16 << 20;
/** As many producers as `mq bench produce` has senders. */
const producersAssumed = 64;

const reportSchema = (z: Zod) =>
  z.object({
    mode: z.literal("disk"),
    folder: z.string(),
    writeBytes: z.number(),
    syncs: z.number(),
    syncsPerSecond: z.number(),
    sequentialMegabytesPerSecond: z.number().nullable(),
    singleProducerPerSecond: z.number(),
    sharedSyncPerSecond: z.number(),
    ...latencyShape(z),
    thresholds: thresholdsSchema(z),
  });

export const command = defineCommand({
  spec: {
    path: ["bench", "disk"],
    summary: "measure what a broker could do with a folder's disk",
    description:
      "Appends and syncs one write after the other, as a broker does that flushes synchronously, then writes a long stretch.\nWorks in a file of its own that it removes. One producer that waits for each reply gets a message stored per sync; many\nproducers share a sync, so that 64 of them get up to 64 messages for it, as far as the disk's bandwidth goes.",
    arguments: [{ name: "FOLDER", about: "where the store would lie", completes: "folder" }],
    flags: {
      size: flag(byteSize().default(4_096), { about: "bytes of a write (4K)", value: "SIZE" }),
      duration: flag(duration().default(5_000), {
        about: "sync for so long (5s)",
        value: "DURATION",
      }),
      sequential: flag(byteSize().default(256 << 20), {
        about: "size of the long stretch, 0 for none (256M)",
        value: "SIZE",
      }),
      maxP99: maxP99Flag,
      minRate: minRateFlag,
    },
    output: reportSchema,
    examples: [
      "mq bench disk /var/lib/mq",
      "mq bench disk /data --duration 1s --max-p99 10ms --min-rate 500 -o json",
    ],
  },
  async run(context, { arguments: [folder = ""], flags }) {
    const { environment, process, output, signal } = context;
    if (!environment.disk.exists(folder)) {
      throw usageError(`${folder} is not there`);
    }
    if (flags.size < 1 || flags.size > writeBytesMax) {
      throw usageError(`--size: ${flags.size} is none of 1 to ${writeBytesMax} bytes`);
    }
    const room = environment.disk.space(folder).freeBytes;
    const wanted = Math.max(flags.sequential, flags.size * 1_024);
    if (room < wanted * 2) {
      throw new CommandError(
        "MQ-E-FAILED",
        exitCode.precondition,
        `${folder} has ${formatCount(room)} bytes free; a probe of ${formatCount(wanted)} would fill it`,
        { hint: "--sequential 0 or a smaller --size needs less" },
      );
    }
    const letGo = process.keepAlive();
    const report = await probeDisk(environment, folder, `mq-bench-disk.${process.pid}`, {
      writeBytes: flags.size,
      syncCount: syncsMax,
      durationMs: flags.duration,
      sequentialBytes: flags.sequential,
      signal,
    })
      .catch((error: unknown) => {
        throw error instanceof DiskError
          ? new CommandError("MQ-E-FAILED", exitCode.failed, error.message)
          : error;
      })
      .finally(letGo);
    const item = itemOf(folder, flags, report);
    output.item("Bench", item, { columns });
    output.note(verdict(item));
    for (const line of crossed(item.thresholds)) {
      output.note(line);
    }
    return exitOfThresholds(item.thresholds, { isAborted: signal.aborted });
  },
});

type Item = z.infer<ReturnType<typeof reportSchema>>;

function itemOf(
  folder: string,
  flags: { readonly size: number } & Parameters<typeof thresholdsOf>[0],
  { syncs, syncSeconds, sequentialBytes, sequentialSeconds }: ProbeReport,
): Item {
  const fields = latencyFields(syncs);
  const syncsPerSecond = syncSeconds === 0 ? 0 : Math.round(syncs.count / syncSeconds);
  const bytesPerSecond = sequentialSeconds === 0 ? undefined : sequentialBytes / sequentialSeconds;
  const shared = syncsPerSecond * producersAssumed;
  return {
    mode: "disk",
    folder,
    writeBytes: flags.size,
    syncs: syncs.count,
    syncsPerSecond,
    sequentialMegabytesPerSecond:
      bytesPerSecond === undefined ? null : Math.round(bytesPerSecond / 10_000) / 100,
    singleProducerPerSecond: syncsPerSecond,
    sharedSyncPerSecond:
      bytesPerSecond === undefined
        ? shared
        : Math.round(Math.min(shared, bytesPerSecond / flags.size)),
    ...fields,
    thresholds: [...thresholdsOf(flags, { p99Us: fields.p99Us, perSecond: syncsPerSecond })],
  };
}

const columns = [
  { key: "folder", head: "folder" },
  { key: "writeBytes", head: "bytes a write" },
  { key: "syncs", head: "synced writes" },
  { key: "syncsPerSecond", head: "syncs/s" },
  ...latencyColumns,
  {
    key: "sequentialMegabytesPerSecond",
    head: "sequential MB/s",
    show: (value: unknown) => (value === null ? "-" : String(value)),
  },
];

function verdict({ writeBytes, singleProducerPerSecond, sharedSyncPerSecond }: Item): string {
  const single = formatCount(singleProducerPerSecond);
  const shared = formatCount(sharedSyncPerSecond);
  return `with synchronous flush the disk allows one waiting producer ${single} messages of ${formatCount(writeBytes)} bytes a second, ${producersAssumed} of them up to ${shared}`;
}
