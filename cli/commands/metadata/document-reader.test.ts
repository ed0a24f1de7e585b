/** What a document may say, and what is said of one that says something else. */
import { expect, test } from "bun:test";
import { CommandError } from "../../command-error.ts";
import { plainDocument } from "./document.ts";
import { readDocument } from "./document-reader.ts";
import { readAnyDocument } from "./rocketmq-files.ts";

function refusal(value: unknown): string {
  try {
    readDocument("f.yaml", value);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === 2) {
      return `${error.message}${error.hint === undefined ? "" : ` (${error.hint})`}`;
    }
    throw error;
  }
  return "";
}

test("what cannot be meant is refused with its place and what may stand there", () => {
  const topic = { name: "a" };
  const cases: readonly (readonly [unknown, string])[] = [
    ["x", 'f.yaml: the document is "x"; it must be members of apiVersion, kind, topics, groups'],
    [{ kind: "Config", topics: [] }, 'f.yaml: kind is "Config"; it must be Metadata'],
    [{}, "f.yaml says nothing"],
    [{ topic: [] }, "(did you mean topics?)"],
    [{ topics: {} }, "f.yaml: topics is {}; it must be a list"],
    [{ topics: [topic, {}] }, "f.yaml: topics[1].name is missing; it must be a text"],
    [
      { topics: [topic, { name: "b", perm: "x" }] },
      'f.yaml: topics[1] (b).perm is "x"; it must be one of rw, r, w, -',
    ],
    [{ topics: [{ name: "b", perms: "x" }] }, "(did you mean perm?)"],
    [{ topics: [{ name: "b", queues: 0 }] }, "topics[0] (b).queues is 0; it must be a whole"],
    [{ topics: [{ name: "b", queues: 2, readQueues: 2 }] }, "has both queues and readQueues"],
    [{ topics: [{ name: "b", attributes: { x: null } }] }, "(b).attributes is"],
    [{ topics: [{ name: "b", brokers: "x" }] }, '(b).brokers is "x"; it must be a list'],
    [{ topics: [{ name: "TBW102" }] }, "topics[0] (TBW102) belongs to the brokers"],
    [{ topics: [topic, topic] }, "topics[1] (a) is there already as topics[0]"],
    [{ topics: [{ ...topic, brokers: ["x"] }, topic] }, "topics[1] (a) is there already"],
    [
      { groups: [{ name: "g", retryMaxTimes: "3" }] },
      'groups[0] (g).retryMaxTimes is "3"; it must be a whole',
    ],
    [{ groups: [{ name: "g", retryPolicy: { type: "SOON" } }] }, "it must be {type: CUSTOMIZED"],
    [
      { offsets: [{ group: "g", topic: "t", broker: "b", queues: { x: 1 } }] },
      'offsets[0] (g in t).queues is "x"; it must be queue ids',
    ],
    [{ keyValues: [{ namespace: "n", key: "k" }] }, "keyValues[0].value is missing"],
  ];
  for (const [value, words] of cases) {
    expect([value, refusal(value)]).toEqual([value, expect.stringContaining(words)]);
  }
});

test("one name may stand twice for different brokers", () => {
  const topics = [
    { name: "a", brokers: ["x"], queues: 2 },
    { name: "a", brokers: ["y"], readQueues: 4, writeQueues: 2 },
  ];
  expect(plainDocument(readDocument("f", { topics }))).toMatchObject({ topics });
});

test("RocketMQ's own files are read as documents", () => {
  const document = readAnyDocument(
    "metadata.json",
    {
      exportTime: 1,
      topicConfigTable: {
        orders: { topicName: "orders", readQueueNums: 4, writeQueueNums: 2, perm: 4, order: true },
        TBW102: { topicName: "TBW102", readQueueNums: 8, writeQueueNums: 8, perm: 7 },
      },
      subscriptionGroupTable: { billing: { groupName: "billing", retryMaxTimes: 3 } },
    },
    undefined,
  );
  expect(plainDocument(document)).toMatchObject({
    topics: [{ name: "orders", readQueues: 4, writeQueues: 2, perm: "r", order: true }],
    groups: [{ name: "billing", retryMaxTimes: 3, retryQueues: 1 }],
  });
  const offsets = { "orders@billing": { 0: 12, 1: -1 }, "%RETRY%billing@billing": { 0: 1 } };
  expect(() => readAnyDocument("o.json", { offsetTable: offsets }, undefined)).toThrow(
    "of which broker",
  );
  expect(plainDocument(readAnyDocument("o.json", { offsetTable: offsets }, "b"))).toMatchObject({
    offsets: [{ group: "billing", topic: "orders", broker: "b", queues: { 0: 12 } }],
  });
});
