/**
 * A broker's settings from file, `--set` and flags: RocketMQ's own names, so that a broker.conf is understood. An
 * unknown name is an error with the name that was probably meant, never ignored.
 */
import { ClientError, parseAddress } from "../../../src/client/index.ts";
import { joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { closestWord } from "../../did-you-mean.ts";
import {
  choice,
  onOff,
  text,
  ValueError,
  type ValueOf,
  type ValueType,
  wholeNumber,
} from "../../flag.ts";
import type { BrokerFlags } from "./server-flags.ts";

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Settings that mq acts on, by RocketMQ's names. */
const settingTypes = {
  brokerName: text(1),
  brokerClusterName: text(1),
  brokerId: wholeNumber(0, 0),
  listenPort: wholeNumber(0, 65_535),
  bindAddress: text(1),
  brokerIP1: text(1),
  namesrvAddr: text(1),
  storePathRootDir: text(1),
  flushDiskType: choice(["ASYNC_FLUSH", "SYNC_FLUSH"]),
  autoCreateTopicEnable: onOff(),
  autoCreateSubscriptionGroup: onOff(),
  defaultTopicQueueNums: wholeNumber(1, 1_024),
  mappedFileSizeCommitLog: wholeNumber(65_536, 2 ** 31),
  autoCreateTopicsMax: wholeNumber(0, 1_000_000),
  connectionsMax: wholeNumber(1, 1_000_000),
} as const;

export type Settings = {
  readonly [Name in keyof typeof settingTypes]?: ValueOf<(typeof settingTypes)[Name]>;
};

const types: Readonly<Record<string, ValueType<unknown>>> = settingTypes;
const names = Object.keys(types);

/** Reads file and `--set`; flags come on top in brokerOptions. Throws usage errors. */
export function readSettings(context: CommandContext, flags: BrokerFlags): Settings {
  const texts = new Map<string, string>();
  if (flags.config !== undefined) {
    for (const [name, value] of readFile(context, flags.config)) {
      texts.set(known(name, flags.config), value);
    }
  }
  for (const each of flags.set ?? []) {
    const at = each.indexOf("=");
    if (at <= 0) {
      throw usageError(`--set '${each}' is no KEY=VALUE`);
    }
    texts.set(known(each.slice(0, at).trim(), "--set"), each.slice(at + 1).trim());
  }
  const values = [...texts].map(([name, typed]) => [name, readSetting(name, typed)]);
  // The names are those of the types, and each value is what its type reads.
  return Object.fromEntries(values) as Settings;
}

function readSetting(name: string, typed: string): unknown {
  try {
    return types[name]?.read(typed);
  } catch (error) {
    throw error instanceof ValueError ? usageError(`${name}: '${typed}' ${error.message}`) : error;
  }
}

/** The name as mq knows it: RocketMQ's, or the same in kebab-case. */
function known(name: string, where: string): string {
  const camel = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (names.includes(camel)) {
    return camel;
  }
  const meant = closestWord(camel, names);
  throw usageError(
    `${where}: '${name}' is no setting of mq`,
    meant === undefined ? `settings: ${names.join(" ")}` : `did you mean ${meant}?`,
  );
}

function readFile(context: CommandContext, path: string): readonly (readonly [string, string])[] {
  const { disk } = context.environment;
  if (!disk.exists(path)) {
    throw usageError(`--config: ${path} is not there`);
  }
  const file = disk.open(path, "read");
  const bytes = Buffer.alloc(file.bytes());
  file.readInto(bytes, 0, bytes.length, 0);
  file.close();
  const text = bytes.toString("utf8");
  return path.endsWith(".toml") ? readToml(context, path, text) : readProperties(path, text);
}

function readToml(
  context: CommandContext,
  path: string,
  text: string,
): readonly (readonly [string, string])[] {
  try {
    return Object.entries(context.process.parseToml(text)).map(([name, value]) => [
      name,
      String(value),
    ]);
  } catch (error) {
    throw usageError(
      `${path} is no TOML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Java's properties, as far as a broker.conf uses them: `name = value`, `#` and `!` begin comments. */
function readProperties(path: string, text: string): readonly (readonly [string, string])[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[#!]/.test(line))
    .map((line) => {
      const match = /^([^=:\s]+)\s*[=:]\s*(.*)$/.exec(line);
      if (match === null) {
        throw usageError(`${path}: '${line}' is no NAME=VALUE`);
      }
      return [match[1] ?? "", match[2] ?? ""] as const;
    });
}

/** `HOST:PORT` of a flag; port 0 chooses a free one. */
export function readAddress(flagName: string, text: string): Address {
  if (/^\d+$/.test(text)) {
    return readAddress(flagName, `127.0.0.1:${text}`);
  }
  if (text.endsWith(":0")) {
    return { host: text.slice(0, -2), port: 0 };
  }
  try {
    return parseAddress(text);
  } catch (error) {
    throw error instanceof ClientError ? usageError(`--${flagName} ${error.message}`) : error;
  }
}

/** The store's folder: flag, setting, or the user's own data folder. */
export function storeFolder(
  context: Pick<CommandContext, "process">,
  flag: string | undefined,
  setting?: string,
): string {
  const { process } = context;
  const data =
    process.environment["XDG_DATA_HOME"] ?? joinPath(process.homeFolder(), ".local", "share");
  const folder = flag ?? setting ?? joinPath(data, "mq", "store");
  return folder.startsWith("/") ? folder : joinPath(process.currentFolder(), folder);
}

/** What flags and settings say, as a broker's options. */
export function brokerOptions(context: CommandContext, flags: BrokerFlags, settings: Settings) {
  const host = settings.bindAddress ?? "127.0.0.1";
  const listen =
    flags.listen === undefined
      ? { host, port: settings.listenPort ?? 10_911 }
      : readAddress("listen", flags.listen);
  const advertise =
    flags.advertise !== undefined
      ? readAddress("advertise", flags.advertise)
      : settings.brokerIP1 === undefined
        ? undefined
        : { host: settings.brokerIP1, port: listen.port };
  return {
    storeFolder: storeFolder(context, flags.store, settings.storePathRootDir),
    listen,
    advertise,
    brokerName: settings.brokerName,
    clusterName: settings.brokerClusterName,
    brokerId: settings.brokerId,
    flush: flags.flush ?? (settings.flushDiskType === "ASYNC_FLUSH" ? "async" : "sync"),
    autoCreateTopics: settings.autoCreateTopicEnable,
    autoCreateTopicsMax: settings.autoCreateTopicsMax,
    autoCreateQueueCount: settings.defaultTopicQueueNums,
    autoCreateGroups: settings.autoCreateSubscriptionGroup,
    segmentBytes: settings.mappedFileSizeCommitLog,
    connectionsMax: settings.connectionsMax,
    insecureListen: flags.insecureListen,
    adminOnDataPort: flags.adminOnDataPort,
  } as const;
}

/** Nameservers to register at: the flag, or the setting. */
export function registrationTargets(
  context: CommandContext,
  settings: Settings,
): readonly Address[] {
  const text = context.global.nameserver ?? settings.namesrvAddr;
  return (text ?? "")
    .split(/[,;]/)
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => readAddress("nameserver", each));
}
