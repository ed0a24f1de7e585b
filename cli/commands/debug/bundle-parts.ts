/** The parts of a bundle: what a cluster says of itself, and what this machine knows. Messages are no part of it. */
import { type Client, ClientError, timeoutMsDefault } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { DiskError, joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { configPath } from "../../profile/config-file.ts";
import { allBrokers, type BrokerProcess } from "../cluster/all-brokers.ts";
import { distinct, unlessGone } from "../cluster/health-checks.ts";
import { inOrder } from "../doctor/diagnosis.ts";
import { lookAtServers } from "../doctor/server-checks.ts";
import { lookAtTopics } from "../doctor/topic-checks.ts";
import { isSystemGroup } from "../group/group-names.ts";
import { readAddress } from "../server/settings.ts";
import type { BundleFile } from "./bundle-file.ts";
import type { ClientFacts, LocalServer } from "./client-facts.ts";
import type { Secrets } from "./secrets.ts";

/** Of more topics or groups the first so many by name are told of. */
const namesMax = 2_000;
const logBytesMax = 4 << 20;
const hourMs = 3_600_000;
const diskShares = { diskWarnShare: 0.75, diskFailShare: 0.9, clockWarnMs: 1_000 } as const;

export interface Gathering {
  readonly context: CommandContext;
  readonly bundle: BundleFile;
  readonly secrets: Secrets;
}

/** This machine: works without any cluster. */
export async function addLocal(
  gathering: Gathering,
  facts: ClientFacts,
  logs: readonly { readonly path: string; readonly lines: number }[],
): Promise<void> {
  const { context, bundle } = gathering;
  bundle.addDocument("client.json", facts);
  if (facts.hasConfig) {
    await bundle.attempt("config.toml", facts.config, () => addConfig(gathering));
  }
  if (context.environment.disk.exists(facts.store)) {
    await bundle.attempt("local/store.jsonl", facts.store, () => addStore(gathering, facts.store));
  }
  if (facts.server !== null) {
    await addServer(gathering, facts.server);
  }
  for (const [index, { path, lines }] of logs.entries()) {
    const name = `local/log-${index + 1}-${path.slice(path.lastIndexOf("/") + 1)}`.slice(0, 90);
    await bundle.attempt(name, path, () => bundle.add(name, lastLines(context, path, lines)));
  }
}

function addConfig({ context, bundle, secrets }: Gathering): void {
  const { process } = context;
  const table = process.parseToml(process.files.read(configPath(process)) ?? "");
  bundle.add("config.toml", process.formatToml(secrets.table(table)));
}

/** Names and sizes of the files of a store, its log and its configuration; no bytes of them. */
function addStore({ context, bundle }: Gathering, store: string): void {
  const { disk } = context.environment;
  const folders = ["", "commitlog", "config", "index", "mq"];
  const rows = folders.flatMap((folder) =>
    disk
      .list(joinPath(store, folder))
      .filter(({ isFolder }) => !isFolder)
      .map(({ name, bytes }) => ({ path: folder === "" ? name : `${folder}/${name}`, bytes })),
  );
  const { freeBytes, totalBytes } = disk.space(store);
  bundle.addLines("local/store.jsonl", [{ store, freeBytes, totalBytes }, ...rows]);
}

async function addServer({ context, bundle }: Gathering, server: LocalServer): Promise<void> {
  const { process, http, global, signal } = context;
  bundle.addDocument("local/server.json", server);
  for (const name of ["limits", "status"]) {
    const text = process.files.read(`/proc/${server.pid}/${name}`);
    if (text !== undefined) {
      bundle.add(`local/proc-${name}.txt`, text);
    }
  }
  if (server.http !== null) {
    const address = readAddress("http", server.http);
    await bundle.attempt("local/metrics.txt", server.http, async () => {
      const answer = await http.get(address, "/metrics", {
        timeoutMs: global.timeout ?? timeoutMsDefault,
        signal,
      });
      let text = "";
      for await (const line of answer.lines) {
        text += `${line}\n`;
        if (text.length > logBytesMax) {
          break;
        }
      }
      bundle.add("local/metrics.txt", text);
    });
  }
}

/** The end of a text file. Throws DiskError. */
function lastLines({ environment }: CommandContext, path: string, count: number): string {
  if (!environment.disk.exists(path)) {
    throw new DiskError("not_found", path, "is not there");
  }
  const file = environment.disk.open(path, "read");
  try {
    const bytes = Buffer.alloc(Math.min(file.bytes(), logBytesMax));
    const read = file.readInto(bytes, 0, bytes.length, Math.max(0, file.bytes() - bytes.length));
    const lines = bytes.toString("utf8", 0, read).split("\n");
    const hasEnd = lines.at(-1) === "";
    return lines.slice(-(count + (hasEnd ? 1 : 0))).join("\n");
  } finally {
    file.close();
  }
}

/** The cluster, as far as it answers. */
export async function addCluster(gathering: Gathering): Promise<void> {
  const { context, bundle } = gathering;
  const client = context.client();
  const { found, hasBroker } = await lookAtServers(context, diskShares);
  const sinceMs = context.environment.clock.nowMs() - hourMs;
  const topics = hasBroker ? await lookAtTopics(client, sinceMs).catch(unlessGone) : undefined;
  bundle.addLines("doctor.jsonl", inOrder([...found, ...(topics ?? [])]));
  const processes: BrokerProcess[] = [];
  for (const nameserver of client.admin.cluster.nameservers) {
    processes.push(...(await addNameserver(gathering, nameserver)));
  }
  if (processes.length === 0) {
    return;
  }
  await bundle.attempt("routes.jsonl", "nameservers", () => addRoutes(client, bundle));
  for (const broker of distinct(processes)) {
    await addBroker(gathering, broker);
  }
}

async function addNameserver(
  { context, bundle, secrets }: Gathering,
  nameserver: string,
): Promise<readonly BrokerProcess[]> {
  const { admin } = context.client();
  const folder = `nameservers/${fileName(nameserver)}`;
  let processes: readonly BrokerProcess[] = [];
  const isThere = await bundle.attempt(`${folder}/cluster.json`, nameserver, async () => {
    const cluster = await admin.cluster.describeAt(nameserver);
    processes = allBrokers(cluster);
    const release = await admin.cluster.nameserverVersion(nameserver);
    bundle.addDocument(`${folder}/cluster.json`, { nameserver, release, ...cluster });
  });
  if (isThere) {
    await bundle.attempt(`${folder}/config.properties`, nameserver, async () => {
      const config = secrets.settings(await admin.nameservers.config(nameserver));
      bundle.add(`${folder}/config.properties`, properties(config));
    });
  }
  return processes;
}

async function addRoutes({ admin }: Client, bundle: BundleFile): Promise<void> {
  const names = [...(await admin.topics.names())].sort();
  const routes = await inParallel(names.slice(0, namesMax), async (topic) => {
    const route = await admin.topics.route(topic).catch(unlessGone);
    return { topic, route: route ?? null };
  });
  const left = names.length - routes.length;
  bundle.addLines("routes.jsonl", left > 0 ? [...routes, { leftOut: left }] : routes);
}

/** A broker that does not answer the first question is not asked the others. */
async function addBroker(gathering: Gathering, broker: BrokerProcess): Promise<void> {
  const { context, bundle, secrets } = gathering;
  const { admin } = context.client();
  const { address, brokerName, brokerId } = broker;
  const folder = `brokers/${fileName(`${brokerName}-${brokerId}`)}`;
  const isThere = await bundle.attempt(`${folder}/runtime.properties`, address, async () => {
    const info = await admin.cluster.runtimeInfo(address);
    bundle.add(`${folder}/runtime.properties`, properties(info));
  });
  if (!isThere) {
    bundle.loseBecause(`${folder}/*`, address, "not asked, as it did not answer");
    return;
  }
  const part = (name: string, work: (path: string) => Promise<void>): Promise<boolean> =>
    bundle.attempt(`${folder}/${name}`, address, () => work(`${folder}/${name}`));
  await part("config.properties", async (path) => {
    bundle.add(path, properties(secrets.settings(await admin.brokers.config(address))));
  });
  await part("groups.jsonl", async (path) => {
    bundle.addLines(path, (await admin.groups.configs(address)).slice(0, namesMax));
  });
  await part("progress.jsonl", async (path) => {
    const { groups } = await admin.brokers.consumption(address, { isOrdered: false });
    const rows = [...groups].flatMap(([group, stats]) =>
      stats.flatMap(({ queues }) => queues.map(([queue, at]) => ({ group, ...queue, ...at }))),
    );
    bundle.addLines(path, rows);
  });
  await part("producers.jsonl", async (path) => {
    const producers = await admin.brokers.producers(address);
    bundle.addLines(
      path,
      [...producers].flatMap(([group, rows]) => rows.map((row) => ({ group, ...row }))),
    );
  });
  await part("members.jsonl", (path) => addMembers(gathering, path, address));
  await part("queues.jsonl", (path) => addQueues(gathering, path, broker));
}

async function addMembers({ context, bundle }: Gathering, path: string, address: string) {
  const { groups } = context.client().admin;
  const names = (await groups.configs(address))
    .map(({ group }) => group)
    .filter((group) => !isSystemGroup(group))
    .slice(0, namesMax);
  const rows = await inParallel(names, async (group) => {
    const presence = await groups.members(address, group).catch(unlessGone);
    return presence === undefined ? [] : [{ group, ...presence }];
  });
  bundle.addLines(path, rows.flat());
}

async function addQueues({ context, bundle }: Gathering, path: string, broker: BrokerProcess) {
  const { topics } = context.client().admin;
  const names = [...(await topics.names())].sort().slice(0, namesMax);
  const rows = await inParallel(names, async (topic) => {
    try {
      const stats = await topics.stats(broker.address, topic);
      return stats.map(([queue, at]) => ({ ...queue, ...at }));
    } catch (error) {
      // Another broker's topic.
      if (error instanceof ClientError && error.kind === "refused") {
        return [];
      }
      throw error;
    }
  });
  bundle.addLines(path, rows.flat());
}

function properties(settings: ReadonlyMap<string, string>): string {
  return [...settings]
    .map(([name, value]) => `${name}=${value.replaceAll("\n", "\\n")}\n`)
    .join("");
}

/** What a stranger calls himself, as the name of a file. */
function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/g, "_").slice(0, 80);
}
