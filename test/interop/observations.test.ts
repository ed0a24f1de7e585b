/** How answers of two servers are judged: a difference must be listed, and a listed one must be there. */
import { expect, test } from "bun:test";
import {
  compareAll,
  type Difference,
  ObservationLog,
  strayDifferences,
  unknownObservations,
} from "./observations.ts";

const java = (name: string) => ({ name, family: "java", scenarios: ["send", "push"] });
const javas = [java("5.5.0 JSON"), java("4.9.8 JSON")];
const go = { name: "go", family: "go", scenarios: ["send"] };
const expected = {
  "send: code": { all: 29 },
  "send: shape": { "5.5.0 JSON": { fields: ["a"] }, "4.9.8 JSON": { fields: [] } },
};

function logOf(code: unknown): ObservationLog {
  const log = new ObservationLog();
  for (const { name } of javas) {
    log.add(name, "send: code", code);
    log.add(name, "send: shape", { fields: name.startsWith("5") ? ["a"] : [] });
  }
  return log;
}

function failures(log: ObservationLog, differences: readonly Difference[]): readonly string[] {
  return compareAll(log, javas, expected, differences)
    .filter(({ isOk }) => !isOk)
    .map(({ what }) => what);
}

const listed: Difference = { observation: "send: code", mq: 13, reason: "shown here" };

test("equal answers pass, by variant or shared by all", () => {
  expect(compareAll(logOf(29), javas, expected, [])).toHaveLength(4);
  expect(failures(logOf(29), [])).toEqual([]);
});

test("a difference that is not listed fails for each client that sees it", () => {
  expect(failures(logOf(13), [])).toEqual(["5.5.0 JSON, send: code", "4.9.8 JSON, send: code"]);
});

test("a listed difference passes, for the variants that it names only", () => {
  expect(failures(logOf(13), [listed])).toEqual([]);
  expect(failures(logOf(13), [{ ...listed, variants: ["4.9.8 JSON"] }])).toEqual([
    "5.5.0 JSON, send: code",
  ]);
});

test("a listed difference that is gone, or is another one now, fails", () => {
  expect(failures(logOf(29), [listed])).toHaveLength(2);
  expect(failures(logOf(1), [listed])).toHaveLength(2);
});

test("a property that is listed as added is nothing in lists of names, and another one is", () => {
  const added: Difference = { observation: "*", addedProperty: "sum", reason: "shown here" };
  const logWith = (name: string): ObservationLog => {
    const log = logOf(29);
    log.add("5.5.0 JSON", "send: shape", { fields: ["a", name] });
    return log;
  };
  expect(failures(logWith("sum"), [added])).toEqual([]);
  expect(failures(logWith("sum"), [])).toEqual(["5.5.0 JSON, send: shape"]);
  expect(failures(logWith("other"), [added])).toEqual(["5.5.0 JSON, send: shape"]);
});

test("an observation that was not made fails", () => {
  const log = new ObservationLog();
  log.add("5.5.0 JSON", "send: code", 29);
  expect(failures(log, [])).toHaveLength(3);
});

test("an observation that is not on file fails, and so does a difference that nobody can see", () => {
  const log = logOf(29);
  log.add("5.5.0 JSON", "send: new", 1);
  expect(unknownObservations(log, expected).map(({ what }) => what)).toEqual(["send: new"]);
  expect(strayDifferences([{ ...listed, observation: "send: old" }], expected)).toHaveLength(1);
  expect(strayDifferences([listed], expected)).toEqual([]);
});

test("what is recorded is what is expected next time", () => {
  const log = logOf(29);
  expect(log.toObservations(javas)).toEqual(expected);
});

test("a family that agrees has one value beside the clients of other languages", () => {
  const log = logOf(29);
  log.add("go", "send: code", 13);
  log.add("5.5.0 JSON", "push: only java", true);
  log.add("4.9.8 JSON", "push: only java", true);
  const all = log.toObservations([...javas, go]);
  expect(all["send: code"]).toEqual({ go: 13, java: 29 });
  expect(all["push: only java"]).toEqual({ all: true });
  expect(compareAll(log, [...javas, go], all, []).every(({ isOk }) => isOk)).toBe(true);
  expect(compareAll(log, [go], all, [])).toHaveLength(1);
});

test("who makes an observation that it did not make at the peer fails", () => {
  const log = new ObservationLog();
  log.add("go", "send: code", 29);
  const theirs = { "send: code": { java: 29 } };
  expect(compareAll(log, [go], theirs, []).map(({ isOk }) => isOk)).toEqual([false]);
});

test("a difference may be listed for a family", () => {
  expect(failures(logOf(13), [{ ...listed, variants: ["java"] }])).toEqual([]);
  expect(failures(logOf(13), [{ ...listed, variants: ["go"] }])).toHaveLength(2);
});
