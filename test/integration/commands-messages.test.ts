/** Commands that find messages again. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";

setDefaultTimeout(60_000);

let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
let tailed: readonly Record<string, unknown>[];

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows, failure } = cluster);
  await cluster.makeTopic("invoices", 2);
  await rows("topic produce", ["invoices", "--lines", "--key", "first", "--key", "both"], "a\nb");
  await rows("topic produce", ["invoices", "--lines", "--key", "both", "--tag", "T"], "c\nd\ne");
  tailed = await rows("topic tail", ["invoices"]);
});

afterAll(() => cluster.stop());

test("one message is found by each of its names, the same each time", async () => {
  const message = tailed[2] ?? {};
  const { messageId, uniqueKey, queue, offset } = message;
  expect(message).toMatchObject({ tag: "T", body: "c" });
  expect(await rows("message get", [String(messageId)])).toEqual([message]);
  expect(await rows("message get", [String(uniqueKey), "--topic", "invoices"])).toEqual([message]);
  expect(await rows("message get", [`invoices/${queue}/${offset}`])).toEqual([message]);
  const place = [`invoices/${queue}/${offset}`, "-b", "broker-a"];
  expect(await rows("message get", place)).toEqual([message]);
  const formatted = await cluster.run(
    "message",
    "get",
    `invoices/${queue}/${offset}`,
    "-F",
    "%g %v",
  );
  expect(formatted.stdout).toBe("T c");
});

test("a message that is not there, and a name that is none, are told apart", async () => {
  const get = ["message", "get"];
  const id = String(tailed[0]?.["messageId"]);
  expect(await failure(...get, "invoices/0/99")).toEqual([3, "MQ-E-NOTFOUND"]);
  expect(await failure(...get, "invoices/7/0")).toEqual([3, "MQ-E-NOTFOUND"]);
  expect(await failure(...get, "nosuch/0/0")).toEqual([3, "MQ-E-NOROUTE"]);
  expect(await failure(...get, `${id.slice(0, 16)}000000007FFFFFFF`)).toEqual([3, "MQ-E-NOTFOUND"]);
  expect(await failure(...get, id, "--topic", "invoices")).toEqual([3, "MQ-E-NOTFOUND"]);
  expect(await failure(...get, "x1")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure(...get, id, "--broker", "broker-a")).toEqual([2, "MQ-E-USAGE"]);
});

test("a unique key without its topic is answered with what is missing", async () => {
  const { exitCode, stderr } = await cluster.run(
    "message",
    "get",
    String(tailed[0]?.["uniqueKey"]),
    "--timeout",
    "500ms",
  );
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("--topic TOPIC")]);
});

test("messages are found by key, newest first", async () => {
  const found = async (...words: readonly string[]) =>
    await rows("message find", ["--topic", "invoices", ...words]);
  const bodies = async (...words: readonly string[]) =>
    (await found(...words)).map(({ body }) => body).sort();
  expect(await bodies("--key", "first")).toEqual(["a", "b"]);
  expect(await bodies("--key", "both")).toEqual(["a", "b", "c", "d", "e"]);
  expect(await bodies("--key", "T")).toEqual([]);
  expect(await bodies("--key", "both", "--to", "-1h")).toEqual([]);
  const times = (await found("--key", "both")).map(({ storeTime }) => String(storeTime));
  expect(times).toEqual([...times].sort().reverse());
  const uniqueKey = String(tailed[4]?.["uniqueKey"]);
  expect(await found("--unique-key", uniqueKey)).toEqual([tailed[4] ?? {}]);
});

test("messages are found by time, earliest first, and a cut list can be gone on with", async () => {
  const find = ["message", "find", "--topic", "invoices"];
  expect(await rows("message find", ["--topic", "invoices", "--from", "-1h"])).toEqual(tailed);
  expect(await rows("message find", ["--topic", "invoices", "--to", "-1h"])).toEqual([]);
  const cut = await cluster.run(...find, "--from", "-1h", "--limit", "2", "-o", "json");
  const document = JSON.parse(cut.stdout);
  expect(document).toMatchObject({
    kind: "MessageList",
    items: tailed.slice(0, 2),
    truncated: true,
    nextCursor: tailed[2]?.["storeTime"],
  });
  const rest = await rows("message find", [
    "--topic",
    "invoices",
    "--from",
    String(document.nextCursor),
  ]);
  expect(rest).toContainEqual(tailed[2] ?? {});
  expect(rest.at(-1)).toEqual(tailed.at(-1) ?? {});
});

test("what is looked for must be said, once", async () => {
  const find = ["message", "find", "--topic", "invoices"];
  expect(await failure(...find)).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure(...find, "--key", "a", "--unique-key", "b")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure(...find, "--from", "yesterday")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure("message", "find", "--key", "a")).toEqual([2, "MQ-E-USAGE"]);
  expect(await failure("message", "find", "--topic", "nosuch", "--key", "a")).toEqual([
    3,
    "MQ-E-NOROUTE",
  ]);
});
