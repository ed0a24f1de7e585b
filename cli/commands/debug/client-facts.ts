/** What this command runs in: the client's half of a question why something does not work. */
import { version } from "../../../src/core/version.ts";
import { DiskError } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { nameserversOf } from "../../global-flags.ts";
import { configPath } from "../../profile/config-file.ts";
import { runningServer } from "../server/stopping.ts";
import type { Secrets } from "./secrets.ts";

/** Variables that mq, RocketMQ or a terminal goes by; nobody's others. */
const ownVariables =
  /^(MQ_\w+|NAMESRV_ADDR|ROCKETMQ_\w+|XDG_\w+|LANG|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|CI|JAVA_HOME|(HTTPS?|NO|ALL)_PROXY)$/i;

/** A local mq process, as the kernel sees it; figures are null where it does not tell. */
export interface LocalServer {
  readonly pid: number;
  readonly kind: string;
  readonly broker: string | null;
  readonly nameserver: string | null;
  readonly http: string | null;
  readonly upSeconds: number;
  readonly residentBytes: number | null;
  readonly residentBytesMax: number | null;
  readonly cpuSeconds: number | null;
  readonly threads: number | null;
  readonly openFiles: number | null;
  readonly openFilesMax: number | null;
}

export interface ClientFacts {
  readonly version: string;
  readonly executable: string;
  readonly system: string | null;
  readonly kernel: string | null;
  readonly profile: string | null;
  readonly nameservers: readonly string[];
  readonly config: string;
  readonly hasConfig: boolean;
  readonly folder: string;
  readonly store: string;
  readonly server: LocalServer | null;
  /** Those that mq goes by; secrets masked. */
  readonly variables: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** The secrets that this process knows of are learnt on the way. */
export function clientFacts(context: CommandContext, store: string, secrets: Secrets): ClientFacts {
  const { process, profile, global } = context;
  const path = configPath(process);
  const all = Object.entries(process.environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const masked = secrets.settings(new Map(all));
  return {
    version,
    executable: process.executable,
    system: firstMatch(process.files.read("/etc/os-release"), /^PRETTY_NAME="?([^"\n]*)/m),
    kernel: process.files.read("/proc/version")?.trim() ?? null,
    profile: profile.name ?? null,
    nameservers: nameserversOf(global, process.environment).map((each) => secrets.text(each)),
    config: path,
    hasConfig: process.files.read(path) !== undefined,
    folder: process.currentFolder(),
    store,
    server: localServer(context, store),
    variables: Object.fromEntries(
      [...masked]
        .filter(([name]) => ownVariables.test(name))
        .map(([name, value]) => [name, secrets.text(value)] as const)
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
  };
}

/** The process that holds the store; null when none does. */
function localServer(context: CommandContext, store: string): LocalServer | null {
  const record = runningServer(context, store);
  if (record === undefined) {
    return null;
  }
  const { process, environment } = context;
  const status = process.files.read(`/proc/${record.pid}/status`);
  const limits = process.files.read(`/proc/${record.pid}/limits`);
  const kibi = (name: string): number | null => {
    const found = firstMatch(status, new RegExp(`^${name}:\\s+(\\d+) kB`, "m"));
    return found === null ? null : Number(found) * 1_024;
  };
  const figure = (text: string | undefined, pattern: RegExp): number | null => {
    const found = firstMatch(text, pattern);
    return found === null ? null : Number(found);
  };
  return {
    pid: record.pid,
    kind: record.kind,
    broker: record.broker ?? null,
    nameserver: record.nameserver ?? null,
    http: record.http ?? null,
    upSeconds: Math.round((environment.clock.nowMs() - record.startedMs) / 1_000),
    residentBytes: kibi("VmRSS"),
    residentBytesMax: kibi("VmHWM"),
    cpuSeconds: cpuSeconds(process.files.read(`/proc/${record.pid}/stat`)),
    threads: figure(status, /^Threads:\s+(\d+)/m),
    openFiles: openFiles(context, record.pid),
    openFilesMax: figure(limits, /^Max open files\s+(\d+)/m),
  };
}

/** User and system time, in the hundredths of a second that Linux counts by (proc(5), fields 14 and 15). */
function cpuSeconds(stat: string | undefined): number | null {
  // The name of the program stands in parentheses and may hold spaces.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields?.[11]) + Number(fields?.[12]);
  return Number.isFinite(ticks) ? ticks / 100 : null;
}

function openFiles({ environment }: CommandContext, pid: number): number | null {
  try {
    const { length } = environment.disk.list(`/proc/${pid}/fd`);
    return length === 0 ? null : length;
  } catch (error) {
    if (error instanceof DiskError) {
      return null;
    }
    throw error;
  }
}

function firstMatch(text: string | undefined, pattern: RegExp): string | null {
  return pattern.exec(text ?? "")?.[1] ?? null;
}
