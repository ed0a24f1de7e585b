/** `mq debug bundle` and `info`: whole where all is well, as much as there is where it is not, and never a secret. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { encodeTextTable } from "../../src/protocol/remoting/bodies/text-table.ts";
import { type FakeHandler, FakeServer } from "../support/fake-cluster.ts";
import { startLoopbackNameserver } from "../support/loopback-nameserver.ts";
import { runMq } from "../support/mq-command.ts";
import { mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const store = tempFolder();
let server: MqServer;
let environment: Record<string, string>;

/** Planted wherever a secret may stand; none of them may come out. */
const planted = {
  variable: "planted-in-a-variable",
  otherVariable: "planted-in-a-foreign-variable",
  logged: "planted-in-a-log-line",
  brokerPassword: "planted-in-a-broker-password",
  brokerCredential: "planted-in-a-broker-credential",
  nameserverToken: "planted-in-a-nameserver-token",
  body: "planted-in-a-message-body",
} as const;

beforeAll(async () => {
  server = await MqServer.start(
    [
      ...["standalone", "start", "--store", store, "--http", "127.0.0.1:0"],
      ...["--listen", "127.0.0.1:0", "--nameserver-listen", "127.0.0.1:0"],
    ],
    {},
  );
  const config = tempFolder();
  mkdirSync(join(config, "mq"));
  writeFileSync(
    join(config, "mq/config.toml"),
    `current = "here"\n[profile.here]\nnameserver = "${server.address("nameserver")}"\n`,
  );
  environment = {
    XDG_CONFIG_HOME: config,
    MQ_SECRET_KEY: planted.variable,
    SOME_TOOLS_TOKEN: planted.otherVariable,
  };
  await mqRows("topic create", ["orders", "--queues", "1"], { environment });
  await mqRows("topic produce", ["orders", "-v", planted.body], { environment });
  await mqRows("group create", ["billing"], { environment });
});

afterAll(() => server.end("SIGKILL"));

interface Unpacked {
  readonly names: readonly string[];
  readonly manifest: {
    readonly files: readonly { readonly path: string; readonly bytes: number }[];
    readonly missing: readonly Record<string, string>[];
  };
  read(name: string): string;
  lines(name: string): readonly Record<string, unknown>[];
}

/** Through the system's tar. */
function unpacked(path: string): Unpacked {
  const folder = tempFolder();
  expect(Bun.spawnSync(["tar", "-xf", path, "-C", folder]).exitCode).toBe(0);
  const root = join(folder, readdirSync(folder)[0] ?? "");
  const read = (name: string): string => readFileSync(join(root, name), "utf8");
  const listed = Bun.spawnSync(["tar", "-tf", path]).stdout.toString().trim().split("\n");
  return {
    names: listed.map((name) => name.slice(name.indexOf("/") + 1)),
    manifest: JSON.parse(read("manifest.json")),
    read,
    lines: (name) =>
      read(name)
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
  };
}

function expectNoSecret(path: string): void {
  const archive = readFileSync(path, "latin1");
  for (const secret of Object.values(planted)) {
    expect([secret, archive.includes(secret)]).toEqual([secret, false]);
  }
}

test("a bundle holds what the cluster, this machine and the client say", async () => {
  const log = join(tempFolder(), "broker.log");
  writeFileSync(
    log,
    `first line\nlogin secretKey=${planted.logged}\nagain ${planted.otherVariable}\nlast line\n`,
  );
  const path = join(tempFolder(), "bundle.tar");
  const words = ["--to", path, "--store", store, "--log", log, "--log-lines", "3"];
  const [row] = await mqRows("debug bundle", [...words, "-o", "jsonl"], { environment });
  expect(row).toMatchObject({ path, missing: [] });
  const { names, manifest, read, lines } = unpacked(path);
  const broker = "brokers/broker-a-0";
  const address = server.address("nameserver").replace(":", "_");
  expect(names).toEqual([
    "doctor.jsonl",
    `nameservers/${address}/cluster.json`,
    `nameservers/${address}/config.properties`,
    "routes.jsonl",
    ...[`${broker}/runtime.properties`, `${broker}/config.properties`, `${broker}/groups.jsonl`],
    ...[`${broker}/progress.jsonl`, `${broker}/producers.jsonl`, `${broker}/members.jsonl`],
    `${broker}/queues.jsonl`,
    ...["client.json", "config.toml", "local/store.jsonl", "local/server.json"],
    ...["local/proc-limits.txt", "local/proc-status.txt", "local/metrics.txt"],
    ...["local/log-1-broker.log", "manifest.json"],
  ]);
  expect(manifest.files.map((file) => file.path)).toEqual(names.slice(0, -1));
  expect(row?.["files"]).toBe(names.length);
  expect(lines(`${broker}/queues.jsonl`)).toContainEqual(
    expect.objectContaining({ topic: "orders", queueId: 0, minOffset: 0, maxOffset: 1 }),
  );
  expect(lines("routes.jsonl").map(({ topic }) => topic)).toContain("orders");
  expect(lines(`${broker}/groups.jsonl`).map(({ group }) => group)).toContain("billing");
  expect(read(`${broker}/config.properties`)).toContain("brokerName=broker-a\n");
  expect(read("local/metrics.txt")).toContain("mq_messages_in_total");
  expect(JSON.parse(read("local/server.json")).residentBytes).toBeGreaterThan(1_000_000);
  expect(JSON.parse(read("client.json")).variables["MQ_SECRET_KEY"]).toBe("***");
  expect(read("local/log-1-broker.log")).toBe("login secretKey=***\nagain ***\nlast line\n");
  expect(read("config.toml")).toContain("profile.here");
  expectNoSecret(path);
  const again = await runMq(["debug", "bundle", "--to", path], { environment });
  expect([again.exitCode, again.stdout]).toEqual([6, ""]);
  const nowhere = await runMq(["debug", "bundle", "--to", `${path}/x.tar`], { environment });
  expect([nowhere.exitCode, nowhere.stdout]).toEqual([1, ""]);
});

