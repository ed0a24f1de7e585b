/**
 * The offsets that a group had before it was moved: topic, broker:queue and offset, a line a queue, with tabs between. They
 * are on the disk before anything moves, so that every reset can be undone.
 */
import type { MessageQueue } from "../../../src/client/index.ts";
import { joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { stateFolder } from "../../state-folder.ts";
import { readTextFile, writeTextFile } from "../../text-file.ts";

export interface SavedOffset {
  readonly queue: MessageQueue;
  /** Undefined where the group had none. */
  readonly offset: number | undefined;
}

/** Keeps the offsets in a new file of the user's state folder; returns its path. */
export function saveOffsets(
  context: CommandContext,
  group: string,
  offsets: readonly SavedOffset[],
): string {
  const { disk, clock } = context.environment;
  const folder = stateFolder(context.process, "offsets");
  const path = joinPath(folder, `${fileStem(group)}-${Math.floor(clock.nowMs())}.tsv`);
  disk.makeFolder(folder);
  writeTextFile(context.environment, path, offsetsText(offsets));
  disk.syncFolder(folder);
  return path;
}

/** Keeps them in a file of the user's choice as well. Throws CommandError `MQ-E-EXISTS` for one that is there. */
export function copyOffsets(
  context: CommandContext,
  path: string,
  offsets: readonly SavedOffset[],
): void {
  if (context.environment.disk.exists(path)) {
    throw new CommandError(
      "MQ-E-EXISTS",
      exitCode.precondition,
      `--save: ${path} is there already`,
      {
        hint: "name another file, or move that one away; nothing was moved",
      },
    );
  }
  writeTextFile(context.environment, path, offsetsText(offsets));
}

/** The text of such a file. */
export function offsetsText(offsets: readonly SavedOffset[]): string {
  return offsets
    .map(
      ({ queue, offset }) =>
        `${queue.topic}\t${queue.brokerName}:${queue.queueId}\t${offset ?? ""}\n`,
    )
    .join("");
}

/** The file of the group's last reset from this machine; undefined when there was none. */
export function newestSavedOffsets(context: CommandContext, group: string): string | undefined {
  const { disk } = context.environment;
  const folder = stateFolder(context.process, "offsets");
  const stem = `${fileStem(group)}-`;
  const [newest] = (disk.exists(folder) ? disk.list(folder) : [])
    .map(({ name }) => name)
    .filter((name) => name.startsWith(stem) && /^\d+\.tsv$/.test(name.slice(stem.length)))
    .sort()
    .reverse();
  return newest === undefined ? undefined : joinPath(folder, newest);
}

/** Names of groups may hold what names of files may not; two groups never share a name. */
export function fileStem(group: string): string {
  return encodeURIComponent(group);
}

/** Reads such a file. Throws CommandError `MQ-E-USAGE`. */
export function readSavedOffsets(context: CommandContext, path: string): readonly SavedOffset[] {
  const text = readTextFile(context.environment, path);
  if (text === undefined) {
    throw usageError(`--to-file: ${path} is not there`);
  }
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [topic = "", place = "", offset = ""] = line.split("\t");
      const at = place.lastIndexOf(":");
      const queueId = Number(place.slice(at + 1));
      if (topic === "" || at <= 0 || !Number.isInteger(queueId) || !/^\d*$/.test(offset)) {
        throw usageError(
          `--to-file: '${line}' is no TOPIC, BROKER:QUEUE, OFFSET with tabs between`,
        );
      }
      const queue = { topic, brokerName: place.slice(0, at), queueId };
      return { queue, offset: offset === "" ? undefined : Number(offset) };
    });
}
