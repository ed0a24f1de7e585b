/** Maintenance: jobs by hand and by cron, which do not get into each other's way, and what a schedule writes. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { mqWords, runMq } from "../support/mq-command.ts";
import { checkedRows, mqRows } from "../support/mq-rows.ts";
import { MqServer } from "../support/mq-server.ts";
import { damage, unpackStore } from "../support/rocketmq-stores.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let folder: string;
let store: string;
let server: MqServer;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = tempFolder();
  store = join(folder, "store");
  server = await MqServer.start(
    ["standalone", "start", "--store", store, "--listen", "127.0.0.1:0"].concat([
      ...["--nameserver-listen", "127.0.0.1:0", "--flush", "async"],
    ]),
    {},
  );
  environment = {
    MQ_NAMESERVER: server.address("nameserver"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CONFIG_HOME: join(folder, "config"),
    PATH: `${fakePrograms()}:${process.env["PATH"]}`,
    TZ: "UTC",
  };
  await rows("topic create", "orders", "--queues", "2");
  await rows("group create", "billing");
  const input = Array.from({ length: 20 }, (_, index) => `m${index}`).join("\n");
  await mqRows("topic produce", ["orders", "--lines"], { environment, input });
  await rows("group reset-offset", "billing", "--topic", "orders", "--to", "4", "--yes");
});

afterAll(() => server.end("SIGKILL"));

/** A crontab that is a file, and a systemctl that writes down what it was told. */
function fakePrograms(): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const programs = {
    crontab: `if [ "$1" = -l ]; then cat ${folder}/crontab 2>/dev/null || { echo "no crontab for me" >&2; exit 1; }; else cat > ${folder}/crontab; fi`,
    systemctl: `echo "$@" >> ${folder}/systemctl`,
    "systemd-analyze": '[ "$1 $2 $3" != "calendar -- noonish" ]',
  };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

const rows = (path: string, ...words: readonly string[]) => mqRows(path, words, { environment });
const run = (...words: readonly string[]) => runMq(words, { environment });

interface JobRow {
  readonly job: string;
  readonly outcome: string;
  readonly detail: string;
  readonly figures: Readonly<Record<string, number>>;
}

async function jobRows(...words: readonly string[]): Promise<readonly JobRow[]> {
  const [line] = await rows("maint run", ...words);
  return (line?.["jobs"] ?? []) as readonly JobRow[];
}

test("one line tells of all jobs of a run", async () => {
  const all = (await rows("maint list")).map(({ name }) => String(name));
  const words = [all.join(","), "--store", store, "--to", join(folder, "backups"), "--keep", "2"];
  const refused = await run("maint", "run", ...words);
  expect([refused.exitCode, refused.stdout]).toEqual([6, ""]);
  const planned = await jobRows(...words, "--dry-run");
  expect(planned.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: 6 }, () => "planned"),
    "ok",
  ]);
  expect(existsSync(join(folder, "backups"))).toBe(false);
  const done = await jobRows(...words, "--yes");
  expect(done.map(({ job, outcome }) => [job, outcome])).toEqual(all.map((job) => [job, "ok"]));
  const figures = Object.fromEntries(done.map((each) => [each.job, each.figures]));
  expect(figures).toMatchObject({
    retention: { brokers: 1, removedBytes: 0 },
    offsets: { groups: 1, queues: 2, removed: 0 },
    backup: { damaged: 0, removed: 0 },
    verify: { damaged: 0 },
    "dead-letters": {},
  });
  expect(Number(figures["verify"]?.["records"])).toBeGreaterThan(20);
  const table = await run("maint", "run", "dead-letters", "-o", "table");
  expect(table.stdout).toBe("ok        dead-letters  0 dead letters of 0 groups\n");
});

test("saved offsets bring a group back, and old ones go", async () => {
  const to = join(folder, "offsets");
  for (const run of ["20200101T000000Z", "20200102T000000Z"]) {
    mkdirSync(join(to, run), { recursive: true });
  }
  mkdirSync(join(to, "notes"));
  const [saved] = await jobRows("offsets", "--offsets-to", to, "--keep", "2");
  expect(saved?.figures).toEqual({ groups: 1, queues: 2, removed: 1 });
  const kept = readdirSync(to).sort();
  expect(kept).toEqual(["20200102T000000Z", expect.stringMatching(/^2\d{7}T/), "notes"]);
  const file = join(saved?.detail ?? "", "billing.tsv");
  await rows("group reset-offset", "billing", "--topic", "orders", "--to", "end", "--yes");
  const back = await rows("group reset-offset", "billing", "--to-file", file, "--yes");
  expect(back.map(({ target, outcome }) => [target, outcome])).toEqual([
    [4, "moved"],
    [4, "moved"],
  ]);
});

