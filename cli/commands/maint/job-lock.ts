/**
 * One run of a job at a time for the same cluster or store, by this user. The system's lock goes with its process, so what a
 * dead one left bars nobody.
 */
import { sha256 } from "../../../src/core/sha256.ts";
import { type DiskLock, joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { nameserversOf } from "../../global-flags.ts";
import { stateFolder } from "../../state-folder.ts";
import { storeFolder } from "../server/settings.ts";
import type { Job, JobFlags } from "./job.ts";

/** Undefined while another run of the job is at work. */
export function lockJob(
  context: CommandContext,
  { name, subject }: Job,
  flags: JobFlags,
): DiskLock | undefined {
  const { disk } = context.environment;
  const { process, global } = context;
  const about =
    subject === "store"
      ? storeFolder(context, flags.store)
      : nameserversOf(global, process.environment).join(",");
  const folder = stateFolder(process, "maint");
  disk.makeFolder(folder);
  return disk.lock(joinPath(folder, `${name}-${sha256(Buffer.from(about)).slice(0, 16)}.lock`));
}
