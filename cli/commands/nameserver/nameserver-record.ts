/** A nameserver has no store: its record lies in the user's state folder, named after its address. */

import { joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { flag, text } from "../../flag.ts";
import { type ProcessRecord, readRecord } from "../server/process-record.ts";

export const listenFlag = flag(text().default("127.0.0.1:9876"), {
  about: "where it listens (127.0.0.1:9876)",
  short: "l",
  value: "HOST:PORT",
});

/** The folder of the records. */
export function recordFolder({ process }: Pick<CommandContext, "process">): string {
  const state =
    process.environment["XDG_STATE_HOME"] ?? joinPath(process.homeFolder(), ".local", "state");
  return joinPath(state, "mq", "nameservers");
}

/** The record of the nameserver at the address. */
export function nameserverRecordPath(
  context: Pick<CommandContext, "process">,
  address: string,
): string {
  return joinPath(recordFolder(context), `${address.replace(/[^A-Za-z0-9.]/g, "_")}.json`);
}

/** The record of a nameserver whose process still runs. */
export function runningNameserver(
  context: CommandContext,
  address: string,
): ProcessRecord | undefined {
  const record = readRecord(context.environment.disk, nameserverRecordPath(context, address));
  return record !== undefined && context.process.isRunning(record.pid) ? record : undefined;
}

/** The records of all nameservers of this user whose processes still run. */
export function runningNameservers(context: CommandContext): readonly ProcessRecord[] {
  const { disk } = context.environment;
  const folder = recordFolder(context);
  return (disk.exists(folder) ? disk.list(folder) : [])
    .map(({ name }) => readRecord(disk, joinPath(folder, name)))
    .filter((record) => record !== undefined)
    .filter(({ pid }) => context.process.isRunning(pid));
}
