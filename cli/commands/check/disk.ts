/** `mq check disk`: of brokers over the network, or of a folder on this machine. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { duration, flag, text, wholeNumber } from "../../flag.ts";
import { formatBytes } from "../../render/format.ts";
import { probeDisk } from "../bench/disk-probe.ts";
import { brokerFacts } from "../cluster/broker-facts.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import {
  type CheckResult,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
} from "./result.ts";

const probe = { writeBytes: 4_096, syncCount: 16, durationMs: 2_000, sequentialBytes: 0 } as const;

const flagShape = {
  ...brokerChoiceFlags,
  ...checkFlags,
  folder: flag(text(1).optional(), {
    about: "a folder on this machine instead of brokers' disks",
    value: "FOLDER",
    completes: "folder",
  }),
  warn: flag(wholeNumber(1, 100).default(75), {
    about: "warning above so many percent (75)",
    value: "PERCENT",
  }),
  crit: flag(wholeNumber(1, 100).default(90), {
    about: "critical above so many percent (90)",
    value: "PERCENT",
  }),
  syncWarn: flag(duration().optional(), {
    about: "with --folder: warning when a sync takes longer; writes and removes a small file",
    value: "DURATION",
  }),
  syncCrit: flag(duration().optional(), { about: "critical above", value: "DURATION" }),
} as const;

export const command = defineCommand({
  spec: {
    path: ["check", "disk"],
    summary: "tell whether disks have room",
    description:
      "What the brokers say of the disks of their logs; all of them, or those that --broker or --cluster choose. With --folder\nthe disk of a folder on this machine, and how fast it syncs. Exit code 0 ok, 1 warning, 2 critical, 3 unknown.",
    flags: flagShape,
    output: checkSchema,
    examples: [
      "mq check disk --warn 70 --crit 85",
      "mq check disk --folder /var/lib/mq --sync-warn 20ms --sync-crit 200ms",
    ],
  },
  async run(context, { flags }) {
    const { folder } = flags;
    if (folder !== undefined && !context.environment.disk.exists(folder)) {
      throw usageError(`--folder: ${folder} is not there`);
    }
    if (folder === undefined && (flags.syncWarn ?? flags.syncCrit) !== undefined) {
      throw usageError("--sync-warn and --sync-crit want --folder", "brokers do not tell it");
    }
    const options = {
      check: "disk",
      subject: folder ?? flags.broker ?? flags.cluster ?? "all brokers",
      format: flags.format,
      whenUnreachable: folder === undefined ? "critical" : "unknown",
    } as const;
    return await runCheck(context, options, () =>
      folder === undefined
        ? ofBrokers(context, flags, options.subject)
        : ofFolder(context, flags, folder),
    );
  },
});

interface Bounds {
  readonly warn: number;
  readonly crit: number;
}

function shareFigure(used: number, { warn, crit }: Bounds): Figure {
  return { name: "used", value: Math.round(used * 1_000) / 10, unit: "%", warn, crit };
}

async function ofBrokers(
  context: CommandContext,
  flags: Bounds & { readonly cluster: string | undefined; readonly broker: string | undefined },
  subject: string,
): Promise<CheckResult> {
  const client = context.client();
  const figures: Figure[] = [];
  const silent: string[] = [];
  for (const { brokerName, address } of await chosenBrokers(client, flags)) {
    const { diskUsed } = brokerFacts(await client.admin.cluster.runtimeInfo(address));
    if (diskUsed === undefined) {
      silent.push(brokerName);
    } else {
      figures.push({ ...shareFigure(diskUsed, flags), server: brokerName });
    }
  }
  const fullest = figures.reduce<Figure | undefined>(
    (most, each) => (most === undefined || each.value > most.value ? each : most),
    undefined,
  );
  if (fullest === undefined) {
    return { status: "unknown", subject, message: `${silent.join(", ")} tell no share`, figures };
  }
  const others = silent.length === 0 ? "" : `; ${silent.join(", ")} tell no share`;
  return {
    status: statusOf(figures),
    subject,
    message: `${fullest.value} % used on ${fullest.server}, the fullest of ${figures.length}${others}`,
    figures,
  };
}

async function ofFolder(
  { environment, process, signal }: CommandContext,
  flags: Bounds & { readonly syncWarn: number | undefined; readonly syncCrit: number | undefined },
  folder: string,
): Promise<CheckResult> {
  const { freeBytes, totalBytes } = environment.disk.space(folder);
  const used = shareFigure(totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes, flags);
  const figures = [used];
  let sync = "";
  if (flags.syncWarn !== undefined || flags.syncCrit !== undefined) {
    const letGo = process.keepAlive();
    const { syncs } = await probeDisk(environment, folder, `mq-check-disk.${process.pid}`, {
      ...probe,
      signal,
    }).finally(letGo);
    const value = Math.round(syncs.percentileMs(0.5) * 1_000) / 1_000_000;
    figures.push({
      name: "sync",
      value,
      unit: "s",
      warn: flags.syncWarn === undefined ? undefined : flags.syncWarn / 1_000,
      crit: flags.syncCrit === undefined ? undefined : flags.syncCrit / 1_000,
    });
    sync = `, a sync takes ${(value * 1_000).toFixed(1)} ms`;
  }
  return {
    status: statusOf(figures),
    subject: folder,
    message: `${used.value} % used, ${formatBytes(freeBytes)} free${sync}`,
    figures,
  };
}
