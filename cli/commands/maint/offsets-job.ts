/**
 * Writes down where every group stands: a folder a run, in it a file a group, which `mq group reset-offset GROUP --to-file FILE`
 * takes. A folder is there as a whole or not at all.
 */
import { gather } from "../../../src/client/index.ts";
import { type Disk, joinPath } from "../../../src/io/disk.ts";
import { replaceWhole } from "../../../src/io/whole-file.ts";
import type { CommandContext } from "../../command.ts";
import { nameserversOf } from "../../global-flags.ts";
import { formatTime } from "../../render/time.ts";
import { stateFolder } from "../../state-folder.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { isSystemGroup } from "../group/group-names.ts";
import { fileStem, offsetsText, type SavedOffset } from "../group/saved-offsets.ts";
import { isInnerTopic } from "../topic/topic-names.ts";
import type { Job, JobFlags, JobReport } from "./job.ts";

const keepDefault = 30;
const runName = /^\d{8}T\d{6}Z$/;

export const offsets: Job = {
  name: "offsets",
  about: "save offsets for mq group reset-offset --to-file",
  changes: undefined,
  subject: "cluster",
  run: saveAll,
};

async function saveAll(context: CommandContext, flags: JobFlags): Promise<JobReport> {
  const { disk, clock } = context.environment;
  const root = flags.offsetsTo ?? defaultFolder(context);
  const groups = await offsetsByGroup(context, flags);
  const queues = [...groups.values()].reduce((sum, each) => sum + each.length, 0);
  const figures = { groups: groups.size, queues };
  if (context.global.dryRun) {
    return { outcome: "planned", detail: `would write to ${root}`, figures };
  }
  const run = `${formatTime(Math.floor(clock.nowMs()), true).slice(0, 19).replace(/[-:]/g, "")}Z`;
  const folder = joinPath(root, run);
  const making = joinPath(root, "unfinished");
  disk.removeFolder(making);
  disk.makeFolder(making);
  for (const [group, saved] of groups) {
    const text = offsetsText(saved);
    replaceWhole(disk, joinPath(making, `${fileStem(group)}.tsv`), Buffer.from(text, "utf8"));
  }
  // Two runs within a second say the same.
  disk.removeFolder(folder);
  disk.rename(making, folder);
  disk.syncFolder(root);
  const removed = removeOld(disk, root, flags.keep ?? keepDefault);
  return { outcome: "ok", detail: folder, figures: { ...figures, removed } };
}

/** One folder a cluster. */
function defaultFolder({ process, global }: CommandContext): string {
  const cluster = encodeURIComponent(nameserversOf(global, process.environment).join(","));
  return stateFolder(process, "offset-backups", cluster.slice(0, 200));
}

/** All brokers must answer: a file that lacks queues would leave them behind when it is needed. */
async function offsetsByGroup(
  context: CommandContext,
  flags: JobFlags,
): Promise<ReadonlyMap<string, readonly SavedOffset[]>> {
  const { admin } = context.client();
  const { answers, failures } = await gather(
    await chosenBrokers(context.client(), flags),
    ({ address }) => admin.groups.offsets(address),
  );
  for (const { error } of failures) {
    throw error;
  }
  const groups = new Map<string, SavedOffset[]>();
  for (const { broker, value } of answers) {
    for (const [key, queues] of value) {
      const at = key.indexOf("@");
      const [topic, group] = [key.slice(0, at), key.slice(at + 1)];
      if (at > 0 && !isSystemGroup(group) && !isInnerTopic(topic)) {
        const saved = groups.get(group) ?? [];
        groups.set(group, saved);
        for (const [queueId, offset] of queues) {
          saved.push({ queue: { topic, brokerName: broker.brokerName, queueId }, offset });
        }
      }
    }
  }
  return groups;
}

function removeOld(disk: Disk, root: string, keepCount: number): number {
  const runs = disk.list(root).filter(({ name, isFolder }) => isFolder && runName.test(name));
  const old = runs.slice(0, Math.max(0, runs.length - keepCount));
  for (const { name } of old) {
    disk.removeFolder(joinPath(root, name));
  }
  return old.length;
}
