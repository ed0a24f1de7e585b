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
import { readTextFile } from "../../text-file.ts";
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
  storePathCommitLog: text(1),
  brokerRole: choice(["ASYNC_MASTER", "SYNC_MASTER"]),
  flushDiskType: choice(["ASYNC_FLUSH", "SYNC_FLUSH"]),
  autoCreateTopicEnable: onOff(),
  autoCreateSubscriptionGroup: onOff(),
  messageDelayLevel: text(1),
  defaultTopicQueueNums: wholeNumber(1, 1_024),
  mappedFileSizeCommitLog: wholeNumber(65_536, 2 ** 31),
  fileReservedTime: wholeNumber(0, 1_000_000),
  logBytesMax: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  diskSpaceCleanForciblyRatio: wholeNumber(0, 100),
  diskSpaceWarningLevelRatio: wholeNumber(0, 100),
  autoCreateTopicsMax: wholeNumber(0, 1_000_000),
  connectionsMax: wholeNumber(1, 1_000_000),
  vipPort: onOff(),
} as const;

export type Settings = {
  readonly [Name in keyof typeof settingTypes]?: ValueOf<(typeof settingTypes)[Name]>;
};

const types: Readonly<Record<string, ValueType<unknown>>> = settingTypes;
const names = Object.keys(types);

/** Names of our own for what RocketMQ calls otherwise. */
const otherNames: Readonly<Record<string, string>> = {
  segmentBytes: "mappedFileSizeCommitLog",
  clusterName: "brokerClusterName",
  nameserver: "namesrvAddr",
};

/** What stands in many a broker.conf and steers nothing here: said aloud, with the reason. */
const withoutEffect: ReadonlyMap<string, string> = new Map([
  ["deleteWhen", "what is older than fileReservedTime goes at any hour"],
  ["diskMaxUsedSpaceRatio", "what is older than fileReservedTime goes however full the disk is"],
  ["mappedFileSizeConsumeQueue", "the store's own files tell"],
]);

/** RocketMQ's own defaults. */
const reservedHoursDefault = 72;
const cleanDiskPercentDefault = 85;
const refuseDiskPercentDefault = 90;
/** With these two, a big disk that others have filled to nine tenths still has room: 20 GiB are enough to go on. */
const ampleDiskBytesDefault = 20 * 2 ** 30;

/** Reads file and `--set`; flags come on top in brokerOptions. Throws usage errors. */
export function readSettings(context: CommandContext, flags: BrokerFlags): Settings {
  const texts = new Map<string, string>();
  const add = (name: string, value: string, where: string): void => {
    const reason = withoutEffect.get(name);
    if (reason !== undefined) {
      context.output.note(`${where}: ${name} has no effect: ${reason}`);
    } else {
      texts.set(known(name, where), value);
    }
  };
  if (flags.config !== undefined) {
    for (const [name, value] of readSettingsFile(context, flags.config)) {
      add(name, value, flags.config);
    }
  }
  for (const each of flags.set ?? []) {
    const at = each.indexOf("=");
    if (at <= 0) {
      throw usageError(`--set '${each}' is no KEY=VALUE`);
    }
    add(each.slice(0, at).trim(), each.slice(at + 1).trim(), "--set");
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
  const ours = otherNames[camel] ?? camel;
  if (names.includes(ours)) {
    return ours;
  }
  const meant = closestWord(camel, [...names, ...Object.keys(otherNames)]);
  throw usageError(
    `${where}: '${name}' is no setting of mq`,
    meant === undefined ? `settings: ${names.join(" ")}` : `did you mean ${meant}?`,
  );
}

/** Names and values of a file of Java's properties or of TOML. Throws usage errors. */
export function readSettingsFile(
  context: CommandContext,
  path: string,
): readonly (readonly [string, string])[] {
  const text = readTextFile(context.environment, path);
  if (text === undefined) {
    throw usageError(`--config: ${path} is not there`);
  }
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
  return absolutePath({ process }, folder);
}

/** A path that was typed, from the root. */
export function absolutePath({ process }: Pick<CommandContext, "process">, path: string): string {
  return path.startsWith("/") ? path : joinPath(process.currentFolder(), path);
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
  const folder = storeFolder(context, flags.store, settings.storePathRootDir);
  const { storePathCommitLog } = settings;
  if (storePathCommitLog !== undefined && storePathCommitLog !== joinPath(folder, "commitlog")) {
    throw usageError(
      `storePathCommitLog: '${storePathCommitLog}' is not ${joinPath(folder, "commitlog")}`,
      "mq keeps a store in one folder",
    );
  }
  return {
    storeFolder: folder,
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
    messageDelayLevel: settings.messageDelayLevel,
    segmentBytes: settings.mappedFileSizeCommitLog,
    reservedHours: settings.fileReservedTime ?? reservedHoursDefault,
    logBytesMax: settings.logBytesMax,
    cleanDiskPercent: settings.diskSpaceCleanForciblyRatio ?? cleanDiskPercentDefault,
    refuseDiskPercent: settings.diskSpaceWarningLevelRatio ?? refuseDiskPercentDefault,
    ampleDiskBytes: isDiskRuleSet(settings) ? 0 : ampleDiskBytesDefault,
    connectionsMax: settings.connectionsMax,
    vipPort: flags.vipPort ?? settings.vipPort,
    insecureListen: flags.insecureListen,
    adminOnDataPort: flags.adminOnDataPort,
  } as const;
}

function isDiskRuleSet(settings: Settings): boolean {
  const { diskSpaceCleanForciblyRatio, diskSpaceWarningLevelRatio } = settings;
  return diskSpaceCleanForciblyRatio !== undefined || diskSpaceWarningLevelRatio !== undefined;
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
