/** Tests of the checkers on histories written by hand: each rule, broken and kept. */
import { describe, expect, test } from "bun:test";
import { type Drain, History, type Place, type Scribe, type Violation } from "../history.ts";
import { Kernel, type Life } from "../kernel.ts";
import { checkMembers } from "./members.ts";
import { checkNoLoss } from "./no-loss.ts";
import { checkNoPhantom } from "./no-phantom.ts";
import { checkOffsets } from "./offsets.ts";
import { checkOrder } from "./order.ts";
import { checkRoutes, type TopicRequest } from "./routes.ts";

interface Pen {
  readonly history: History;
  readonly scribe: Scribe;
  readonly kernel: Kernel;
  readonly life: Life;
}

function write(): Pen {
  const kernel = new Kernel(1);
  const history = new History(kernel);
  const life: Life = { node: "client", isAlive: true };
  return { kernel, history, life, scribe: history.scribe(life) };
}

function at(queueOffset: number, queueId = 0): Place {
  return { topic: "t", queueId, queueOffset };
}

function sendOk({ scribe }: Pen, id: string, place: Place): void {
  scribe.sendEnded(scribe.send(id, place.topic, place.queueId), "ok", place);
}

/** A queue read from end to end: ids by offset. */
function drain({ scribe }: Pen, ids: readonly (string | undefined)[], minOffset = 0): Drain {
  const begun = scribe.next();
  const sightings = ids.map((id, index) => see(scribe, id, at(minOffset + index), index));
  const maxOffset = minOffset + ids.length;
  const drained = { topic: "t", queueId: 0, minOffset, maxOffset, begun, sightings };
  scribe.drained(drained);
  return drained;
}

function see(scribe: Scribe, id: string | undefined, place: Place, index = 0) {
  const physicalOffset = 100 * index;
  return scribe.saw({ ...place, owedOffset: place.queueOffset, physicalOffset, bytes: 100, id });
}

function messages(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ message }) => message);
}

const always = { isImmutableAcrossCrashes: true };
const perCrash = { isImmutableAcrossCrashes: false };

describe("no-loss", () => {
  test("what was acknowledged before a drain must be in it; what came later need not", () => {
    const pen = write();
    sendOk(pen, "a", at(0));
    drain(pen, ["a"]);
    sendOk(pen, "b", at(1));
    expect(checkNoLoss(pen.history, { windowMs: 0 })).toEqual([]);
    drain(pen, ["a"]);
    expect(messages(checkNoLoss(pen.history, { windowMs: 0 }))).toEqual([
      "b was acknowledged at t:0:1; after a restart the queue holds 0..1 and there nothing",
    ]);
  });

  test("another message at the acknowledged place is a loss", () => {
    const pen = write();
    sendOk(pen, "a", at(0));
    drain(pen, ["b"]);
    expect(checkNoLoss(pen.history, { windowMs: 0 })).toHaveLength(1);
  });

  test("neither a send of unknown outcome nor a rotten record is a loss", () => {
    const pen = write();
    pen.scribe.sendEnded(pen.scribe.send("a", "t", 0), "info");
    sendOk(pen, "b", at(0));
    pen.history.damaged.add("t:0:0");
    drain(pen, []);
    expect(checkNoLoss(pen.history, { windowMs: 0 })).toEqual([]);
  });

  test("a window excuses what was acknowledged within it before a power cut, and nothing older", () => {
    const pen = write();
    const wait = (delayMs: number): void => {
      let isOver = false;
      pen.kernel.after(pen.life, delayMs, () => {
        isOver = true;
      });
      pen.kernel.run(() => isOver, { virtualMs: 10_000, events: 10 });
    };
    sendOk(pen, "old", at(0));
    wait(500);
    sendOk(pen, "new", at(1));
    pen.history.crashed("power");
    drain(pen, []);
    expect(messages(checkNoLoss(pen.history, { windowMs: 200 }))).toEqual([
      "old was acknowledged at t:0:0; after a restart the queue holds 0..0 and there nothing",
    ]);
    expect(checkNoLoss(pen.history, { windowMs: 0 })).toHaveLength(2);
  });
});

