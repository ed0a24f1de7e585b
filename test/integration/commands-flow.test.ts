/** Tail and produce: what is chosen and how it is shown, and that what was printed can be sent again, exactly. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { mqWords, runMq } from "../support/mq-command.ts";
import { MqServer } from "../support/mq-server.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let environment: CommandCluster["environment"];
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
let run: CommandCluster["run"];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ environment, rows, failure, run } = cluster);
});

afterAll(() => cluster.stop());

/** Messages 0 to count − 1, in one queue. */
async function numbers(topic: string, count: number): Promise<void> {
  await cluster.makeTopic(topic, 1);
  const lines = Array.from({ length: count }, (_, n) => `{"n":${n},"odd":${n % 2 === 1}}`);
  const words = [topic, "--lines", "--prop", "region=eu", "--key", "k", "--async"];
  expect((await rows("topic produce", words, lines.join("\n"))).length).toBe(count);
}

describe("what tail chooses", () => {
  const chosen = async (...words: readonly string[]) =>
    (await rows("topic tail", ["chosen", ...words])).map(
      ({ offset }: Readonly<Record<string, unknown>>) => offset,
    );

  beforeAll(() => numbers("chosen", 600));

  test("a range of offsets, by numbers from either end", async () => {
    expect(await chosen("--offset", "10:13")).toEqual([10, 11, 12]);
    expect(await chosen("--offset", ":2")).toEqual([0, 1]);
    expect(await chosen("--offset", "-2")).toEqual([598, 599]);
    expect(await chosen("--offset", "+597:-1")).toEqual([597, 598]);
    expect(await chosen("--offset", "598:end")).toEqual([598, 599]);
    expect(await chosen("--offset", "end")).toEqual([]);
  });

  test("a range of times", async () => {
    const all = await rows("topic tail", ["chosen"]);
    const later = all.find(({ storeTime }) => storeTime !== all[0]?.["storeTime"]);
    const from = `@${String(later?.["storeTime"])}`;
    expect((await chosen("--offset", from))[0]).toBe(later?.["offset"] ?? 0);
    expect(await chosen("--offset", `@-1h:${from}`)).toEqual(
      all.slice(0, Number(later?.["offset"] ?? 0)).map(({ offset }) => offset),
    );
    expect(await chosen("--offset", "@-2h:@-1h")).toEqual([]);
  });

  test("an expression over body and properties", async () => {
    const where = "body.n >= 596 and region = 'eu' and not body.odd";
    expect(await chosen("--where", where)).toEqual([596, 598]);
    expect(await failure("topic", "tail", "chosen", "--where", "body.n >")).toEqual([
      2,
      "MQ-E-USAGE",
    ]);
  });

  test("the newest of those that are meant, however far back they lie", async () => {
    expect(await chosen("--last", "2", "--where", "body.n < 3")).toEqual([1, 2]);
    expect(await chosen("--last", "3", "--grep", '"odd":true')).toEqual([595, 597, 599]);
    expect(await chosen("--last", "9999", "--key", "nobody")).toEqual([]);
    expect(await chosen("--last", "2")).toEqual([598, 599]);
  });

  test("where a group stands, which moves only when it is told", async () => {
    await rows("group create", ["readers"]);
    const at = ["--group", "readers", "--count", "2"];
    expect(await chosen(...at)).toEqual([0, 1]);
    expect(await chosen(...at, "--commit")).toEqual([0, 1]);
    expect(await chosen(...at)).toEqual([2, 3]);
    expect(await chosen(...at, "--commit", "--where", "body.n = 7 or body.n = 9")).toEqual([7, 9]);
    expect(await chosen("--group", "readers", "--count", "1")).toEqual([10]);
  });

  test("until nothing came for a while", async () => {
    expect(await chosen("--offset", "599", "--idle", "50ms")).toEqual([599]);
  });

  test("keys come from the bodies, beside those that are given", async () => {
    const input = '{"id":77,"order":{"name":"a"}}\n{"id":"78","order":{"name":"b"}}\n';
    await rows("topic produce", ["keyed", "--lines", "--key-from", "$.id"], input);
    const more = ["--lines", "--key", "k", "--key-from", "order.name"];
    await rows("topic produce", ["keyed", ...more], input);
    const sent = await rows("topic tail", ["keyed", "--exit-at-end", "--offset", "start"]);
    const keys = sent.map((row) => (row["keys"] as string[]).join(" "));
    expect(keys.toSorted()).toEqual(["77", "78", "k a", "k b"]);
  });

  test("what would be passed over, or says two things, is refused", async () => {
    for (const words of [
      ["--within", "1s"],
      ["--since", "1h", "--last", "2"],
      ["--offset", "5", "--last", "2"],
      ["--offset", "1:2", "--until", "now"],
      ["--offset", "1:2", "--follow"],
      ["--commit"],
      ["--tag", "A", "--sql", "a = 1"],
      ["--offset", "5:x"],
      ["--decode", "xml"],
      ["--decode", "proto=/nowhere:a.B"],
    ]) {
      expect([words, await failure("topic", "tail", "chosen", ...words)]).toEqual([
        words,
        [2, "MQ-E-USAGE"],
      ]);
    }
  });

  test("a broker without SQL92 says so", async () => {
    const refused = await run("topic", "tail", "chosen", "--sql", "n > 5");
    expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("SQL92");
  });
});

