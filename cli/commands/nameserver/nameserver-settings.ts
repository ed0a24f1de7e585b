/** Where a nameserver listens and what it keeps, from its flags and a namesrv.conf with RocketMQ's names. */
import type { Address } from "../../../src/io/network.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { absolutePath, readAddress, readSettingsFile } from "../server/settings.ts";

const names = ["listenPort", "bindAddress", "kvConfigPath"];
/** RocketMQ's name for the file, which mq keeps in a folder with others. */
const keptFile = /^(.*\/)?kvConfig\.json$/;

/** Flags win. Throws usage errors, also for settings of the file that a nameserver of mq does not have. */
export function nameserverSettings(
  context: CommandContext,
  flags: {
    readonly listen: string | undefined;
    readonly folder: string | undefined;
    readonly config: string | undefined;
  },
): { readonly listen: Address; readonly folder: string | undefined } {
  const file = new Map(flags.config === undefined ? [] : readSettingsFile(context, flags.config));
  const unknown = [...file.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw usageError(
      `${flags.config}: '${unknown}' is no setting that a nameserver of mq starts with`,
      `those are ${names.join(" ")}; mq nameserver config set changes others while it runs`,
    );
  }
  const host = file.get("bindAddress") ?? "127.0.0.1";
  const port = file.get("listenPort") ?? "9876";
  if (!/^\d{1,5}$/.test(port)) {
    throw usageError(`${flags.config}: listenPort '${port}' is no port`);
  }
  const folder = flags.folder ?? folderOf(file.get("kvConfigPath"));
  return {
    listen: readAddress("listen", flags.listen ?? `${host}:${port}`),
    folder: folder === undefined ? undefined : absolutePath(context, folder),
  };
}

function folderOf(path: string | undefined): string | undefined {
  if (path === undefined) {
    return undefined;
  }
  const match = keptFile.exec(path);
  if (match === null) {
    throw usageError(
      `kvConfigPath: '${path}' does not end with kvConfig.json`,
      "mq keeps its files under RocketMQ's own names in one folder",
    );
  }
  return match[1]?.replace(/(.)\/$/, "$1") ?? ".";
}
