/**
 * A real RocketMQ to compare with: one nameserver and one master from Maven Central, on loopback, each
 * run on an empty store of its own.
 *
 * Its replication port listens on every interface whatever `bindAddress` says. It is therefore started
 * only where there is no interface but loopback: see isolation.ts.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { fetchJars } from "./maven.ts";
import { brokerConfiguration, logConfiguration, nameserverConfiguration } from "./rocketmq-conf.ts";
import { routeIsKnown } from "./route-probe.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

/** The newest of each line whose server artefacts are all published. */
export type RocketmqVersion = "5.5.0" | "4.9.7";

export interface RocketmqOptions {
  readonly version: string;
  /** What `installRocketmq` returned; installed when absent. */
  readonly home?: string;
  readonly flush?: "ASYNC_FLUSH" | "SYNC_FLUSH";
  /** Java options of the broker's heap. */
  readonly heap?: string;
  /** Long queue waits, so that a busy machine is not answered SYSTEM_BUSY. Left off in benchmarks. */
  readonly lenient?: boolean;
  readonly nameserverPort?: number;
  /** The broker also takes the port two below and the port above. */
  readonly brokerPort?: number;
  /** More lines of broker.conf. */
  readonly configuration?: readonly string[];
}

export interface RunningRocketmq {
  /** HOST:PORT */
  readonly nameserver: string;
  /** HOST:PORT */
  readonly broker: string;
  /** Of the processes that run now; the broker's changes with a restart. */
  readonly pids: { readonly nameserver: number; readonly broker: number };
  readonly storeFolder: string;
  readonly logFolder: string;
  /** Resolves once the nameserver sends clients to the broker, which is later than its port answers. */
  registered(): Promise<void>;
  /** SIGKILL of the broker; it stays down until `restart`. */
  kill(): Promise<void>;
  /** Starts the broker again over the same store, after an orderly stop if it still runs. */
  restart(): Promise<void>;
  /** Orderly stop of both, then their files are removed. */
  stop(): Promise<void>;
}

const cacheFolder = join(import.meta.dir, "../../.cache/peer");
const versions: readonly string[] = ["5.5.0", "4.9.7"] satisfies readonly RocketmqVersion[];
const readyTimeoutMs = 90_000;
const stopGraceMs = 30_000;
const dayMs = 86_400_000;
const openedPackages = [
  "sun.nio.ch",
  "java.nio",
  "jdk.internal.ref",
  "java.lang",
  "java.util",
].flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`]);

/** Fetches the server's jars; the folder returned holds them under `lib`. */
export async function installRocketmq(version: string): Promise<string> {
  if (!versions.includes(version)) {
    throw new Error(`RocketMQ ${version}: only ${versions.join(" and ")} are used as peers`);
  }
  const home = join(cacheFolder, `rocketmq-${version}`);
  await fetchJars(
    ["namesrv", "broker", "tools"].map((name) => ({
      group: "org.apache.rocketmq",
      name: `rocketmq-${name}`,
      version,
    })),
    join(home, "lib"),
  );
  // 4.x reads its log configuration from here and does not start without it; 5.x has its own in its jars.
  mkdirSync(join(home, "conf"), { recursive: true });
  removeOldRuns(home);
  for (const name of ["broker", "namesrv"]) {
    writeFileSync(join(home, "conf", `logback_${name}.xml`), logConfiguration(name));
  }
  return home;
}

/** Starts a nameserver and a broker on an empty store and resolves when both answer. */
export async function startRocketmq(options: RocketmqOptions): Promise<RunningRocketmq> {
  refuseOpenNetwork();
  const home = options.home ?? (await installRocketmq(options.version));
  const folder = mkdtempSync(join(home, "run-"));
  const { nameserverPort = 9876, brokerPort = 10_911 } = options;
  const nameserver = `127.0.0.1:${nameserverPort}`;
  const storeFolder = join(folder, "store");
  writeFileSync(join(folder, "nameserver.conf"), nameserverConfiguration(nameserverPort, folder));
  writeFileSync(
    join(folder, "broker.conf"),
    brokerConfiguration({ ...options, brokerPort, nameserver, storeFolder }),
  );
  const launch = (name: "nameserver" | "broker", port: number, heap: readonly string[]) =>
    startServer({
      name: `RocketMQ ${options.version} ${name}`,
      command: javaCommand(home, folder, name, heap),
      folder,
      environment: { ROCKETMQ_HOME: home },
      outputPath: join(folder, `${name}.out`),
      ports: [port],
      readyTimeoutMs,
    });
  const heap = (options.heap ?? "-Xms512m -Xmx1g").split(" ").filter((word) => word !== "");
  const launchBroker = () => launch("broker", brokerPort, [...heap, "-XX:MaxDirectMemorySize=2g"]);
  const nameserverProcess = await launch("nameserver", nameserverPort, ["-Xms256m", "-Xmx256m"]);
  let broker: ServerProcess;
  try {
    broker = await launchBroker();
  } catch (error) {
    await nameserverProcess.end("SIGKILL", 0);
    throw error;
  }
  return {
    nameserver,
    broker: `127.0.0.1:${brokerPort}`,
    get pids() {
      return { nameserver: nameserverProcess.pid, broker: broker.pid };
    },
    storeFolder,
    logFolder: folder,
    // The template of new topics: every broker that makes topics publishes it.
    registered: () => routeIsKnown(nameserver, "TBW102"),
    kill: () => broker.end("SIGKILL", 0),
    restart: async () => {
      if (broker.isRunning()) {
        await broker.end("SIGTERM", stopGraceMs);
      }
      broker = await launchBroker();
    },
    stop: async () => {
      await broker.end("SIGTERM", stopGraceMs);
      await nameserverProcess.end("SIGTERM", stopGraceMs);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A run that was killed leaves its store; nothing runs for a day. */
function removeOldRuns(home: string): void {
  for (const name of readdirSync(home).filter((each) => each.startsWith("run-"))) {
    const folder = join(home, name);
    if (Date.now() - statSync(folder).mtimeMs > dayMs) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What starts one of its servers with FILE.conf of the folder. */
export function javaCommand(
  home: string,
  folder: string,
  name: "nameserver" | "broker",
  heap: readonly string[],
  file: string = name,
): readonly string[] {
  const main = { nameserver: "namesrv.NamesrvStartup", broker: "broker.BrokerStartup" }[name];
  return [
    "java",
    ...openedPackages,
    ...heap,
    // Logs and caches of the server go below its home folder, which is the user's unless told.
    `-Duser.home=${folder}`,
    "-cp",
    `${home}/lib/*`,
    `org.apache.rocketmq.${main}`,
    "-c",
    join(folder, `${file}.conf`),
  ];
}

/** Throws where there is an interface besides loopback. */
export function refuseOpenNetwork(): void {
  const open = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal);
  if (open !== undefined) {
    throw new Error(
      `RocketMQ would listen on ${open.address}: start it where there is only loopback (unshare --net)`,
    );
  }
}