test("a follower outlives its broker's restart, and says so once", async () => {
  const folder = tempFolder();
  const settings = { XDG_STATE_HOME: folder, XDG_CONFIG_HOME: "/dev/null" };
  const nameserver = await MqServer.start(
    ["nameserver", "start", "--listen", "127.0.0.1:0"],
    settings,
  );
  const names = nameserver.address("nameserver");
  const start = (port: string) =>
    MqServer.start(
      ["broker", "start", "--store", `${folder}/s`, "-n", names, "--listen", `127.0.0.1:${port}`],
      settings,
    );
  const first = await start("0");
  const address = first.address("broker");
  const environment = { ...settings, MQ_NAMESERVER: names };
  const produce = (value: string) =>
    runMq(["topic", "produce", "news", "--value", value], { environment });
  await runMq(["topic", "create", "news", "--queues", "1"], { environment });
  await produce("before");
  const words = ["topic", "tail", "news", "--offset", "start", "--expect", "2", "-F", "%v\\n"];
  const tail = Bun.spawn([...mqWords, ...words], {
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "", ...environment },
  });
  const output = tail.stdout.getReader();
  const decoder = new TextDecoder();
  expect(decoder.decode((await output.read()).value)).toBe("before\n");
  await first.end("SIGKILL");
  const second = await start(address.split(":")[1] ?? "");
  expect((await produce("after")).exitCode).toBe(0);
  expect(decoder.decode((await output.read()).value)).toBe("after\n");
  expect(await tail.exited).toBe(0);
  const said = await new Response(tail.stderr).text();
  expect(said.match(/trying again/g)?.length).toBe(1);
  expect(said).toContain("answers again");
  await second.end();
  await nameserver.end();
});

describe("how tail shows it", () => {
  const shown = async (topic: string, ...words: readonly string[]) =>
    (await run("topic", "tail", topic, ...words)).stdout;

  test("in a form of one's own, with a counter and all properties", async () => {
    await numbers("shown", 2);
    expect(await shown("shown", "-F", "%n %o %v{json} %h{%k:%v} %k{hex}\\n")).toBe(
      '1 0 "{\\"n\\":0,\\"odd\\":false}" region:eu 6b\n2 1 "{\\"n\\":1,\\"odd\\":true}" region:eu 6b\n',
    );
  });

  test("bodies as bytes, unpacked, or by the descriptor of their type", async () => {
    const folder = tempFolder();
    const text = (name: string, number: number) => ({
      name,
      jsonName: name,
      number,
      type: FieldDescriptorProto_Type.STRING,
    });
    const file = {
      name: "shop.proto",
      package: "shop",
      syntax: "proto3",
      messageType: [{ name: "Order", field: [text("id", 1), text("note", 2)] }],
    };
    const set = toBinary(
      FileDescriptorSetSchema,
      create(FileDescriptorSetSchema, { file: [file] }),
    );
    writeFileSync(join(folder, "shop.desc"), set);
    writeFileSync(join(folder, "order"), Buffer.from("0a02783112026869", "hex"));
    writeFileSync(join(folder, "packed"), gzipSync('{"a":1}'));
    await cluster.makeTopic("coded", 1);
    for (const name of ["order", "packed"]) {
      await rows("topic produce", ["coded", "--file", join(folder, name)]);
    }
    const decoded = async (how: string) =>
      (await rows("topic tail", ["coded", "--decode", how])).map(
        ({ encoding, body, decoded }: Readonly<Record<string, unknown>>) => [
          encoding,
          body,
          decoded,
        ],
      );
    const proto = `proto=${join(folder, "shop.desc")}:shop.Order`;
    expect((await decoded(proto))[0]).toEqual(["json", { id: "x1", note: "hi" }, "proto"]);
    expect((await decoded("gzip"))[1]).toEqual(["json", { a: 1 }, "gzip"]);
    expect((await decoded("hex"))[0]).toEqual(["hex", "0a02783112026869", undefined]);
    expect((await decoded("utf8"))[1]?.[2]).toBe("utf8");
    const other = await run("topic", "tail", "coded", "--decode", proto.replace("Order", "Ordre"));
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining("shop.Order")]);
    const refused = await runMq(["topic", "produce", "coded", "--jsonl"], {
      environment,
      input: await shown("coded", "--decode", "gzip", "-o", "jsonl"),
    });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining("--decode")]);
  });
});

