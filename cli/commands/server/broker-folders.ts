/**
 * Where the stores of `mq standalone` lie: one broker's in the folder itself, those of several in subfolders that have
 * the brokers' names. A folder is used for one or the other, and with fewer brokers than it has stores nobody starts:
 * their messages would silently be gone (docs/decisions/0010-several-brokers.md).
 */
import { type Disk, joinPath } from "../../../src/io/disk.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";

export const brokersMax = 26;

/** Throws CommandError when the folder holds the stores of several brokers. */
export function checkSingleStore(disk: Disk, folder: string): void {
  const stores = storesIn(disk, folder);
  if (stores.length > 0) {
    throw new CommandError(
      "MQ-E-STORE",
      exitCode.precondition,
      `${folder} holds the stores of ${stores.join(", ")}`,
      { hint: `start it with --brokers ${neededFor(stores)}, or choose another --store` },
    );
  }
}

/** The brokers' folders, by name. Throws CommandError when the folder is used otherwise. */
export function severalStores(
  disk: Disk,
  folder: string,
  count: number,
): readonly (readonly [name: string, folder: string])[] {
  if (isStore(disk, folder)) {
    const first = joinPath(folder, "broker-a");
    throw new CommandError(
      "MQ-E-STORE",
      exitCode.precondition,
      `${folder} holds the store of one broker`,
      {
        hint: `start it without --brokers, choose another --store, or make it broker-a: move all that is in it to ${first}`,
      },
    );
  }
  const stores = storesIn(disk, folder);
  if (neededFor(stores) > count) {
    throw new CommandError(
      "MQ-E-STORE",
      exitCode.precondition,
      `${folder} holds the stores of ${stores.join(", ")}; with ${count} brokers nobody would serve all of them`,
      { hint: `start it with --brokers ${neededFor(stores)}` },
    );
  }
  return brokerNames(count).map((name) => [name, joinPath(folder, name)]);
}

function storesIn(disk: Disk, folder: string): readonly string[] {
  return brokerNames(brokersMax).filter((name) => isStore(disk, joinPath(folder, name)));
}

/** How many brokers there must be so that the last of the stores has one. */
function neededFor(stores: readonly string[]): number {
  return stores.length === 0 ? 0 : brokerNames(brokersMax).indexOf(stores.at(-1) ?? "") + 1;
}

function isStore(disk: Disk, folder: string): boolean {
  return disk.exists(joinPath(folder, "commitlog"));
}

/** `broker-a`, `broker-b`, … */
function brokerNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `broker-${String.fromCharCode(97 + at)}`);
}