test("with half of the cluster down it holds the other half, and says what is missing; secrets stay there", async () => {
  const machine = createBunEnvironment({ level: "error", format: "text" });
  const settings = (pairs: Readonly<Record<string, string>>): Buffer =>
    Buffer.from(
      Object.entries(pairs)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  const unsupported = { code: 3, remark: `no, ${planted.brokerPassword}` };
  const brokerAnswers: FakeHandler = ({ code }) => {
    switch (code) {
      case 28:
        return {
          body: encodeTextTable([
            ["brokerVersionDesc", "V5_5_0"],
            ["remark", `password=${planted.brokerPassword}`],
          ]),
        };
      case 26:
        return {
          body: settings({
            brokerName: "broker-x",
            "tls.server.keyPassword": planted.brokerPassword,
            innerClientAuthenticationCredentials: `{"accessKey":"k","secretKey":"${planted.brokerCredential}"}`,
            remark: `again ${planted.brokerCredential}`,
          }),
        };
      default:
        return unsupported;
    }
  };
  const broker = new FakeServer(machine, brokerAnswers);
  const nameserver = startLoopbackNameserver(
    machine,
    {
      brokers: [
        { brokerName: "broker-x", addresses: [[0, broker.address]] },
        { brokerName: "broker-y", addresses: [[0, "127.0.0.1:9"]] },
      ],
      topics: ["orders"],
    },
    ({ code }) =>
      code === 319
        ? { body: settings({ authToken: planted.nameserverToken, listenPort: "9876" }) }
        : unsupported,
  );
  const path = join(tempFolder(), "half.tar");
  const done = await runMq(
    [
      ...["debug", "bundle", "--to", path, "-n", `${nameserver.address},127.0.0.1:9`],
      ...["--store", tempFolder(), "-o", "json"],
    ],
    { environment },
  );
  expect([done.exitCode, JSON.parse(done.stdout).kind]).toEqual([7, "DebugBundle"]);
  const { manifest, read, names } = unpacked(path);
  const lost = manifest.missing.map(({ path: name }) => name);
  expect(lost).toContain("brokers/broker-y-0/*");
  expect(lost).toContain("nameservers/127.0.0.1_9/cluster.json");
  expect(lost).toContain("brokers/broker-x-0/groups.jsonl");
  expect(names).toContain("brokers/broker-x-0/config.properties");
  expect(read("brokers/broker-x-0/config.properties")).toContain(
    "brokerName=broker-x\ntls.server.keyPassword=***\ninnerClientAuthenticationCredentials=***\nremark=again ***\n",
  );
  expect(read(`nameservers/${nameserver.address.replace(":", "_")}/config.properties`)).toBe(
    "authToken=***\nlistenPort=9876\n",
  );
  expectNoSecret(path);
  expect(done.stdout + done.stderr).not.toContain("planted");
});

test("with nobody there it still holds what this machine knows", async () => {
  const folder = tempFolder();
  const path = join(folder, "alone.tar");
  const words = [
    "--to",
    path,
    "-n",
    "127.0.0.1:9",
    "--store",
    tempFolder(),
    "--log",
    "/nowhere.log",
  ];
  const done = await runMq(["debug", "bundle", ...words, "-o", "table"], { environment });
  expect([done.exitCode, done.stdout]).toEqual([7, expect.stringMatching(/^\S+: \d+ files, /)]);
  expect(done.stderr).toMatch(
    /^missing nameservers\/127\.0\.0\.1_9\/cluster\.json \(127\.0\.0\.1:9\)/m,
  );
  expect(done.stderr).toMatch(/^missing local\/log-1-nowhere\.log \(\/nowhere\.log\)/m);
  expect(unpacked(path).names).toContain("client.json");
  expect(readdirSync(folder)).toEqual(["alone.tar"]);
  expect(existsSync(`${path}.part`)).toBe(false);
});

test("info is the head of a bug report, without secrets", async () => {
  const [row] = await mqRows("debug info", ["--store", store, "-o", "jsonl"], { environment });
  expect(row).toMatchObject({
    profile: "here",
    nameservers: [server.address("nameserver")],
    store,
    server: { pid: server.pid, kind: "standalone", http: server.address("http") },
    variables: { MQ_SECRET_KEY: "***" },
  });
  expect(JSON.stringify(row)).not.toContain("planted");
  const table = await runMq(["debug", "info", "--store", tempFolder(), "-o", "table"], {
    environment,
  });
  expect([table.exitCode, table.stdout]).toEqual([
    0,
    expect.stringContaining("none on this store"),
  ]);
  expect(table.stdout).not.toContain("planted");
});
