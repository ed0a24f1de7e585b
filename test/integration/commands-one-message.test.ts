/** Commands about single messages: what their ids say, the ends of queues, one handed to a member once more. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { encodeCommand } from "../../src/protocol/remoting/command.ts";
import { consumeMessageDirectly } from "../../src/protocol/remoting/requests/introspection.ts";
import { decodeRecord } from "../../src/record/decode.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { joinGroup } from "../support/group-member.ts";
import { runMq } from "../support/mq-command.ts";
import type { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(60_000);

const flagResponse = 1;
let cluster: CommandCluster;
let rows: CommandCluster["rows"];
let failure: CommandCluster["failure"];
let brokerAddress: string;

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows, failure } = cluster);
  await cluster.makeTopic("orders", 3);
  await rows("topic produce", ["orders", "--lines", "--queue", "0"], "a\nb\nc");
  await rows("topic produce", ["orders", "--lines", "--queue", "1", "--tag", "T"], "d");
  const [broker] = await cluster.client.admin.cluster.brokers();
  brokerAddress = broker?.address ?? "";
});

afterAll(() => cluster.stop());

test("an offset id says where the message lies, a unique key when it was sent", async () => {
  const [message = {}] = await rows("topic tail", ["orders", "--queue", "1"]);
  const [place] = await rows("message decode-id", [String(message["messageId"])]);
  const [host = "", port] = brokerAddress.split(":");
  expect(place).toEqual({
    id: message["messageId"],
    form: "offset",
    host,
    port: Number(port),
    commitOffset: message["commitOffset"],
    processId: null,
    instance: null,
    time: null,
    counter: null,
  });
  const [sent] = await rows("message decode-id", [String(message["uniqueKey"])]);
  expect(sent).toMatchObject({ form: "unique", port: null, commitOffset: null });
  const sentMs = Date.parse(String(sent?.["time"]));
  expect(Math.abs(sentMs - Date.parse(String(message["bornTime"])))).toBeLessThan(1_000);
  expect(await failure("message", "decode-id", "xyz")).toEqual([2, "MQ-E-USAGE"]);
});

test("one look shows the newest or oldest messages of each queue", async () => {
  const bodies = async (...words: readonly string[]) =>
    (await rows("topic peek", ["orders", ...words])).map(({ body }) => body);
  expect(await bodies()).toEqual(["c", "d"]);
  expect(await bodies("--oldest")).toEqual(["a", "d"]);
  expect(await bodies("--count", "2")).toEqual(["b", "c", "d"]);
  expect(await bodies("--oldest", "--count", "9", "--queue", "0")).toEqual(["a", "b", "c"]);
  expect(await bodies("--queue", "2")).toEqual([]);
  const formatted = await cluster.run("topic", "peek", "orders", "-F", "%q %v\\n");
  expect([formatted.stdout, formatted.stderr]).toEqual([
    "0 c\n1 d\n",
    "2 messages of 3 queues, 1 of them empty\n",
  ]);
  expect(await failure("topic", "peek", "orders", "--queue", "7")).toEqual([3, "MQ-E-NOTFOUND"]);
  expect(await failure("topic", "peek", "nosuch")).toEqual([3, "MQ-E-NOROUTE"]);
});

/** Answers the next message that the broker hands on; resolves with its body. */
async function consumeOne(member: WireClient, outcome: string): Promise<string> {
  const isIt = ({ code }: { readonly code: number }) => code === consumeMessageDirectly.code;
  const asked = await member.until(() => member.requests.find(isIt), "a message");
  member.requests.splice(member.requests.indexOf(asked), 1);
  const answer = { order: false, autoCommit: true, consumeResult: outcome, spentTimeMills: 3 };
  member.raw(
    encodeCommand({
      code: 0,
      opaque: asked.opaque,
      flag: flagResponse,
      fields: [],
      serializeType: 0,
      body: Buffer.from(JSON.stringify(answer)),
    }),
  );
  const record = Buffer.from(asked.source.subarray(asked.bodyStart, asked.bodyEnd));
  return decodeRecord(record, 0).body.toString();
}

test("a member is handed the message, and what it did with it is told", async () => {
  const send = ["message", "send-to-client", "orders/0/1", "--group", "billing"];
  expect(await failure(...send, "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
  const member = await joinGroup(brokerAddress, {
    group: "billing",
    clientId: "one@1",
    topic: "orders",
  });
  expect(await failure(...send)).toEqual([6, "MQ-E-CONFIRM"]);
  expect(await failure(...send, "--client", "two@2", "--yes")).toEqual([3, "MQ-E-NOTFOUND"]);
  const words = send.slice(2);
  const [planned] = await rows("message send-to-client", [...words, "--dry-run"]);
  expect(planned).toMatchObject({ clientId: "one@1", outcome: "planned", elapsedMs: null });

  const [[did], body] = await Promise.all([
    rows("message send-to-client", [...words, "--yes"]),
    consumeOne(member, "CR_SUCCESS"),
  ]);
  expect([did, body]).toEqual([
    { ...planned, outcome: "CR_SUCCESS", remark: null, elapsedMs: 3, ordered: false },
    "b",
  ]);
  const [refused] = await Promise.all([
    runMq([...send, "--yes", "-o", "json"], { environment: cluster.environment }),
    consumeOne(member, "CR_LATER"),
  ]);
  expect([refused.exitCode, JSON.parse(refused.stdout).outcome]).toEqual([1, "CR_LATER"]);

  const second = await joinGroup(brokerAddress, {
    group: "billing",
    clientId: "two@2",
    topic: "orders",
  });
  expect(await failure(...send, "--yes")).toEqual([2, "MQ-E-USAGE"]);
  second.close();
  member.close();
});
