/** Many messages moved: `topic copy`, `message export`, `message import`; each once, also when a run was killed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { mqWords, runMq } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

type Row = Readonly<Record<string, unknown>>;
let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
const folder = tempFolder();

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows, failure } = cluster);
  await cluster.makeTopic("source", 2);
  const lines: readonly Row[] = [
    { body: "plain", keys: ["k1", "k2"], tag: "A", flag: 7, properties: { region: "eu" } },
    { body: { amount: 12 }, encoding: "json", properties: { WAIT: "false", region: "us" } },
    { body: "AAEC//8=", encoding: "base64", properties: { KEYS: " two  spaces " } },
    { body: "x".repeat(5_000), compression: "zlib", tag: "B" },
    { body: "y".repeat(5_000), compression: "zstd" },
    { body: "z".repeat(5_000), compression: "lz4" },
  ];
  const input = lines.map((line) => JSON.stringify(line)).join("\n");
  await rows("topic produce", ["source", "--jsonl"], input);
});

afterAll(() => cluster.stop());

const anew = ["topic", "broker", "queue", "offset", "commitOffset", "messageId"];
const times = ["storeTime", "bornTime", "bornHost"];

/** What is kept of a topic's messages, in order of their unique keys. */
async function kept(topic: string): Promise<readonly Row[]> {
  const all = await rows("topic tail", [topic, "--offset", "start"]);
  return all
    .map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => ![...anew, ...times].includes(key))),
    )
    .sort((left, right) => (String(left["uniqueKey"]) < String(right["uniqueKey"]) ? -1 : 1));
}

test("a copy is exact, and the next run copies what came since", async () => {
  await cluster.makeTopic("copied", 3);
  expect(await failure("topic", "copy", "source", "copied")).toEqual([6, "MQ-E-CONFIRM"]);
  const [planned] = await rows("topic copy", ["source", "copied", "--dry-run"]);
  expect([planned?.["sent"], (await kept("copied")).length]).toEqual([6, 0]);
  const [first] = await rows("topic copy", ["source", "copied", "--yes"]);
  expect(first).toEqual({
    from: "source",
    to: "copied",
    sent: 6,
    failed: 0,
    before: 0,
    repeated: 0,
    complete: true,
    state: first?.["state"],
  });
  const wanted = await kept("source");
  expect(wanted.map(({ compression }) => compression)).toEqual(
    expect.arrayContaining(["zlib", "zstd", "lz4"]),
  );
  expect(await kept("copied")).toEqual(wanted);

  const [nothing] = await rows("topic copy", ["source", "copied", "--yes"]);
  expect(nothing).toMatchObject({ sent: 0, before: 6, complete: true });
});

test("a filter chooses, on the same cluster and on another", async () => {
  await cluster.makeTopic("chosen", 1);
  const where = ["--where", "region = 'eu' or body.amount > 10"];
  const [did] = await rows("topic copy", ["source", "chosen", ...where, "--yes"]);
  expect(did).toMatchObject({ sent: 2, complete: true });
  await cluster.makeTopic("tagged", 1);
  const other = ["--to-nameserver", cluster.nameserver, "--tag", "A||B"];
  const [tagged] = await rows("topic copy", ["source", "tagged", ...other, "--yes"]);
  expect(tagged).toMatchObject({ sent: 2, to: `tagged at ${cluster.nameserver}` });
});

test("what cannot be copied is said before anything is sent", async () => {
  const copy = ["topic", "copy", "source"];
  expect(await failure(...copy, "source", "--yes")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure(...copy, "nosuch", "--yes")).toEqual([3, "MQ-E-NOROUTE"]);
  expect(await failure("topic", "copy", "nosuch", "source", "--yes")).toEqual([3, "MQ-E-NOROUTE"]);
  expect(await failure(...copy, "x", "--to-nameserver", "127.0.0.1:1", "--yes")).toEqual([
    5,
    "MQ-E-UNREACHABLE",
  ]);
  const state = join(folder, "other.jsonl");
  await cluster.makeTopic("once", 1);
  await rows("topic copy", ["source", "once", "--state", state, "--yes"]);
  const again = [...copy, "once", "--state", state, "--tag", "A", "--yes"];
  expect(await failure(...again)).toEqual([2, "MQ-E-USAGE"]);
});

