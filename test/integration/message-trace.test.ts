/** `mq message trace`: the timeline of a message from what clients of RocketMQ write into the trace topic. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { tempFolder } from "../support/temp-folder.ts";

setDefaultTimeout(60_000);

const id = "7F0000010A3C18B4AAC2062C4E5A0000";
const other = "7F0000010A3C18B4AAC2062C4E5A0001";
const atMs = Date.UTC(2026, 10, 23, 9, 0, 0);
let cluster: CommandCluster;
let rows: CommandCluster["rows"];

/** Fields of a record as TraceDataEncoder of RocketMQ 5 writes them. */
const record = (...fields: readonly (string | number | boolean)[]) =>
  `${fields.join("\u0001")}\u0002`;
const pub = record(
  ...["Pub", atMs, "cn", "shop", "orders", id, "PAID", "k1", "10.0.0.5:10911", 12, 3, 0],
  ...["0A00000500002A9F0000000000000042", true],
);
const before = (group: string, request: string, ms: number, tries: number, of = id) =>
  record("SubBefore", atMs + ms, "cn", group, request, of, tries, "k1");
const after = (group: string, request: string, ms: number, more: readonly (number | boolean)[]) =>
  record("SubAfter", request, id, ...more.slice(0, 2), "k1", more[2] ?? 0, atMs + ms, group);

async function sendTrace(body: string, topic = "RMQ_SYS_TRACE_TOPIC"): Promise<void> {
  const file = join(tempFolder(), "trace");
  writeFileSync(file, body);
  await rows("topic produce", [topic, "--file", file, "--key", id]);
}

beforeAll(async () => {
  cluster = await startCommandCluster();
  ({ rows } = cluster);
  await sendTrace(pub);
  // Not in the order of time, with a record of another message, and twice, as a client sends what was not answered.
  await sendTrace(after("billing", "r2", 5_020, [15, true, 0]) + before("billing", "r2", 5_005, 1));
  for (let time = 0; time < 2; time++) {
    await sendTrace(
      before("billing", "r1", 4, 0) +
        before("billing", "r9", 4, 0, other) +
        after("billing", "r1", 9, [5, false, 2]),
    );
  }
  await sendTrace(before("audit", "r3", 6, 0));
  await sendTrace("no trace at all\u0002Pub\u0002SubAfter\u0001\u0001\u0002");
  await cluster.makeTopic("my-traces", 1);
  await sendTrace(
    record("Pub", atMs, "", "old", "orders", id, "", "", "h:1", 1, 7, 0, false),
    "my-traces",
  );
});

afterAll(() => cluster.stop());

test("the timeline has the send, each try of each group, how long it took and how it ended", async () => {
  const events = await rows("message trace", [id]);
  const of = ({ event, time, group, attempt, costMs, result }: Record<string, unknown>) =>
    [event, Date.parse(String(time)) - atMs, group, attempt, costMs, result] as const;
  expect(events.map(of)).toEqual([
    ["sent", 0, "shop", null, 3, "success"],
    ["consume_began", 4, "billing", 1, null, null],
    ["consume_began", 6, "audit", 1, null, null],
    ["consume_failed", 9, "billing", 1, 5, "exception"],
    ["consume_began", 5_005, "billing", 2, null, null],
    ["consumed", 5_020, "billing", 2, 15, "success"],
  ]);
  expect(events[0]).toMatchObject({
    ...{ topic: "orders", storeHost: "10.0.0.5:10911", clientHost: "127.0.0.1" },
    offsetMessageId: "0A00000500002A9F0000000000000042",
  });
});

test("a table says what is left open", async () => {
  const { stdout, stderr } = await cluster.run("message", "trace", id, "-o", "table", "--utc");
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^TIME +EVENT +GROUP +CLIENT +TRY +TOOK MS +RESULT +STORED AT$/);
  expect(lines[1]).toMatch(
    /^2026-11-23 09:00:00\.000 +sent +shop +127\.0\.0\.1 +- +3 +success +10\.0\.0\.5:10911$/,
  );
  expect(lines).toHaveLength(7);
  expect(stderr).toBe("2 groups, 1 consumptions failed, 1 consumptions have no end yet\n");
});

test("another topic is read when it is named, also what old clients write", async () => {
  const [sent, ...rest] = await rows("message trace", [id, "--trace-topic", "my-traces"]);
  expect(rest).toEqual([]);
  expect(sent).toMatchObject({ event: "send_failed", costMs: 7, offsetMessageId: null });
});

test("no trace and no trace topic are not there, and the hint says what to turn on", async () => {
  for (const [words, hint] of [
    [[other.replace("7F", "8F")], "enableMsgTrace"],
    [[id, "--trace-topic", "nowhere"], "traceTopicEnable"],
  ] as const) {
    const { exitCode, stdout, stderr } = await cluster.run("message", "trace", ...words);
    expect([exitCode, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(hint);
  }
});
