/** Flags that every command takes. Precedence: flag, environment, profile, configuration, built-in. */
import { readHostPort } from "../src/core/host-port.ts";
import { usageError } from "./command-error.ts";
import {
  choice,
  count,
  duration,
  type FlagValues,
  flag,
  onOff,
  text,
  timeZone,
  toggle,
  wholeNumber,
} from "./flag.ts";

export const globalFlagShape = {
  nameserver: flag(text().optional(), {
    about: "nameservers, separated by comma or semicolon",
    short: "n",
    value: "HOST:PORT[,…]",
    env: "MQ_NAMESERVER",
  }),
  profile: flag(text(1).optional(), {
    about: "the cluster under this name in the configuration; mq profile list shows them",
    short: "P",
    value: "NAME",
    env: "MQ_PROFILE",
    completes: "profile",
  }),
  output: flag(text().optional(), {
    about: "table wide json jsonl yaml csv name template=…, or help for the JSON schema",
    short: "o",
    value: "FORMAT",
    env: "MQ_OUTPUT",
  }),
  columns: flag(text().optional(), { about: "columns of a table or CSV", value: "A,B" }),
  sort: flag(text().optional(), { about: "sort rows by a column", value: "[-]COLUMN" }),
  header: flag(onOff().default(true), { about: "leave out the head of a table" }),
  limit: flag(count(1).optional(), { about: "at most so many rows", value: "N" }),
  yes: flag(onOff().default(false), {
    about: "do not ask before something that cannot be undone",
    short: "y",
    env: "MQ_YES",
  }),
  confirm: flag(text(1).optional(), {
    about: "the name that a protected profile wants typed, where nobody can type it; with --yes",
    value: "NAME",
  }),
  dryRun: toggle("show what would happen, change nothing"),
  input: flag(onOff().default(true), { about: "never ask anything" }),
  timeout: flag(duration().optional(), {
    about: "for each connection and answer (3s)",
    value: "DURATION",
    env: "MQ_TIMEOUT",
  }),
  color: flag(choice(["auto", "always", "never"]).default("auto"), {
    about: "colours",
    value: "WHEN",
  }),
  retries: flag(wholeNumber(0, 100).default(0), {
    about: "try again N times to connect, 0.2 s, 0.4 s, … apart (0)",
    value: "N",
    env: "MQ_RETRIES",
  }),
  utc: toggle("times in UTC"),
  tz: flag(timeZone().optional(), {
    about: "times in this zone, read and shown (the machine's, or TZ): Asia/Shanghai",
    value: "ZONE",
  }),
  rawNumbers: toggle("numbers in tables as programs read them: no 1,204 and no MiB"),
  quiet: toggle("no notes on standard error", "q"),
  verbose: toggle("more notes on standard error; twice: each remote request, as --trace-rpc", "v"),
  logFormat: flag(choice(["text", "json"]).default("text"), {
    about: "form of log lines",
    value: "FORM",
    env: "MQ_LOG_FORMAT",
  }),
  traceRpc: toggle("print each remote request: code, answer, milliseconds"),
} as const;

export type GlobalFlags = FlagValues<typeof globalFlagShape>;

/** How errors are shown before the flags are known. */
export const flagsUnread: GlobalFlags = {
  nameserver: undefined,
  profile: undefined,
  output: undefined,
  columns: undefined,
  sort: undefined,
  limit: undefined,
  timeout: undefined,
  header: true,
  yes: false,
  confirm: undefined,
  dryRun: false,
  input: true,
  color: "auto",
  retries: 0,
  utc: false,
  tz: undefined,
  rawNumbers: false,
  quiet: false,
  verbose: false,
  logFormat: "text",
  traceRpc: false,
};

/** The process's environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>;

export const nameserverDefault = "127.0.0.1:9876";

/**
 * The nameservers to use: flag, MQ_NAMESERVER or profile, RocketMQ's NAMESRV_ADDR, then the local one. Throws a usage
 * error for what is no address.
 */
export function nameserversOf(
  flags: Pick<GlobalFlags, "nameserver">,
  environment: Variables,
): readonly string[] {
  const text = flags.nameserver ?? environment["NAMESRV_ADDR"] ?? nameserverDefault;
  return readNameservers(text);
}

/** Addresses that stand in one text. Throws a usage error for what is none. */
export function readNameservers(text: string): readonly string[] {
  const addresses = splitNameservers(text);
  for (const address of addresses) {
    if (readHostPort(address) === undefined) {
      throw usageError(
        `nameserver '${address}' is no HOST:PORT`,
        /^[\w.-]+$/.test(address)
          ? `its port is missing, 9876 unless somebody chose another: ${address}:9876`
          : "several are separated by comma or semicolon: ns1:9876,ns2:9876",
      );
    }
  }
  return addresses;
}

/** The same, whatever they are. */
export function splitNameservers(text: string): readonly string[] {
  return text
    .split(/[,;]/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