test("a topic that takes nothing ends the copy; it goes on when it does", async () => {
  await cluster.makeTopic("shut", 1);
  await rows("topic update", ["shut", "--perm", "r", "--yes"]);
  const [code] = await failure("topic", "copy", "source", "shut", "--yes");
  expect(code).not.toBe(0);
  await rows("topic update", ["shut", "--perm", "rw", "--yes"]);
  const [did] = await rows("topic copy", ["source", "shut", "--yes"]);
  expect(did).toMatchObject({ sent: 6, repeated: 0 });
});

test("an exported file holds everything, and comes back as it was", async () => {
  const file = join(folder, "source.jsonl");
  const [exported] = await rows("message export", ["source", "--to", file]);
  expect(exported).toMatchObject({ messages: 6, before: 0, bytes: readFileSync(file).length });
  expect(await failure("message", "export", "source", "--to", file)).toEqual([6, "MQ-E-EXISTS"]);
  // As a kill leaves it: half of the last line, and no more.
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, -40));
  const [resumed] = await rows("message export", ["source", "--to", file, "--resume"]);
  expect(resumed).toMatchObject({ messages: 1, before: 5 });
  expect(readFileSync(file, "utf8")).toBe(text);

  await cluster.makeTopic("imported", 2);
  expect(await failure("message", "import", "imported", "-f", file)).toEqual([6, "MQ-E-CONFIRM"]);
  const [did] = await rows("message import", ["imported", "-f", file, "--yes"]);
  expect(did).toMatchObject({ from: file, sent: 6, repeated: 0, complete: true });
  expect(await kept("imported")).toEqual(await kept("source"));
  const [again] = await rows("message import", ["imported", "-f", file, "--yes"]);
  expect(again).toMatchObject({ sent: 0, before: 6 });
});

test("a file with a line that is no message is refused as a whole", async () => {
  const file = join(folder, "bad.jsonl");
  writeFileSync(file, '{"body":"good"}\nnonsense\n');
  await cluster.makeTopic("empty", 1);
  const refused = await cluster.run("message", "import", "empty", "-f", file, "--yes");
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining("line 2")]);
  expect(await kept("empty")).toEqual([]);
  expect(await failure("message", "import", "empty", "-f", `${file}.no`)).toEqual([
    3,
    "MQ-E-NOTFOUND",
  ]);
});

for (const kind of ["copy", "import"]) {
  test(`a ${kind} that is killed is gone on with: nothing is lost, what may be doubled is counted`, async () => {
    const count = 120;
    const [from, to] = [`many-${kind}`, `more-${kind}`];
    await cluster.makeTopic(from, 2);
    await cluster.makeTopic(to, 2);
    const input = Array.from({ length: count }, (_, index) => `m${index}`).join("\n");
    await rows("topic produce", [from, "--lines"], input);
    const [state, file] = [join(folder, `${kind}.state`), join(folder, `${kind}.jsonl`)];
    await rows("message export", [from, "--to", file]);
    const words = {
      copy: ["topic", "copy", from, to],
      import: ["message", "import", to, "-f", file],
    }[kind] as readonly string[];
    const whole = [...words, "--state", state, "--yes", "-o", "json"];
    const { environment } = cluster;
    const child = Bun.spawn([...mqWords, ...whole, "--rate", "100"], {
      stdout: "ignore",
      stderr: "ignore",
      env: { ...process.env, ...environment, XDG_CONFIG_HOME: "/dev/null" },
    });
    const lines = () => (existsSync(state) ? readFileSync(state, "utf8").split("\n").length : 0);
    while (lines() < 20) {
      await Bun.sleep(1);
    }
    child.kill("SIGKILL");
    await child.exited;
    // What a kill in the middle of a write leaves.
    appendFileSync(state, '{"done":["broker-a/0",');
    const finished = await runMq(whole, { environment });
    expect([finished.exitCode, finished.stderr]).toEqual([0, expect.any(String)]);
    const { sent, before, repeated } = JSON.parse(finished.stdout);
    expect([before > 0, sent + before]).toEqual([true, count]);
    const bodies = (await kept(to)).map(({ body }) => body);
    expect(new Set(bodies).size).toBe(count);
    expect(bodies.length).toBeLessThanOrEqual(count + repeated);
    expect(repeated).toBeLessThanOrEqual(64);
  });
}
