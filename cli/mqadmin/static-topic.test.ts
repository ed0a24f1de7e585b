/** Static topics: how their queues are spread, and in which order brokers are told. */
import { describe, expect, test } from "bun:test";
import { encodeStaticTopicPlan, type StaticTopic } from "../../src/client/index.ts";
import { encodeTopicStats } from "../../src/protocol/remoting/bodies/topic-stats.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import type { FakeReply } from "../../test/support/fake-cluster.ts";
import { ran } from "../../test/support/mqadmin-run.ts";
import { checkStaticTopic, type StaticTopics } from "./static-topic-checks.ts";
import { planQueues, planRemapping } from "./static-topic-plan.ts";

const topic = "orders";

function queuesOf(brokers: ReadonlyMap<string, StaticTopic>): Readonly<Record<string, string>> {
  const rows = [...brokers].map(([name, { mapping }]) => {
    const led = [...(mapping?.queues ?? [])].filter(
      ([, parts]) => parts.at(-1)?.brokerName === name,
    );
    return [name, led.map(([id, parts]) => `${id}@${parts.at(-1)?.queueId}`).join(" ")];
  });
  return Object.fromEntries(rows);
}

function created(queueCount: number, targets: readonly string[], known: StaticTopics = new Map()) {
  return planQueues({ topic, queueCount, targets, known, nowMs: 5_000 });
}

describe("queues are spread", () => {
  test("evenly over the brokers of a new topic, and new ones to whoever has the fewest", () => {
    const plan = created(5, ["a", "b"]);
    expect(queuesOf(plan.brokers)).toEqual({ a: "0@0 2@1 4@2", b: "1@0 3@1" });
    expect(plan.brokers.get("a")?.config.writeQueueCount).toBe(3);
    const grown = planQueues({
      ...{ topic, queueCount: 7, targets: ["a", "b", "c"], nowMs: 5_500 },
      known: plan.brokers,
    });
    expect(queuesOf(grown.brokers)).toEqual({ a: "0@0 2@1 4@2", b: "1@0 3@1", c: "5@0 6@1" });
    expect(grown.epoch).toBe(plan.epoch + 1000);
    expect(grown.brokers.get("a")?.mapping).toMatchObject({ totalQueues: 7, epoch: grown.epoch });
  });

  test("so that few move, each with what it was before", () => {
    const { brokers } = created(5, ["a", "b"]);
    const plan = planRemapping({ topic, targets: ["a", "b", "c"], known: brokers, nowMs: 9_000 });
    expect(queuesOf(plan.brokers)).toEqual({ a: "0@0 2@1", b: "1@0 3@1", c: "4@0" });
    expect([plan.mapIn, plan.mapOut, plan.epoch]).toEqual([["c"], ["a"], 9_000]);
    const parts = plan.brokers.get("a")?.mapping?.queues.get(4);
    expect(parts).toEqual(plan.brokers.get("c")?.mapping?.queues.get(4));
    expect(
      parts?.map(({ brokerName, generation, logicOffset }) => [
        brokerName,
        generation,
        logicOffset,
      ]),
    ).toEqual([
      ["a", 0, 0],
      ["c", 1, -1],
    ]);
  });

  test("to other brokers altogether", () => {
    const { brokers } = created(3, ["a"]);
    const plan = planRemapping({ topic, targets: ["b", "c"], known: brokers, nowMs: 9_000 });
    expect(queuesOf(plan.brokers)).toEqual({ a: "", b: "0@0", c: "1@0 2@1" });
  });

  test("never to fewer queues, and never again to as many", () => {
    const { brokers } = created(3, ["a"]);
    expect(() => created(2, ["a"], brokers)).toThrow("cannot have fewer");
    expect(() => created(3, ["a"], brokers)).toThrow("has so many already");
  });
});