test("nothing is said while all is well, and everything when it is not", async () => {
  const well = await run("maint", "run", "offsets,dead-letters", "-q");
  expect([well.exitCode, well.stdout, well.stderr]).toEqual([0, "", ""]);
  const asked = await run("maint", "run", "offsets", "-q", "-o", "jsonl");
  expect(asked.stdout.split("\n")).toHaveLength(2);

  const down = await run("maint", "run", "offsets,dead-letters", "-q", "-n", "127.0.0.1:1");
  expect([down.exitCode, down.stdout]).toEqual([5, expect.stringContaining("MQ-E-UNREACHABLE")]);
  const words = ["offsets,verify", "--store", store, "-q", "-n", "127.0.0.1:1"];
  const partly = await run("maint", "run", ...words);
  const [line] = await checkedRows("maint run", partly.stdout);
  expect([partly.exitCode, line]).toMatchObject([
    7,
    { outcome: "failed", jobs: [{ outcome: "failed" }, { outcome: "ok" }] },
  ]);
});

test("damage is exit code 8, dead letters above a bound 10", async () => {
  const { folder: broken, manifest } = unpackStore("5.5.0", "dead-letter");
  const [, , , offset = 0] = manifest.messages[0] ?? [];
  damage(broken, [
    { op: "write", path: "commitlog/00000000000000000000", offset: offset + 8, hex: "7fffffff" },
  ]);
  const damaged = await run("maint", "run", "verify", "--store", broken, "-q");
  expect([damaged.exitCode, damaged.stdout]).toEqual([8, expect.stringContaining('"damaged"')]);

  const dead = ["maint", "run", "dead-letters", "--max-dead-letters"];
  expect((await run(...dead, "0")).exitCode).toBe(0);
  await rows("topic create", "%DLQ%billing", "--queues", "1");
  await mqRows("topic produce", ["%DLQ%billing", "--value", "x"], { environment });
  const over = await run(...dead, "0");
  const [line] = await checkedRows("maint run", over.stdout);
  expect([over.exitCode, line?.["jobs"]]).toMatchObject([
    10,
    [{ outcome: "unhealthy", figures: { billing: 1 } }],
  ]);
  expect((await run(...dead, "1")).exitCode).toBe(0);
});

test("a job that is at work is passed over, and what a dead one left bars nobody", async () => {
  const to = join(folder, "slow");
  const words = ["backup", "--store", store, "--to", to];
  const slow = Bun.spawn([...mqWords, "maint", "run", ...words, "--rate", "64"], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, ...environment },
  });
  const isCopying = (): boolean => existsSync(join(to, "objects", "segment.part"));
  while (!isCopying()) {
    expect(slow.exitCode).toBeNull();
    await Bun.sleep(1);
  }
  const [second] = await jobRows(...words);
  expect(second).toMatchObject({ outcome: "skipped", detail: "another run is at work" });
  slow.kill("SIGKILL");
  await slow.exited;
  const [third] = await jobRows(...words);
  expect(third).toMatchObject({ outcome: "ok" });
  expect((await rows("backup verify", "--from", to))[0]).toMatchObject({ state: "ok" });
});

