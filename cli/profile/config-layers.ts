/**
 * All files that say how commands run: the user's own, the project's `./.mq.toml` once its user trusted it, and the machine's
 * `/etc/mq/config.toml`. Highest first: project settings, the user's, the machine's; profiles come from the user and the machine.
 *
 * A project's file comes with whatever was checked out, and says which cluster is talked to: it counts only while it is, byte
 * for byte, what its user trusted. Trusted texts lie in `$XDG_STATE_HOME/mq/trusted.json`, by path.
 */
import type { ProcessPort } from "../../src/io/process.ts";
import { usageError } from "../command-error.ts";
import {
  type Config,
  type ConfigProcess,
  configPath,
  readConfig,
  readConfigText,
  type Settings,
  settingNames,
} from "./config-file.ts";

export interface ConfigLayers {
  readonly user: Config;
  readonly system: Config;
  /** Undefined where there is none, or none that is trusted. */
  readonly project: Settings | undefined;
  /** What counts of all of them. */
  readonly merged: Config;
}

type LayersProcess = ConfigProcess & Pick<ProcessPort, "currentFolder">;

const projectBytesMax = 65_536;

export function systemConfigPath({ environment }: Pick<ProcessPort, "environment">): string {
  return environment["MQ_SYSTEM_CONFIG"] || "/etc/mq/config.toml";
}

export function projectConfigPath(process: Pick<ProcessPort, "currentFolder">): string {
  return `${process.currentFolder()}/.mq.toml`;
}

/** Reads all of them. Throws CommandError `MQ-E-USAGE` for what cannot be meant. */
export function readLayers(process: LayersProcess): ConfigLayers {
  const user = readConfig(process);
  const systemPath = systemConfigPath(process);
  const systemText = process.files.read(systemPath);
  const system: Config =
    systemText === undefined ? { profile: {} } : readConfigText(process, systemPath, systemText);
  const project =
    trustOf(process) === "trusted" ? readProject(process, projectText(process) ?? "") : undefined;
  const names = new Set([...Object.keys(system.profile), ...Object.keys(user.profile)]);
  const profiles = [...names].map(
    (name) => [name, { ...system.profile[name], ...user.profile[name] }] as const,
  );
  const merged = { ...system, ...user, ...project, profile: Object.fromEntries(profiles) };
  if (merged.current !== undefined && !names.has(merged.current)) {
    const path = user.current === undefined ? systemPath : configPath(process);
    throw usageError(`${path}: current: there is no profile '${merged.current}'`);
  }
  return { user, system, project, merged };
}

/** Names of profiles for completion; none where a file cannot be read. */
export function profileNames(process: LayersProcess): readonly string[] {
  try {
    return Object.keys(readLayers(process).merged.profile);
  } catch {
    return [];
  }
}

/** Whether the folder has a project's file, and whether it counts. */
export function trustOf(process: LayersProcess): "missing" | "trusted" | "untrusted" {
  const text = projectText(process);
  if (text === undefined) {
    return "missing";
  }
  return trustedTexts(process).get(projectConfigPath(process)) === text ? "trusted" : "untrusted";
}

/** Makes the folder's file count as it is now, or not any more. Throws CommandError `MQ-E-USAGE` for one that is wrong. */
export function trustProject(process: LayersProcess, isTrusted: boolean): void {
  const texts = new Map(trustedTexts(process));
  const text = projectText(process);
  if (isTrusted && text !== undefined) {
    readProject(process, text);
    texts.set(projectConfigPath(process), text);
  } else {
    texts.delete(projectConfigPath(process));
  }
  process.files.replace(trustPath(process), `${JSON.stringify(Object.fromEntries(texts))}\n`);
}

function projectText(process: LayersProcess): string | undefined {
  const text = process.files.read(projectConfigPath(process));
  return text === undefined || text.length > projectBytesMax ? undefined : text;
}

/** Profiles, and which of them is the current one, are not a project's to say. */
function readProject(process: LayersProcess, text: string): Settings {
  const path = projectConfigPath(process);
  const { profile, current, ...settings } = readConfigText(process, path, text);
  if (Object.keys(profile).length > 0 || current !== undefined) {
    throw usageError(`${path}: only ${settingNames.join(", ")} may stand in a project's file`);
  }
  return settings;
}

function trustPath({
  environment,
  homeFolder,
}: Pick<ProcessPort, "environment" | "homeFolder">): string {
  return `${environment["XDG_STATE_HOME"] || `${homeFolder()}/.local/state`}/mq/trusted.json`;
}

/** A file that cannot be read trusts nothing. */
function trustedTexts(process: LayersProcess): ReadonlyMap<string, string> {
  try {
    const table: unknown = JSON.parse(process.files.read(trustPath(process)) ?? "{}");
    const entries = typeof table === "object" && table !== null ? Object.entries(table) : [];
    return new Map(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return new Map();
  }
}
