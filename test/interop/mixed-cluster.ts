/**
 * One cluster of both kinds: two nameservers of mq and a real one, a real broker and one of mq, registered everywhere.
 * RocketMQ's own tool looks at it, and an official client sends and reads while nameservers and brokers go and come
 * back. Needs a network of its own: the ports are RocketMQ's.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runMqadmin } from "../../scripts/peer/mqadmin.ts";
import {
  installRocketmq,
  type RocketmqVersion,
  type RunningRocketmq,
  startRocketmq,
} from "../../scripts/peer/rocketmq.ts";
import { routeIsKnown } from "../../scripts/peer/route-probe.ts";
import { type ServerProcess, startServer } from "../../scripts/peer/server-process.ts";
import { type ClientRun, runClient } from "./client-run.ts";
import { buildProgram } from "./programs.ts";
import type { ReportLine } from "./report-line.ts";
import { mixedScenario } from "./scenarios.ts";
import type { Tally } from "./tally.ts";
import { type Variant, variants } from "./variant.ts";

export interface MixedCluster {
  readonly version: RocketmqVersion;
  readonly variant: Variant;
  /** The real broker's, besides its names and nameservers. */
  readonly configuration: readonly string[];
}

/**
 * One sends plain registrations and one compressed ones, so that both forms come from real brokers. 5.5.0 could not:
 * it compresses and says that it does not, and its own nameserver refuses that.
 */
export const mixedClusters: readonly MixedCluster[] = [
  { version: "5.5.0", variant: client("5.5.0"), configuration: [] },
  { version: "4.9.7", variant: client("4.9.8"), configuration: ["compressedRegister=true"] },
];

export interface MixedOptions {
  readonly executable: string;
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly tally: Tally;
  readonly note: (text: string) => void;
}

const realNameserverPort = 9_876;
const realBrokerPort = 10_911;
const nameserverPorts = [19_876, 29_876] as const;
const brokerPort = 20_911;
const readyTimeoutMs = 30_000;
const stopGraceMs = 20_000;
const clientTimeoutMs = 300_000;
/** The shortest that a RocketMQ broker can be told. */
const realRegistrationMs = 10_000;

export async function runMixedCluster(cluster: MixedCluster, options: MixedOptions): Promise<void> {
  const stage = new Stage(cluster, options);
  try {
    await stage.start();
    await stage.lookAround();
    await stage.play();
  } finally {
    await stage.stop();
  }
}

class Stage {
  readonly #cluster: MixedCluster;
  readonly #options: MixedOptions;
  readonly #where: string;
  readonly #folder: string;
  readonly #topic: string;
  readonly #nameservers: (ServerProcess | undefined)[] = [];
  #home = "";
  #broker: ServerProcess | undefined;
  #real: RunningRocketmq | undefined;
  #run: ClientRun | undefined;
  readonly #events = new Set<string>();
  #wake: () => void = () => {};
  #hasEnded = false;