test("a crontab gets a marked line, keeps all others, and loses only that one", async () => {
  const crontab = join(folder, "crontab");
  const foreign = "MAILTO=ops\n# mine\n5 4 * * * echo 50\\% done\n";
  writeFileSync(crontab, foreign);
  const add = ["nightly", "--at", "17 3 * * 1-5"];
  const job = ["--", "backup,offsets", "--to", "/backup/50% full", "--keep", "8"];
  const printed = await run("maint", "schedule", "add", ...add, "--print", ...job);
  expect(printed.stdout).toStartWith("# mq-maint nightly\n17 3 * * 1-5 ");
  expect(printed.stdout).toContain("maint run backup,offsets --to '/backup/50\\% full' --keep 8");
  expect(printed.stdout).toEndWith(" --yes\n");
  expect(printed.stdout).toContain(`-n ${environment["MQ_NAMESERVER"]} maint run`);

  const refused = await run("maint", "schedule", "add", ...add, ...job);
  expect([refused.exitCode, refused.stdout]).toEqual([6, ""]);
  const [would] = await rows("maint schedule add", ...add, "--dry-run", ...job);
  expect(would).toMatchObject({ name: "nightly", with: "cron", outcome: "would add" });
  expect(readFileSync(crontab, "utf8")).toBe(foreign);
  const [added] = await rows("maint schedule add", ...add, "--yes", ...job);
  expect(added).toMatchObject({ at: "17 3 * * 1-5", outcome: "added" });
  expect(readFileSync(crontab, "utf8")).toBe(`${foreign}${printed.stdout}`);

  const twice = await run("maint", "schedule", "add", ...add, "--yes", ...job);
  expect([twice.exitCode, twice.stderr]).toEqual([6, expect.stringContaining("--replace")]);
  const other = ["nightly", "--at", "@daily", "--replace", "--yes", "--", "offsets"];
  await rows("maint schedule add", ...other);
  const [listed, ...others] = await rows("maint schedule list");
  expect([listed?.["at"], others]).toEqual(["@daily", []]);
  expect(await rows("maint schedule remove", "nightly", "--yes")).toMatchObject([
    { name: "nightly", outcome: "removed" },
  ]);
  expect(readFileSync(crontab, "utf8")).toBe(foreign);
  const gone = await run("maint", "schedule", "remove", "nightly", "--yes");
  expect([gone.exitCode, gone.stdout]).toEqual([3, ""]);
});

test("systemd gets a service and a timer, which run what the line says", async () => {
  const to = join(folder, "odd $HOME 50% it's");
  const words = ["weekly", "--with", "systemd", "--at", "Sun *-*-* 02:30", "--yes"];
  const [added] = await rows("maint schedule add", ...words, "--", "offsets", "--offsets-to", to);
  const units = join(folder, "config/systemd/user");
  const service = readFileSync(join(units, "mq-maint-weekly.service"), "utf8");
  expect(readFileSync(join(units, "mq-maint-weekly.timer"), "utf8")).toContain(
    "OnCalendar=Sun *-*-* 02:30\n",
  );
  expect(await rows("maint schedule list")).toMatchObject([
    { name: "weekly", with: "systemd", at: "Sun *-*-* 02:30", command: added?.["command"] },
  ]);
  // What systemd would hand to the shell, whose line it is.
  const line = /^ExecStart=\/bin\/sh -c "(.*)"$/m.exec(service)?.[1] ?? "";
  const typed = line.replace(/%%/g, "%").replace(/\$\$/g, "$").replace(/\\(.)/g, "$1");
  const ran = Bun.spawnSync(["/bin/sh", "-c", typed], { env: { ...process.env, ...environment } });
  expect([ran.exitCode, ran.stdout.toString()]).toEqual([0, ""]);
  expect(readdirSync(to)).toHaveLength(1);
  await rows("maint schedule remove", "weekly", "--yes");
  expect(readdirSync(units)).toEqual([]);
  expect(readFileSync(join(folder, "systemctl"), "utf8").split("\n")).toEqual([
    "--user daemon-reload",
    "--user enable --now mq-maint-weekly.timer",
    "--user disable --now mq-maint-weekly.timer",
    "--user daemon-reload",
    "",
  ]);
});

test("what would fail at night is refused now", async () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ["is no job", "x", "--at", "@daily", "--", "offset"],
    ["no time of cron", "x", "--at", "3:17", "--", "offsets"],
    ["no time of systemd", "x", "--at", "noonish", "--with", "systemd", "--", "offsets"],
    ["no name of a schedule", "a b", "--at", "@daily", "--", "offsets"],
    ["nothing to run", "x", "--at", "@daily"],
    ["from the root", "x", "--at", "@daily", "--", "backup", "--to", "backups"],
    ["unknown", "x", "--at", "@daily", "--", "offsets", "--kep", "3"],
  ];
  await Promise.all(
    cases.map(async ([words, ...typed]) => {
      const { exitCode, stdout, stderr } = await run("maint", "schedule", "add", ...typed);
      expect([typed, exitCode, stdout, stderr]).toEqual([
        typed,
        2,
        "",
        expect.stringContaining(words),
      ]);
    }),
  );
});
