/** Commands about topics and groups, run as a script runs them: pipes, exit codes, JSON lines. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { runMq } from "../support/mq-command.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let client: CommandCluster["client"];
let environment: CommandCluster["environment"];
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
let makeTopic: CommandCluster["makeTopic"];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ client, environment, rows, failure, makeTopic } = cluster);
});

afterAll(() => cluster.stop());

describe("topics", () => {
  test("one is made, listed, described, and not made twice", async () => {
    await makeTopic("orders", 3);
    expect(await rows("topic list", [])).toContainEqual({
      name: "orders",
      queues: 3,
      perm: "rw",
      brokers: ["broker-a"],
    });
    expect(await rows("topic describe", ["orders"])).toEqual(
      [0, 1, 2].map((queue) => ({
        topic: "orders",
        broker: "broker-a",
        queue,
        minOffset: 0,
        maxOffset: 0,
        messages: 0,
        lastStored: null,
      })),
    );
    expect(await failure("topic", "create", "orders")).toEqual([6, "MQ-E-EXISTS"]);
    const [again] = await rows("topic create", ["orders", "--if-not-exists"]);
    expect(again).toMatchObject({ queues: 3, outcome: "exists" });
  });

  test("a dry run makes nothing", async () => {
    const [would] = await rows("topic create", ["not-made", "--dry-run"]);
    expect(would).toMatchObject({ outcome: "would create" });
    expect(await failure("topic", "describe", "not-made")).toEqual([3, "MQ-E-NOROUTE"]);
  });

  test("names that cannot be are refused by the broker", async () => {
    expect(await failure("topic", "create", "a b")).toEqual([1, "MQ-E-REFUSED"]);
  });

  test("nobody answering is exit code 5", async () => {
    const code = await failure("topic", "list", "-n", "127.0.0.1:1");
    expect(code).toEqual([5, "MQ-E-UNREACHABLE"]);
  });
});

describe("messages", () => {
  test("lines become messages that tail prints as they were sent", async () => {
    await makeTopic("lines", 2);
    const sent = await rows(
      "topic produce",
      ["lines", "--lines", "--tag", "PAID", "--key", "k1", "--key", "k2", "--prop", "region=eu"],
      'first\n{"id":2}\n',
    );
    expect(sent.map(({ queue, offset }) => [queue, offset])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    const read = await rows("topic tail", ["lines"]);
    const common = {
      topic: "lines",
      broker: "broker-a",
      offset: 0,
      tag: "PAID",
      keys: ["k1", "k2"],
      properties: { region: "eu" },
      truncated: false,
    };
    expect(read).toEqual([
      expect.objectContaining({ ...common, queue: 0, encoding: "utf8", body: "first" }),
      expect.objectContaining({ ...common, queue: 1, encoding: "json", body: { id: 2 } }),
    ]);
    expect(read.map(({ messageId }) => messageId)).toEqual(sent.map(({ messageId }) => messageId));
    expect(read.map(({ uniqueKey }) => uniqueKey)).toEqual(sent.map(({ uniqueKey }) => uniqueKey));
  });

  test("a body that nobody here can decompress is not sent as if it were the message", async () => {
    await makeTopic("packed", 1);
    const line = JSON.stringify({ body: "AAEC", encoding: "base64", compressed: true });
    const refused = await runMq(["topic", "produce", "packed", "--jsonl"], {
      environment,
      input: `${line}\n`,
    });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining("compressed")]);
    expect(await rows("topic tail", ["packed"])).toEqual([]);
  });

  test("what tail prints can be sent again, whatever the bytes are", async () => {
    await makeTopic("binary", 1);
    await makeTopic("copy", 1);
    const bodies = [
      Buffer.from([0, 255, 1, 2, 254]),
      Buffer.from('{"a": 1}'),
      Buffer.from('{"n":12345678901234567890}'),
      Buffer.from('{"ü":["\\n",null,1.5]}'),
      Buffer.from("plain ∞ text\n"),
      Buffer.from("[]"),
      Buffer.from(" "),
    ];
    for (const body of bodies) {
      const properties = new Map([["color", "red"]]);
      await client.producer.send({ topic: "binary", body, tag: "T", keys: ["a"], properties });
    }
    const printed = await runMq(["topic", "tail", "binary", "-o", "jsonl"], { environment });
    expect(printed.exitCode).toBe(0);
    await rows("topic produce", ["copy", "--jsonl"], printed.stdout);
    const queue = { topic: "copy", brokerName: "broker-a", queueId: 0 };
    const found = await client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 });
    const messages = found.kind === "found" ? found.messages : [];
    expect(messages.map(({ body }) => body.toString("hex"))).toEqual(
      bodies.map((body) => body.toString("hex")),
    );
    for (const { tag, keys, properties } of messages) {
      expect([tag, keys, properties.get("color")]).toEqual(["T", ["a"], "red"]);
    }
  });

  test("tail reads from where it is told, filters, and stops", async () => {
    await makeTopic("numbers", 2);
    const input = Array.from({ length: 20 }, (_, index) => `n${index}`).join("\n");
    await rows("topic produce", ["numbers", "--lines"], input);
    await rows("topic produce", ["numbers", "-v", "tagged", "--tag", "T", "--queue", "1"]);
    const bodies = async (...words: readonly string[]): Promise<unknown[]> =>
      (await rows("topic tail", ["numbers", ...words])).map(({ body }) => body);
    expect(await bodies()).toHaveLength(21);
    expect(await bodies("--last", "3")).toEqual(["n18", "n19", "tagged"]);
    expect(await bodies("--queue", "1", "--offset", "8")).toEqual(["n17", "n19", "tagged"]);
    expect(await bodies("--queue", "0", "--offset", "-2")).toEqual(["n16", "n18"]);
    expect(await bodies("--queue", "0", "--offset", "+9")).toEqual(["n18"]);
    expect(await bodies("--offset", "end")).toEqual([]);
    expect(await bodies("--tag", "T||U")).toEqual(["tagged"]);
    expect(await bodies("--grep", "^n1[0-2]$")).toEqual(["n10", "n11", "n12"]);
    expect(await bodies("--count", "2")).toHaveLength(2);
    expect(await bodies("--since", "5m", "--count", "1")).toHaveLength(1);
    expect(await bodies("--since", "now")).toEqual([]);
    expect(await bodies("--max-bytes", "3", "--tag", "T")).toEqual(["tag"]);
    const formatted = await runMq(
      ["topic", "tail", "numbers", "--last", "1", "-F", "%t q%q@%o %g %v %V\\n"],
      { environment },
    );
    expect(formatted.stdout).toBe("numbers q1@10 T tagged 6\n");
  });

  test("messages of several queues come in the order in which they were stored", async () => {
    const read = await rows("topic tail", ["numbers"]);
    const times = read.map(({ storeTime }) => String(storeTime));
    expect(times).toEqual([...times].sort());
  });

  test("tail waits for messages that are expected, and gives up in time", async () => {
    await makeTopic("expected", 1);
    const waiting = runMq(
      ["topic", "tail", "expected", "--offset", "start", "--expect", "2", "--within", "30s"],
      { environment },
    );
    await rows("topic produce", ["expected", "--lines"], "one\ntwo\n");
    const came = await waiting;
    expect([came.exitCode, came.stdout.trim().split("\n").length]).toEqual([0, 2]);
    const late = await runMq(["topic", "tail", "expected", "--expect", "1", "--within", "200ms"], {
      environment,
    });
    expect([late.exitCode, late.stdout]).toEqual([124, ""]);
  });

  test("values that cannot be are usage errors", async () => {
    for (const words of [
      ["--offset", "soon"],
      ["--since", "yesterday"],
      ["--queue", "x"],
      ["--grep", "("],
      ["--no-such-flag"],
    ]) {
      expect([words, await failure("topic", "tail", "numbers", ...words)]).toEqual([
        words,
        [2, "MQ-E-USAGE"],
      ]);
    }
    expect(await failure("topic", "tail", "numbers", "--queue", "9")).toEqual([3, "MQ-E-NOTFOUND"]);
    expect(await failure("topic", "tail")).toEqual([2, "MQ-E-USAGE"]);
  });

  test("a size, a count and a rate make a load of their own", async () => {
    await makeTopic("sized", 1);
    const sent = await rows("topic produce", ["sized", "--size", "2K", "--count", "3"]);
    expect(sent.map(({ offset }) => offset)).toEqual([0, 1, 2]);
    const startedMs = performance.now();
    await rows("topic produce", ["sized", "-v", "x", "--count", "5", "--rate", "20"]);
    expect(performance.now() - startedMs).toBeGreaterThan(200);
    const [first] = await rows("topic tail", ["sized", "--count", "1"]);
    expect(String(first?.["body"])).toHaveLength(2_048);
  });
});

describe("groups", () => {
  const queues = [0, 1].map((queueId) => ({ topic: "ledger", brokerName: "broker-a", queueId }));

  beforeAll(async () => {
    await makeTopic("ledger", 2);
    const input = Array.from({ length: 20 }, (_, index) => `l${index}`).join("\n");
    await rows("topic produce", ["ledger", "--lines"], input);
    for (const queue of queues) {
      await client.pull.pull({ group: "billing", queue, offset: 0 });
      await client.pull.commitOffset("billing", queue, 4);
    }
  });

  test("lag is what the group has not committed, queue by queue", async () => {
    expect(await rows("group lag", ["billing"])).toEqual(
      [0, 1].map((queue) =>
        expect.objectContaining({
          topic: "ledger",
          broker: "broker-a",
          queue,
          brokerOffset: 10,
          consumerOffset: 4,
          lag: 6,
        }),
      ),
    );
    expect(await rows("group list", [])).toContainEqual(
      expect.objectContaining({ name: "billing", members: 0, lag: 12 }),
    );
    expect(await failure("group", "lag", "nosuch")).toEqual([3, "MQ-E-NOTFOUND"]);
  });

  async function offsets(): Promise<readonly (number | undefined)[]> {
    return await Promise.all(queues.map((queue) => client.pull.committedOffset("billing", queue)));
  }

  test("a dry run computes where every queue would go, and moves nothing", async () => {
    const targets = async (...words: readonly string[]): Promise<unknown[]> =>
      (await rows("group reset-offset", ["billing", ...words, "--dry-run"])).map(
        ({ target }) => target,
      );
    expect(await targets("--to", "start")).toEqual([0, 0]);
    expect(await targets("--to", "end")).toEqual([10, 10]);
    expect(await targets("--to", "7")).toEqual([7, 7]);
    expect(await targets("--to", "+3")).toEqual([7, 7]);
    expect(await targets("--to", "-3")).toEqual([1, 1]);
    expect(await targets("--to", "-30")).toEqual([0, 0]);
    expect(await targets("--to", "999")).toEqual([10, 10]);
    expect(await targets("--to", "-1h")).toEqual([0, 0]);
    expect(await targets("--to", "now")).toEqual([10, 10]);
    expect(await targets("--to", "end", "--topic", "ledger", "--queue", "1")).toEqual([10]);
    expect(await offsets()).toEqual([4, 4]);
  });

  test("off a terminal nothing moves without --yes", async () => {
    const { exitCode, stderr } = await runMq(
      ["group", "reset-offset", "billing", "--to", "end", "-o", "jsonl"],
      { environment, input: "y\n" },
    );
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining("--yes")]);
    expect(await offsets()).toEqual([4, 4]);
  });

  test("a reset moves, keeps the old offsets in a file, and the file moves back", async () => {
    const moved = await rows("group reset-offset", ["billing", "--to", "start", "--yes"]);
    expect(moved.map(({ current, target, outcome }) => [current, target, outcome])).toEqual([
      [4, 0, "moved"],
      [4, 0, "moved"],
    ]);
    expect(await offsets()).toEqual([0, 0]);
    const folder = join(environment["XDG_STATE_HOME"] ?? "", "mq", "offsets");
    const saved = join(folder, readdirSync(folder).sort()[0] ?? "");
    expect(readFileSync(saved, "utf8")).toBe("ledger\tbroker-a:0\t4\nledger\tbroker-a:1\t4\n");
    await rows("group reset-offset", ["billing", "--to-file", saved, "--yes"]);
    expect(await offsets()).toEqual([4, 4]);
  });

  test("the last reset is undone, and that can be undone as well", async () => {
    await rows("group reset-offset", ["billing", "--to", "7", "--yes"]);
    expect(await offsets()).toEqual([7, 7]);
    const planned = await rows("group undo-reset", ["billing", "--dry-run"]);
    expect(planned.map(({ target, outcome }) => [target, outcome])).toEqual([
      [4, "planned"],
      [4, "planned"],
    ]);
    await rows("group undo-reset", ["billing", "--yes"]);
    expect(await offsets()).toEqual([4, 4]);
    await rows("group undo-reset", ["billing", "--yes"]);
    expect(await offsets()).toEqual([7, 7]);
    await rows("group undo-reset", ["billing", "--yes"]);
    expect(await failure("group", "undo-reset", "nosuch")).toEqual([3, "MQ-E-NOTFOUND"]);
  });

  test("what had no offset cannot go back, and that is said", async () => {
    await rows("group create", ["fresh"]);
    const words = ["--topic", "ledger", "--yes"];
    await rows("group reset-offset", ["fresh", ...words, "--queue", "0", "--to", "2"]);
    expect(await failure("group", "undo-reset", "fresh", "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
    await rows("group reset-offset", ["fresh", ...words, "--to", "end"]);
    const undone = await cluster.run("group", "undo-reset", "fresh", "--yes");
    expect([undone.exitCode, undone.stderr]).toEqual([
      0,
      expect.stringContaining("1 queues had no offset then, and stay as they are"),
    ]);
    await rows("group delete", ["fresh", "--yes"]);
  });

  test("a group is put where another one stands", async () => {
    await rows("group create", ["audit"]);
    await rows("group reset-offset", ["audit", "--topic", "ledger", "--to", "2", "--yes"]);
    const planned = await rows("group reset-offset", [
      ...["billing", "--to-group", "audit", "--topic", "ledger", "--dry-run"],
    ]);
    expect(planned.map(({ target }) => target)).toEqual([2, 2]);
    expect(
      await failure("group", "reset-offset", "billing", "--to-group", "audit", "--to", "end"),
    ).toEqual([2, "MQ-E-USAGE"]);
  });

  test("what cannot be planned is refused before anything moves", async () => {
    const reset = ["group", "reset-offset"];
    expect(await failure(...reset, "billing")).toEqual([2, "MQ-E-USAGE"]);
    expect(await failure(...reset, "billing", "--to", "soon")).toEqual([2, "MQ-E-USAGE"]);
    expect(await failure(...reset, "nosuch", "--to", "end")).toEqual([3, "MQ-E-NOTFOUND"]);
    expect(await failure(...reset, "billing", "--to", "end", "--queue", "8")).toEqual([
      3,
      "MQ-E-NOTFOUND",
    ]);
    expect(await offsets()).toEqual([4, 4]);
  });
});
