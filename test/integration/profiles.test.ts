/** Profiles and configuration: what is written, what stands above what, and what protection refuses. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MqOnTerminal, runMq } from "../support/mq-command.ts";
import { type StandaloneProcess, startStandaloneProcess } from "../support/standalone-process.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: StandaloneProcess;
let address: string;
let folder: string;

beforeAll(async () => {
  cluster = await startStandaloneProcess("async");
  address = `${cluster.nameserver.host}:${cluster.nameserver.port}`;
  const made = await runMq(["topic", "create", "orders", "-y", "-n", address]);
  expect(made.exitCode).toBe(0);
});

beforeEach(() => {
  folder = tempFolder();
});

afterAll(() => cluster.stop());

const configFile = (): string => join(folder, "mq/config.toml");

function run(line: string, more: Record<string, string> = {}) {
  return runMq(line.split(" "), { environment: { XDG_CONFIG_HOME: folder, ...more } });
}

async function json(line: string, more: Record<string, string> = {}) {
  const { stdout, stderr, exitCode } = await run(`${line} -o json`, more);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test("a profile is made, used, copied, renamed, changed and forgotten, in a file of its owner's own", async () => {
  const made = await json("profile create local --at 127.0.0.1:1");
  expect(made).toMatchObject({ name: "local", current: true, nameserver: "127.0.0.1:1" });
  expect(statSync(configFile()).mode & 0o777).toBe(0o600);
  await json("profile copy local staging");
  await json("profile rename staging prod");
  const edited = await json("profile edit prod --at ns1:9876,ns2:9876 --protected");
  expect(edited).toMatchObject({ nameserver: "ns1:9876,ns2:9876", protected: true });
  await json("profile use prod");
  expect((await json("profile show")).name).toBe("prod");
  expect((await run("profile prompt -o table")).stdout).toBe("prod!\n");
  expect((await run("profile list -o name")).stdout).toBe("profile/local\nprofile/prod\n");
  expect((await json("profile edit prod --unprotected")).protected).toBe(false);
  expect((await run("profile delete prod")).exitCode).toBe(6);
  await json("profile delete prod --yes");
  const { items } = await json("profile list");
  expect(items.map(({ name, current }: Record<string, unknown>) => [name, current])).toEqual([
    ["local", false],
  ]);
});

test("what cannot be meant is refused, and --dry-run writes nothing", async () => {
  expect((await run("profile create local --at 127.0.0.1:1 --dry-run")).exitCode).toBe(0);
  expect(() => statSync(configFile())).toThrow();
  await json("profile create local --at 127.0.0.1:1");
  expect((await run("profile create local --at 127.0.0.1:2")).exitCode).toBe(2);
  expect((await run("profile create lo/cal --at 127.0.0.1:2")).exitCode).toBe(2);
  const other = await run("topic list -P locl");
  expect([other.exitCode, other.stdout]).toEqual([3, ""]);
  expect(other.stderr).toContain("did you mean local?");
  expect((await run("profile edit local --rewrite here=there")).exitCode).toBe(2);
});

test("flag, variable, profile, configuration, NAMESRV_ADDR, built in: the first that says something counts", async () => {
  const explained = async (line: string, more: Record<string, string> = {}) => {
    const { items } = await json(line, more);
    const found = items.find(({ name }: { name: string }) => name === "nameserver");
    return [found.value, found.origin];
  };
  expect(await explained("config explain")).toEqual(["127.0.0.1:9876", "built in"]);
  const old = { NAMESRV_ADDR: "old:1" };
  expect(await explained("config explain", old)).toEqual(["old:1", "variable NAMESRV_ADDR"]);
  await json("config set nameserver file:1");
  expect(await explained("config explain", old)).toEqual(["file:1", configFile()]);
  await json("profile create prod --at prod:1");
  expect(await explained("config explain", old)).toEqual(["prod:1", "profile prod"]);
  const variable = { MQ_NAMESERVER: "variable:1" };
  expect(await explained("config explain", variable)).toEqual([
    "variable:1",
    "variable MQ_NAMESERVER",
  ]);
  expect(await explained("config explain -n flag:1", variable)).toEqual([
    "flag:1",
    "flag --nameserver",
  ]);
});

test("commands go where the profile says, with what the configuration says", async () => {
  await json(`profile create here --at ${address}`);
  await json("profile create nowhere --at 127.0.0.1:1");
  await json("config set output name");
  expect((await run("topic list")).stdout).toBe("topic/orders\n");
  expect((await run("topic list -P nowhere")).exitCode).toBe(5);
  expect((await run("topic list", { MQ_PROFILE: "nowhere" })).exitCode).toBe(5);
  expect((await run(`topic list -P nowhere -n ${address}`)).stdout).toBe("topic/orders\n");
  expect((await run("profile check -o table")).exitCode).toBe(0);
  expect((await run("profile check -P nowhere -o table")).exitCode).toBe(10);
});

test("an address that cannot be reached from here is rewritten", async () => {
  const elsewhere = "192.0.2.1:9876";
  await json(`profile create docker --at ${elsewhere} --rewrite ${elsewhere}=${address}`);
  expect((await run("topic list -o name")).stdout).toBe("topic/orders\n");
  await json(`profile edit docker --rewrite ${elsewhere}=`);
  expect((await json("profile show")).rewrite).toEqual({});
});

test("a configuration that is broken says where, and can be looked at and mended all the same", async () => {
  mkdirSync(join(folder, "mq"));
  for (const [text, message] of [
    ["nameservr = 'a:1'", "did you mean nameserver?"],
    ["[profile.x]\nprotected = 1", "profile.x.protected is neither true nor false"],
    ["timeout = 'soon'", "'soon' is no duration"],
    ["current = 'x'", "there is no profile 'x'"],
    ["= 1", configFile()],
  ] as const) {
    writeFileSync(configFile(), text);
    for (const line of ["config validate", "topic list"]) {
      const { exitCode, stderr, stdout } = await run(line);
      expect([exitCode, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(message);
    }
  }
  expect((await run("config path -o table")).stdout).toBe(`${configFile()}\n`);
  expect((await run("topic list --help")).exitCode).toBe(0);
  writeFileSync(configFile(), "timeout = '5s'\n");
  expect(await json("config validate")).toMatchObject({ exists: true, profiles: 0 });
  expect(await json("config show")).toMatchObject({ timeout: "5s", profile: {} });
});

test("a protected cluster wants --yes and the typed name, however it is addressed", async () => {
  const created = await run(`profile create prod --at ${address} --protected`);
  expect(created.stderr).toBe(
    "-P prod works with it; mq profile use prod makes it the current one\n",
  );
  // Nobody works on production because it was the first to be given a name.
  expect((await json("profile show prod")).current).toBe(false);
  await json("profile use prod");
  const made = await run("topic create doomed -y");
  expect(made.exitCode).toBe(0);
  for (const line of ["topic delete doomed --yes", `topic delete doomed --yes -n ${address}`]) {
    const { exitCode, stderr, stdout } = await run(line);
    expect([exitCode, stdout]).toEqual([6, ""]);
    expect(stderr).toContain("MQ-E-PROTECTED");
  }
  const wrong = await run("topic delete doomed --yes --confirm orders");
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("'doomed'")]);
  expect((await run("topic delete doomed --confirm doomed")).exitCode).toBe(6);
  const environment = { XDG_CONFIG_HOME: folder };
  const withoutYes = new MqOnTerminal(["topic", "delete", "doomed"], environment);
  await withoutYes.until("MQ-E-PROTECTED");
  expect(await withoutYes.exited).toBe(6);
  await withoutYes.close();
  const words = ["topic", "delete", "doomed", "--yes"];
  for (const [typed, code] of [
    ["orders\r", 6],
    ["\u0003", 6],
    ["\u0004", 6],
    ["doomed\r", 0],
  ] as const) {
    const terminal = new MqOnTerminal(words, environment);
    await terminal.until("type doomed to go on: ");
    terminal.type(typed);
    expect(await terminal.exited).toBe(code);
    await terminal.close();
  }
  expect((await run("topic list -o name")).stdout).toBe("topic/orders\n");
  expect((await run("topic create doomed -y")).exitCode).toBe(0);
  // For jobs that nobody watches: the name stands in the line.
  expect((await run("topic delete doomed --yes --confirm doomed")).exitCode).toBe(0);
  expect((await run("topic list -o name")).stdout).toBe("topic/orders\n");
});

test("the shell shows its profile, marks a protected one, and use changes it for this shell only", async () => {
  await json(`profile create here --at ${address}`);
  await json(`profile create prod --at 127.0.0.1:1 --protected`);
  const terminal = new MqOnTerminal(["shell"], {
    XDG_CONFIG_HOME: folder,
    XDG_STATE_HOME: tempFolder(),
  });
  await terminal.until("mq(here)> ");
  expect(await terminal.enter("topic list -o name", "mq(here)> ")).toContain("topic/orders");
  terminal.type("use pr\t");
  await terminal.until("use prod");
  await terminal.enter("", "mq(prod!)> ");
  expect(await terminal.enter("topic list", "mq(prod!)> ")).toContain("MQ-E-UNREACHABLE");
  expect(await terminal.enter("use nobody", "mq(prod!)> ")).toContain("MQ-E-NOTFOUND");
  terminal.type("\u0004");
  expect(await terminal.exited).toBe(0);
  await terminal.close();
  expect((await json("profile show")).name).toBe("here");
});

test("mqadmin does nothing final to a protected cluster, however it is addressed", async () => {
  await json(`profile create prod --at ${address} --protected`);
  await json("profile use prod");
  const { exitCode, stderr } = await run(
    `mqadmin deleteTopic -n ${address} -t orders -c DefaultCluster`,
  );
  expect(exitCode).toBe(6);
  expect(stderr).toContain("error[MQ-E-PROTECTED]: profile 'prod' is protected");
  const looked = await run("mqadmin topicRoute -t orders");
  expect(looked.exitCode).toBe(0);
});

test("the machine's file stands below the user's, and gives profiles to all", async () => {
  const system = join(folder, "system.toml");
  writeFileSync(
    system,
    'timeout = "7s"\noutput = "yaml"\n[profile.shared]\nnameserver = "ns9:9876"\nprotected = true\n',
  );
  const more = { MQ_SYSTEM_CONFIG: system };
  await json("config set timeout 9s", more);
  const { items } = await json("config explain -P shared", more);
  expect(items).toContainEqual({ name: "timeout", value: "9s", origin: configFile() });
  expect(items).toContainEqual({ name: "nameserver", value: "ns9:9876", origin: "profile shared" });
  expect((await json("profile list", more)).items).toMatchObject([
    { name: "shared", protected: true },
  ]);
  const used = await json("profile use shared", more);
  expect(used).toMatchObject({ name: "shared" });
  expect((await json("profile show", more)).name).toBe("shared");
  writeFileSync(system, "timeuot = 1\n");
  expect((await run("topic list", more)).exitCode).toBe(2);
});

test("a project's settings count once they are trusted, and only as they were", async () => {
  const project = tempFolder();
  const path = join(project, ".mq.toml");
  const more = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: join(folder, "state") };
  const at = (...words: readonly string[]) =>
    runMq([...words, "-o", "json"], { environment: more, folder: project });
  expect((await at("config", "trust")).exitCode).toBe(3);
  writeFileSync(path, 'nameserver = "ns7:9876"\ntimeout = "200ms"\n');
  const untrusted = await at("topic", "list");
  expect(untrusted.stderr).toContain("mq config trust");
  const nameserver = async () =>
    JSON.parse((await at("config", "explain")).stdout).items.find(
      ({ name }: { name: string }) => name === "nameserver",
    );
  expect(await nameserver()).toMatchObject({ origin: "built in" });
  const trusted = await at("config", "trust");
  expect(JSON.parse(trusted.stdout)).toMatchObject({ path, trusted: true });
  expect(await nameserver()).toEqual({ name: "nameserver", value: "ns7:9876", origin: path });
  writeFileSync(path, 'nameserver = "evil:9876"\n');
  expect(await nameserver()).toMatchObject({ origin: "built in" });
  await at("config", "trust");
  expect(JSON.parse((await at("config", "trust", "--revoke")).stdout).trusted).toBe(false);
  writeFileSync(path, 'current = "prod"\n');
  expect((await at("config", "trust")).exitCode).toBe(2);
});

test("an editor changes the configuration, and what is wrong does not count", async () => {
  const edit = async (line: string): Promise<readonly [number, string]> => {
    const typed = join(folder, "typed.toml");
    writeFileSync(typed, line);
    const environment = { XDG_CONFIG_HOME: folder, EDITOR: `cp ${typed}` };
    const terminal = new MqOnTerminal(["config", "edit"], environment);
    const code = await terminal.exited;
    const { screen } = terminal;
    await terminal.close();
    return [code, screen];
  };
  expect(await edit('timeout = "4s"')).toEqual([0, expect.stringContaining("changed")]);
  expect(await json("config show")).toMatchObject({ timeout: "4s" });
  expect(await edit("timeuot = 1")).toEqual([2, expect.stringContaining("did you mean timeout")]);
  expect(await json("config show")).toMatchObject({ timeout: "4s" });
  expect((await run("config edit")).exitCode).toBe(2);
});