  constructor(cluster: MixedCluster, options: MixedOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#where = `mixed cluster with ${cluster.version}`;
    this.#folder = join(options.runFolder, `mixed-${cluster.version}`);
    this.#topic = `${cluster.variant.prefix}-mixed`;
    mkdirSync(this.#folder, { recursive: true });
  }

  /** The second nameserver is down at first: brokers register at the others all the same. */
  async start(): Promise<void> {
    const { version, configuration } = this.#cluster;
    this.#note("starting");
    await this.#startNameserver(0);
    this.#home = await installRocketmq(version);
    const addresses = this.#addresses.join(";");
    this.#real = await startRocketmq({
      version,
      home: this.#home,
      heap: "-Xms256m -Xmx512m",
      lenient: true,
      nameserverPort: realNameserverPort,
      brokerPort: realBrokerPort,
      configuration: [
        "brokerName=broker-r",
        `namesrvAddr=127.0.0.1:${realNameserverPort};${addresses}`,
        `registerNameServerPeriod=${realRegistrationMs}`,
        ...configuration,
      ],
    });
    await this.#startBroker();
    await this.#bothAreKnown(nameserverPorts[0]);
    this.#count("brokers register although one nameserver is down", true, "");
    await this.#startNameserver(1);
    await this.#bothAreKnown(nameserverPorts[1]);
    this.#count("and at that one once it is there", true, "");
  }

  /** RocketMQ's tool sees the same cluster through a real nameserver and through ours, and makes a topic of it. */
  async lookAround(): Promise<void> {
    const ours = `127.0.0.1:${nameserverPorts[0]}`;
    const theirs = `127.0.0.1:${realNameserverPort}`;
    const made = await this.#admin("updateTopic", "-n", theirs, ...this.#topicWords("-c"));
    this.#contains("updateTopic reaches both", made, [
      `127.0.0.1:${realBrokerPort} success`,
      `127.0.0.1:${brokerPort} success`,
    ]);
    await Promise.all(
      [...nameserverPorts, realNameserverPort].map((port) =>
        routeIsKnown(`127.0.0.1:${port}`, this.#topic),
      ),
    );
    for (const nameserver of [ours, theirs]) {
      const list = await this.#admin("clusterList", "-n", nameserver);
      this.#contains(`clusterList through ${nameserver}`, list, ["broker-r", "broker-m"]);
    }
    const routes = [
      await this.#admin("topicRoute", "-n", ours, "-t", this.#topic),
      await this.#admin("topicRoute", "-n", theirs, "-t", this.#topic),
    ].map(routeOf);
    this.#count("both nameservers tell one route", routes[0] === routes[1], routes.join("\n"));
    const status = await this.#admin("topicStatus", "-n", ours, "-t", this.#topic);
    this.#contains("topicStatus has the queues of both", status, ["broker-r", "broker-m"]);
  }

  async play(): Promise<void> {
    await this.#startClient();
    await this.#say("all is there");
    await this.#nameserver(0).end("SIGKILL", 0);
    await this.#say("the first nameserver is gone");
    await this.#startNameserver(0);
    await this.#bothAreKnown(nameserverPorts[0]);
    await this.#nameserver(1).end("SIGKILL", 0);
    await this.#say("the second nameserver is gone");
    await this.#startNameserver(1);
    await this.#bothAreKnown(nameserverPorts[1]);
    const wiped = await this.#perm("wipeWritePerm");
    this.#contains("wipeWritePerm at both nameservers", wiped, ["OK"]);
    await this.#say("the write permission is wiped");
    await this.#perm("addWritePerm");
    await this.#say("the write permission is added");
    await this.#real?.kill();
    await this.#say("the real broker is gone");
    await this.#real?.restart();
    await this.#say("the real broker is back");
    await this.#broker?.end("SIGTERM", stopGraceMs);
    await this.#say("our broker is gone");
    await this.#startBroker();
    await this.#say("our broker is back");
    const outcome = await this.#run?.finished;
    this.#count("the client runs to its end", outcome === 0, String(outcome));
  }

  async stop(): Promise<void> {
    this.#run?.end();
    await this.#broker?.end("SIGTERM", stopGraceMs);
    // Nobody reads its store any more, and its orderly stop takes up to half a minute.
    await this.#real?.kill();
    await this.#real?.stop();
    await Promise.all(this.#nameservers.map((each) => each?.end("SIGTERM", stopGraceMs)));
  }

  get #addresses(): readonly string[] {
    return nameserverPorts.map((port) => `127.0.0.1:${port}`);
  }

  #topicWords(cluster: string): readonly string[] {
    return [cluster, "DefaultCluster", "-t", this.#topic, "-r", "2", "-w", "2"];
  }

  async #startNameserver(at: 0 | 1): Promise<void> {
    const port = nameserverPorts[at];
    this.#nameservers[at] = await startServer({
      name: `mq nameserver ${at}`,
      command: [this.#options.executable, "nameserver", "start", "--listen", `127.0.0.1:${port}`],
      folder: this.#folder,
      environment: { XDG_STATE_HOME: this.#folder },
      outputPath: join(this.#folder, `nameserver-${at}.log`),
      ports: [port],
      readyTimeoutMs,
    });
  }

  #nameserver(at: 0 | 1): ServerProcess {
    const server = this.#nameservers[at];
    if (server === undefined) {
      throw new Error(`nameserver ${at} does not run`);
    }
    return server;
  }

  async #startBroker(): Promise<void> {
    this.#broker = await startServer({
      name: "mq broker",
      command: [
        ...[this.#options.executable, "broker", "start", "--store", join(this.#folder, "store")],
        ...["--nameserver", [`127.0.0.1:${realNameserverPort}`, ...this.#addresses].join(",")],
        ...["--listen", `127.0.0.1:${brokerPort}`, "--set", "brokerName=broker-m"],
      ],
      folder: this.#folder,
      outputPath: join(this.#folder, "broker.log"),
      ports: [brokerPort],
      readyTimeoutMs,
    });
  }

  /** A broker's name is a topic of its own. */
  async #bothAreKnown(port: number): Promise<void> {
    const nameserver = `127.0.0.1:${port}`;
    await routeIsKnown(nameserver, "broker-r");
    await routeIsKnown(nameserver, "broker-m");
  }

  async #startClient(): Promise<void> {
    const { variant } = this.#cluster;
    const { tally, cacheFolder } = this.#options;
    const program = await buildProgram(variant, cacheFolder);
    const onLine = (line: ReportLine): void => {
      if (line.kind === "check") {
        tally.count(this.#where, line);
      } else if (line.kind === "event") {
        this.#events.add(line.what);
        this.#note(`${line.what} ${line.detail}`);
        this.#wake();
      }
    };
    this.#run = runClient({
      program,
      variant: { ...variant, scenarios: [mixedScenario] },
      nameserver: this.#addresses.join(";"),
      target: "mq",
      scale: 1,
      folder: join(this.#folder, "client"),
      timeoutMs: clientTimeoutMs,
      onLine,
    });
    void this.#run.finished.then(() => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** Tells the client what happened and waits until it has looked. */
  async #say(words: string): Promise<void> {
    this.#run?.say(words);
    while (!this.#events.has(words)) {
      if (this.#hasEnded) {
        throw new Error(`${this.#where}: the client ended before '${words}'`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #perm(command: "wipeWritePerm" | "addWritePerm"): Promise<string> {
    return this.#admin(command, "-b", "broker-r", "-n", this.#addresses.join(";"));
  }

  #admin(...words: readonly string[]): Promise<string> {
    return runMqadmin(this.#home, join(this.#folder, "mqadmin"), words);
  }

  #contains(what: string, text: string, wanted: readonly string[]): void {
    this.#count(
      what,
      wanted.every((each) => text.includes(each)),
      text,
    );
  }

  #count(what: string, isOk: boolean, detail: string): void {
    this.#options.tally.count(this.#where, { what, isOk, detail });
  }

  #note(text: string): void {
    this.#options.note(`${this.#where}: ${text}`);
  }
}

/** The binary header where 5.x speaks it, JSON where 4.9 does. */
function client(version: string): Variant {
  const found = variants.find(
    (variant) =>
      variant.version === version &&
      variant.serialization === (version.startsWith("5") ? "ROCKETMQ" : "JSON"),
  );
  if (found === undefined) {
    throw new Error(`no client ${version}`);
  }
  return found;
}

/** What topicRoute printed, brokers and queues in order of their names: nameservers list them as they came. */
function routeOf(text: string): string {
  const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  const route: unknown = JSON.parse(json.replace(/([{,]\s*)(\d+)(\s*:)/g, '$1"$2"$3'));
  const members = new Map<string, unknown>(Object.entries(route ?? {}));
  const rows = ["brokerDatas", "queueDatas"].flatMap((name) => {
    const list = members.get(name);
    return Array.isArray(list) ? list.map((row) => JSON.stringify(sorted(row))) : [];
  });
  return rows.sort().join("\n");
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value).sort(([left], [right]) => left.localeCompare(right));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