describe("what produce sends", () => {
  const read = async (topic: string) => {
    const queues = await cluster.client.pull.queues(topic);
    const found = await Promise.all(
      queues.map((queue) =>
        cluster.client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 }),
      ),
    );
    return found.flatMap((each) => (each.kind === "found" ? each.messages : []));
  };
  const facts = async (topic: string) =>
    (await read(topic)).map(({ body, flag, sysFlag, properties }) => ({
      body: body.toString("hex"),
      sysFlag,
      flag,
      properties: Object.fromEntries(
        [...properties].filter(([name]) => name !== "__CRC32#").sort(),
      ),
    }));

  test("what tail printed comes back as it was: flag, properties, ids, packed and binary bodies", async () => {
    await cluster.makeTopic("from", 1);
    await cluster.makeTopic("to", 1);
    const { producer } = cluster.client;
    const oddly = new Map([
      ["KEYS", " two  spaces "],
      ["WAIT", "false"],
      ["ü", "∞ = \t"],
    ]);
    const body = Buffer.from([0xff, 0, 0xc3, 0x28]);
    await producer.send({ topic: "from", body, flag: -7, tag: "T", properties: oddly });
    await producer.send({ topic: "from", body: Buffer.alloc(0), keys: ["a", "b"] });
    for (const compression of ["zlib", "zstd", "lz4"] as const) {
      const words = Buffer.from(`${compression} `.repeat(500));
      await producer.send({ topic: "from", body: words, compression });
    }
    const printed = await run("topic", "tail", "from", "-o", "jsonl");
    await rows("topic produce", ["to", "--jsonl"], printed.stdout);
    expect(await facts("to")).toEqual(await facts("from"));
    const ids = (await read("from")).map(({ uniqueKey }) => uniqueKey);
    const half = '{"body":"x","properties":{"TRAN_MSG":"true","TIMER_DELAY_MS":"9","kept":"1"}}';
    await rows("topic produce", ["to", "--jsonl"], half);
    expect((await facts("to")).at(-1)?.properties).toMatchObject({ kept: "1" });
    const anew = await rows("topic produce", ["to", "--jsonl", "--new-ids"], printed.stdout);
    expect(anew.filter(({ uniqueKey }) => ids.includes(String(uniqueKey)))).toEqual([]);
  });

  test("lines are bytes: none is changed, and the last needs no end", async () => {
    await cluster.makeTopic("bytes", 1);
    const input = Buffer.from([0xff, 0xfe, 0x0a, 0x0a, 0x61, 0x0d, 0x0a, 0xe2, 0x88]);
    await runMq(["topic", "produce", "bytes", "--lines"], { environment, input });
    const bodies = (await read("bytes")).map(({ body }) => body.toString("hex"));
    expect(bodies).toEqual(["fffe", "", "61", "e288"]);
    const long = await runMq(["topic", "produce", "bytes", "--lines"], {
      environment,
      input: Buffer.alloc((4 << 20) + 1, "x"),
    });
    expect([long.exitCode, long.stderr]).toEqual([2, expect.stringContaining("4194304 bytes")]);
  });

  test("lines in the form that tail printed", async () => {
    await cluster.makeTopic("formed", 1);
    const words = ["formed", "--parse", "%k\\t%g|%p{who}: %v{base64}\\n", "--prop", "who=nobody"];
    await rows("topic produce", words, "k 1\tT|: aGk=\nk2\t|me: /w==\n");
    const found = (await read("formed")).map(({ keys, tag, properties, body }) => [
      keys,
      tag,
      properties.get("who"),
      body.toString("hex"),
    ]);
    expect(found).toEqual([
      [["k", "1"], "T", "nobody", "6869"],
      [["k2"], undefined, "me", "ff"],
    ]);
    const bad = await runMq(["topic", "produce", "formed", "--parse", "%k\t%v"], {
      environment,
      input: "no tab\n",
    });
    expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining("no tab")]);
  });

  test("templates are filled anew for each message", async () => {
    await cluster.makeTopic("filled", 1);
    const words = ["filled", "--template", "--count", "3", "--key", "k-{{n}}"];
    await rows("topic produce", [...words, "--value", "{{n}} {{uuid}} {{random 5}} {{now}}"]);
    const found = await read("filled");
    expect(found.map(({ keys }) => keys)).toEqual([["k-1"], ["k-2"], ["k-3"]]);
    for (const { body } of found) {
      expect(body.toString()).toMatch(
        /^\d [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} [0-4] \d{4}-.*Z$/,
      );
    }
    expect(new Set(found.map(({ body }) => body.toString())).size).toBe(3);
  });

  test("one sharding key goes to one queue; a delay is that of a level", async () => {
    await cluster.makeTopic("sharded", 8);
    const words = ["sharded", "--value", "x", "--count", "3", "--sharding-key", "order-1"];
    const sent = await rows("topic produce", words);
    expect(new Set(sent.map(({ queue }) => queue)).size).toBe(1);
    expect(
      (await read("sharded")).map(({ properties }) => properties.get("__SHARDINGKEY")),
    ).toEqual(["order-1", "order-1", "order-1"]);
    await rows("topic produce", ["sharded", "--value", "later", "--delay", "1s"]);
    const late = ["sharded", "--expect", "1", "--grep", "later", "--offset", "start"];
    const [message] = await rows("topic tail", late);
    const born = Date.parse(String(message?.["bornTime"]));
    expect(Date.parse(String(message?.["storeTime"])) - born).toBeGreaterThanOrEqual(990);
    const odd = await run("topic", "produce", "sharded", "--value", "x", "--delay", "7s");
    expect([odd.exitCode, odd.stderr]).toEqual([2, expect.stringContaining("30s 1m")]);
  });

  test("each that fails has a row with the reason, and the exit code is 7", async () => {
    await cluster.makeTopic("failing", 1);
    const input = `k\tfirst\n${"k".repeat(40_000)}\tsecond\nk\tthird\n`;
    const partial = await runMq(
      ["topic", "produce", "failing", "--parse", "%k\\t%v", "-o", "jsonl"],
      { environment, input },
    );
    expect(partial.exitCode).toBe(7);
    const outcomes = partial.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(outcomes.map(({ status }) => status)).toEqual(["SEND_OK", "FAILED", "SEND_OK"]);
    expect(outcomes[1]).toMatchObject({ queue: null, reason: expect.stringContaining("32767") });
  });

  test("what would be passed over, or says two things, is refused", async () => {
    for (const words of [
      ["--value", "x", "--lines"],
      ["--jsonl", "--tag", "T"],
      ["--jsonl", "--template"],
      ["--lines", "--count", "2"],
      ["--value", "x", "--new-ids"],
      ["--value", "x", "--queue", "0", "--sharding-key", "k"],
      ["--value", "x", "--delay", "1s", "--delay-level", "1"],
      ["--value", "x", "--oneway", "--async"],
      ["--file", "/nowhere"],
      ["--value", "{}", "--key-from", "$.id"],
      ["--value", "no json", "--key-from", "$.id"],
      ["--value", "{}", "--key-from", "$[0]"],
      ["--jsonl", "--key-from", "$.id"],
      ["--parse", "%k"],
      ["--parse", "%o %v"],
      ["--value", "{{what}}", "--template"],
    ]) {
      expect([words, await failure("topic", "produce", "failing", ...words)]).toEqual([
        words,
        [2, "MQ-E-USAGE"],
      ]);
    }
  });
});