describe("order", () => {
  test("a dense queue in log order is right", () => {
    const pen = write();
    drain(pen, ["a", "b", "c"], 7);
    expect(checkOrder(pen.history, always)).toEqual([]);
  });

  test("a gap, an early end and a record out of log order are found", () => {
    const pen = write();
    const { scribe, history } = pen;
    const sightings = [see(scribe, "a", at(0), 5), see(scribe, "c", at(2), 1)];
    const queue = { topic: "t", queueId: 0, minOffset: 0, maxOffset: 4, begun: scribe.next() };
    scribe.drained({ ...queue, sightings });
    expect(messages(checkOrder(history, always))).toEqual([
      "t:0 shows offset 2 where 1 is next",
      "t:0:2 lies before its predecessor in the log",
      "t:0 ends at 3 although its max offset is 4",
    ]);
  });

  test("a hole is right only where the record rotted", () => {
    const pen = write();
    const { scribe, history } = pen;
    const sightings = [see(scribe, "a", at(0), 0), see(scribe, "c", at(2), 1)];
    const queue = { topic: "t", queueId: 0, minOffset: 0, maxOffset: 3, begun: scribe.next() };
    scribe.drained({ ...queue, sightings });
    history.damaged.add("t:0:1");
    expect(checkOrder(history, always)).toEqual([]);
  });

  test("one place never shows two contents, unless a crash may take a seen tail", () => {
    const pen = write();
    see(pen.scribe, "a", at(0));
    pen.history.crashed("power");
    see(pen.scribe, "b", at(0));
    expect(messages(checkOrder(pen.history, always))).toEqual(["t:0:0 showed a and then b"]);
    expect(checkOrder(pen.history, perCrash)).toEqual([]);
    see(pen.scribe, "c", at(0));
    expect(messages(checkOrder(pen.history, perCrash))).toEqual(["t:0:0 showed b and then c"]);
  });

  test("of two sends one after the other, the first lies before the second", () => {
    const pen = write();
    sendOk(pen, "a", at(1));
    sendOk(pen, "b", at(0));
    expect(messages(checkOrder(pen.history, always))).toEqual([
      "0 t:0: a ended before b began, but lies behind it",
    ]);
  });

  test("sends side by side may lie either way", () => {
    const pen = write();
    const first = pen.scribe.send("a", "t", 0);
    sendOk(pen, "b", at(0));
    pen.scribe.sendEnded(first, "ok", at(1));
    expect(checkOrder(pen.history, always)).toEqual([]);
  });

  test("a reader is never answered with less than it asked for", () => {
    const pen = write();
    const { scribe, history } = pen;
    const back = { ...at(0), owedOffset: 1, physicalOffset: 0, bytes: 100, id: "a" };
    const queue = { topic: "t", queueId: 0, minOffset: 0, maxOffset: 1, begun: scribe.next() };
    scribe.drained({ ...queue, sightings: [scribe.saw(back)] });
    expect(messages(checkOrder(history, always))).toEqual(["t:0:0 came where 1 was asked for"]);
  });
});