describe("what brokers say must hold", () => {
  const { brokers } = created(4, ["a", "b"]);

  function changed(name: string, change: object): StaticTopics {
    const { config, mapping } = brokers.get(name) as StaticTopic;
    return new Map(brokers).set(name, {
      config,
      mapping: { ...mapping, ...change },
    } as StaticTopic);
  }

  test("of epochs, names, numbers and places", () => {
    expect(checkStaticTopic(topic, brokers).queueCount).toBe(4);
    const wrong = (known: StaticTopics): string => {
      try {
        checkStaticTopic(topic, known);
        return "holds";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [part] = brokers.get("a")?.mapping?.queues.get(0) ?? [];
    const twice = [part, { ...part, generation: 0 }];
    expect([
      wrong(new Map()),
      wrong(changed("a", { epoch: 1 })),
      wrong(changed("a", { totalQueues: 9 })),
      wrong(changed("a", { brokerName: "c" })),
      wrong(changed("a", { isDirty: true })),
      wrong(changed("a", { topic: "other" })),
      wrong(changed("a", { queues: new Map() })),
      wrong(
        changed("a", {
          queues: new Map([
            [0, twice],
            [2, twice],
          ]),
        }),
      ),
      wrong(
        changed("a", {
          queues: new Map([
            [0, [part]],
            [2, [part]],
          ]),
        }),
      ),
      wrong(
        changed("a", {
          queues: new Map([
            [0, [part]],
            [2, [{ ...part, queueId: 7 }]],
          ]),
        }),
      ),
      wrong(
        new Map(brokers).set("a", { ...(brokers.get("a") as StaticTopic), mapping: undefined }),
      ),
    ]).toEqual([
      "no broker has 'orders'",
      "'orders': b and a disagree",
      "'orders': b and a disagree",
      "broker a has the mapping of c",
      "the mapping of broker a is not finished",
      "broker a has a mapping of 'other', not of 'orders'",
      "'orders' should have 4 queues, and 2 are led",
      "'orders': the parts of queue 0 contradict each other",
      "'orders': queues 0 and 2 lie in the same queue of a broker",
      "'orders': broker a does not have queue 7",
      "'orders' is no static topic on broker a",
    ]);
  });
});

/** Brokers that have what a plan says. */
function brokersWith(known: StaticTopics): (command: Command, brokerName: string) => FakeReply {
  return ({ code }, brokerName) => {
    const each = known.get(brokerName);
    switch (code) {
      case 351: {
        if (each?.mapping === undefined) {
          return { code: 17 };
        }
        const plan = { topic, type: "REMAPPING", epoch: 0, mapIn: [], mapOut: [] } as const;
        const text = encodeStaticTopicPlan({ ...plan, brokers: new Map([["x", each]]) }).toString();
        return {
          body: Buffer.from(
            text.slice(text.indexOf('"x":') + 4, text.indexOf(',"brokerToMapIn"') - 1),
          ),
        };
      }
      case 202:
        return {
          body: encodeTopicStats([
            [
              { topic, brokerName, queueId: 1 },
              { minOffset: 0, maxOffset: 7_000, lastUpdateTimestamp: 0 },
            ],
          ]),
        };
      default:
        return {};
    }
  };
}

describe("topicStatus and topicRoute", () => {
  test("show static queues, from where their first part begins to where their last one ends", async () => {
    const { brokers } = created(2, ["a"]);
    const plan = planRemapping({ topic, targets: ["a", "b"], known: brokers, nowMs: 9_000 });
    const mappings = new Map([["a", JSON.stringify({ topic, bname: "a", currIdMap: { 0: 0 } })]]);
    const names = { brokers: ["a", "b"], mappings };
    const { text } = await ran(`topicStatus -t ${topic}`, brokersWith(plan.brokers), names);
    const rows = text.split("\n").map((line) => line.trim().split(/ +/).join(" "));
    // Where the part of broker b begins is not decided yet: the queue still ends in that of broker a.
    expect(rows.slice(1, 4)).toEqual(["__syslo__global__ 1 0 7000", "a 1 0 7000", "b 1 0 7000"]);
    const route = await ran(`topicRoute -t ${topic}`, brokersWith(plan.brokers), names);
    expect(route.text).toContain('"topicQueueMappingByBroker":{\n\t\t"a":{\n\t\t\t"bname":"a",');
    expect(route.text).toContain('"currIdMap":{\n\t\t\t\t0:0\n\t\t\t}');
  });
});

describe("brokers are told", () => {
  const { brokers } = created(2, ["a"]);
  const names = { brokers: ["a", "b"] };

  test("of a new topic, those without a queue too", async () => {
    const { inOrder, text } = await ran(
      `updateStaticTopic -b a -t ${topic} -qn 2`,
      brokersWith(new Map()),
      names,
    );
    const told = inOrder.filter(({ code }) => code === 513);
    expect(
      told.map(({ brokerName, body }) => [brokerName, JSON.parse(standard(body)).totalQueues]),
    ).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
    expect(text).toMatch(/^The old mapping data .*\.before\nThe new mapping data .*\.after\n$/);
  });

  test("new leaders first, then old ones, then the new ones where theirs begins", async () => {
    const { inOrder } = await ran(
      `remappingStaticTopic -b a,b -t ${topic}`,
      brokersWith(brokers),
      names,
    );
    const steps = inOrder
      .filter(({ code }) => code !== 351)
      .map(({ brokerName, code, body }) => {
        const parts = code === 513 ? JSON.parse(standard(body)).hostedQueues[1] : [];
        return [brokerName, code, parts.at(-1)?.logicOffset];
      });
    // 7000 of the old part, and at least half a block of 10,000 to spare.
    expect(steps).toEqual([
      ["b", 513, -1],
      ["a", 513, -1],
      ["a", 202, undefined],
      ["b", 513, 20_000],
    ]);
  });

  test("what a file says, as it stands there", async () => {
    const path = "/plans/plan";
    const plan = created(2, ["a", "b"]);
    const { inOrder, text } = await ran(
      `updateStaticTopic -c c -t ${topic} -qn 1 -mf ${path} -fr true`,
      brokersWith(new Map()),
      { ...names, files: { [path]: encodeStaticTopicPlan(plan) } },
    );
    expect(text).toBe("");
    const told = inOrder.filter(({ code }) => code === 513);
    expect(
      told.map(({ brokerName, body }) => [brokerName, JSON.parse(standard(body)).epoch]),
    ).toEqual([
      ["a", plan.epoch],
      ["b", plan.epoch],
    ]);
    const refused = (bytes: Buffer): Promise<unknown> =>
      ran(`remappingStaticTopic -c c -t ${topic} -mf ${path}`, brokersWith(new Map()), {
        ...names,
        files: { [path]: bytes },
      });
    await expect(refused(Buffer.from("{}"))).rejects.toThrow("/plans/plan: ");
    const other = encodeStaticTopicPlan({ ...plan, brokers: new Map() });
    await expect(refused(other)).rejects.toThrow("no broker has 'orders'");
  });

  test("nothing where one of them is not there, or leads nothing", async () => {
    const ask = ran(
      `updateStaticTopic -b a,nobody -t ${topic} -qn 2`,
      brokersWith(new Map()),
      names,
    );
    await expect(ask).rejects.toThrow("no broker named 'nobody' leads");
  });
});

/** With quotes around all names. */
function standard(text: string): string {
  return text.replace(/([{,])(\d+):/g, '$1"$2":');
}
