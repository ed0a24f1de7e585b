/** `mq debug bundle`: everything that somebody needs who was not there, in one file and without secrets. */
import { version } from "../../../src/core/version.ts";
import { DiskError } from "../../../src/io/disk.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, texts, wholeNumber } from "../../flag.ts";
import { formatBytes } from "../../render/format.ts";
import { formatTime } from "../../render/time.ts";
import { storeFlag } from "../server/server-flags.ts";
import { absolutePath, storeFolder } from "../server/settings.ts";
import { BundleFile } from "./bundle-file.ts";
import { addCluster, addLocal } from "./bundle-parts.ts";
import { clientFacts } from "./client-facts.ts";
import { Secrets } from "./secrets.ts";

export const command = defineCommand({
  spec: {
    path: ["debug", "bundle"],
    summary: "collect what a bug report needs in one file, without secrets",
    description:
      "A tar archive: what nameservers and brokers say of themselves, routes, settings with secrets masked, offsets, groups,\nmembers, the findings of mq doctor, this client's own settings, and of a local broker its memory, limits, metrics and\nfiles' sizes. No message is read. manifest.json lists the parts, and those that could not be had. Look into it before you hand\nit on. Exit code 7 when something is missing.",
    flags: {
      to: flag(text(1).optional(), {
        about: "the file to write, which must not be there (mq-debug-TIME.tar)",
        value: "FILE",
      }),
      store: storeFlag,
      log: flag(texts().default([]), {
        about: "a log file on this machine, its last lines; repeat it for several",
        value: "FILE",
      }),
      logLines: flag(wholeNumber(1, 100_000).default(2_000), {
        about: "of each log file (2000)",
        value: "N",
      }),
    },
    output: (z) =>
      z.object({
        path: z.string(),
        bytes: z.number(),
        files: z.number(),
        missing: z.array(z.object({ path: z.string(), from: z.string(), reason: z.string() })),
      }),
    examples: [
      "mq debug bundle",
      "mq debug bundle --to /tmp/prod.tar -P prod --log /var/log/mq/broker.log",
    ],
  },
  async run(context, { flags }) {
    const { environment, output } = context;
    const nowMs = environment.clock.nowMs();
    const stamp = formatTime(nowMs, true).slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
    const path = absolutePath(context, flags.to ?? `mq-debug-${stamp}.tar`);
    if (environment.disk.exists(path)) {
      throw new CommandError("MQ-E-EXISTS", exitCode.precondition, `${path} is there already`, {
        hint: "--to FILE names another",
      });
    }
    const secrets = new Secrets();
    const bundle = new BundleFile();
    const gathering = { context, bundle, secrets };
    const facts = clientFacts(context, storeFolder(context, flags.store), secrets);
    await addCluster(gathering);
    await addLocal(gathering, facts, logsOf(context, flags));
    if (context.signal.aborted) {
      return exitCode.interrupted;
    }
    const missing = bundle.lost.map(({ path: part, from, reason }) => ({
      ...{ path: part, from, reason: secrets.text(reason) },
    }));
    const { bytes, files } = written(context, bundle, path, {
      secrets,
      root: `mq-debug-${stamp}`,
      nowMs,
      manifest: (parts) => ({
        apiVersion: "mq/v1",
        kind: "DebugBundle",
        created: formatTime(nowMs, true),
        version,
        nameservers: facts.nameservers,
        files: parts,
        missing,
      }),
    });
    output.item(
      "DebugBundle",
      { path, bytes, files, missing },
      { text: `${path}: ${files} files, ${formatBytes(bytes)}\n` },
    );
    for (const { path: part, from, reason } of missing) {
      output.note(`missing ${part} (${from}): ${reason}`);
    }
    return missing.length === 0 ? undefined : exitCode.partial;
  },
});

function logsOf(
  context: CommandContext,
  { log, logLines }: { readonly log: readonly string[]; readonly logLines: number },
): readonly { readonly path: string; readonly lines: number }[] {
  return log.map((path) => ({ path: absolutePath(context, path), lines: logLines }));
}

function written(
  { environment }: CommandContext,
  bundle: BundleFile,
  path: string,
  options: Parameters<BundleFile["write"]>[2],
): ReturnType<BundleFile["write"]> {
  try {
    return bundle.write(environment.disk, path, options);
  } catch (error) {
    throw error instanceof DiskError
      ? new CommandError("MQ-E-FAILED", exitCode.failed, error.message)
      : error;
  }
}