describe("no-phantom", () => {
  test("what was sent may be seen, even when nobody knows how the send ended", () => {
    const pen = write();
    pen.scribe.send("a", "t", 0);
    pen.scribe.sendEnded(pen.scribe.send("b", "t", undefined), "info");
    drain(pen, ["a", "b"]);
    expect(checkNoPhantom(pen.history)).toEqual([]);
  });

  test("foreign bytes, refused sends and wrong places are found", () => {
    const pen = write();
    const { scribe, history } = pen;
    scribe.sendEnded(scribe.send("refused", "t", 0), "fail");
    scribe.send("elsewhere", "t", 1);
    scribe.send("other", "u", 0);
    for (const [index, id] of [undefined, "refused", "elsewhere", "other", "later"].entries()) {
      see(scribe, id, at(index), index);
    }
    scribe.send("later", "t", 0);
    expect(messages(checkNoPhantom(history))).toEqual([
      "t:0:0 showed foreign bytes: nobody sent it",
      "t:0:1 showed refused: its send was refused",
      "t:0:2 showed elsewhere: it was sent to queue 1",
      "t:0:3 showed other: it was sent to u",
      "t:0:4 showed later: it was sent later",
    ]);
  });

  test("a message is there as often as it may have been sent, not more", () => {
    const pen = write();
    pen.scribe.send("once", "t", 0);
    pen.scribe.send("thrice", "t", 0, 3);
    drain(pen, ["once", "thrice", "thrice", "once"]);
    expect(messages(checkNoPhantom(pen.history))).toEqual([
      "once is there 2 times, more often than it was sent",
    ]);
  });
});

describe("offsets", () => {
  function commitOk({ scribe }: Pen, value: number): void {
    scribe.commitEnded(scribe.commit("g", value), "ok");
  }

  test("the last acknowledged commit is the answer; an older one is a step back", () => {
    const pen = write();
    commitOk(pen, 5);
    commitOk(pen, 9);
    pen.scribe.queried("g", 9, pen.scribe.next());
    expect(checkOffsets(pen.history)).toEqual([]);
    pen.scribe.queried("g", 5, pen.scribe.next());
    pen.scribe.queried("g", -1, pen.scribe.next());
    expect(messages(checkOffsets(pen.history))).toEqual([
      "g was answered 5; what was asked for allows 9",
      "g was answered -1; what was asked for allows 9",
    ]);
  });

  test("a value that nobody asked for is found", () => {
    const pen = write();
    pen.scribe.queried("g", -1, pen.scribe.next());
    expect(checkOffsets(pen.history)).toEqual([]);
    pen.scribe.queried("g", 3, pen.scribe.next());
    expect(checkOffsets(pen.history)).toHaveLength(1);
  });

  test("a commit of unknown outcome may show, and may show late", () => {
    const pen = write();
    pen.scribe.commitEnded(pen.scribe.commit("g", 5), "info");
    commitOk(pen, 9);
    pen.scribe.queried("g", 5, pen.scribe.next());
    pen.scribe.queried("g", 9, pen.scribe.next());
    expect(checkOffsets(pen.history)).toEqual([]);
  });
});

describe("routes", () => {
  const request = (queueCount: number, invoked: number, isAcknowledged: boolean): TopicRequest => ({
    topic: "t",
    brokerName: "b",
    queueCount,
    invoked,
    ended: invoked + 1,
    isAcknowledged,
  });
  const route = (queueCount: number) => new Map([["t", new Map([["b", queueCount]])]]);

  test("the last acknowledged change is in the route", () => {
    const requests = [request(4, 1, true), request(8, 3, true)];
    expect(checkRoutes(requests, route(8))).toEqual([]);
    expect(checkRoutes(requests, route(4))).toHaveLength(1);
    expect(checkRoutes(requests, new Map())).toHaveLength(1);
  });

  test("a change of unknown outcome may be there or not", () => {
    const requests = [request(4, 1, false)];
    expect(checkRoutes(requests, route(4))).toEqual([]);
    expect(checkRoutes(requests, new Map())).toEqual([]);
    expect(checkRoutes(requests, route(5))).toHaveLength(1);
  });
});

test("members: every broker knows exactly those who mean to be there", () => {
  const meant = new Set(["b", "a"]);
  expect(checkMembers(meant, [["a", "b"]])).toEqual([]);
  expect(messages(checkMembers(meant, [["a"], undefined, ["a", "b", "c"]]))).toEqual([
    "broker 0 knows [a] where [a, b] are meant to be",
    "broker 1 knows [no answer] where [a, b] are meant to be",
    "broker 2 knows [a, b, c] where [a, b] are meant to be",
  ]);
});
