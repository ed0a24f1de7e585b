/** What `make interop` accepts from its environment, and what it refuses rather than ignores. */
import { expect, test } from "bun:test";
import { parseInteropOptions } from "./options.ts";

test("nothing said means every client and scenario against mq", () => {
  const options = parseInteropOptions({ PEER: "" });
  expect(options.target).toBe("mq");
  expect(options.variants.map(({ name }) => name)).toEqual([
    "5.5.0 JSON",
    "5.5.0 ROCKETMQ",
    "4.9.8 JSON",
    "4.9.8 ROCKETMQ",
    "3.2.6",
    "go",
    "node",
    "python",
  ]);
  expect(new Set(options.variants.map(({ prefix }) => prefix)).size).toBe(8);
});

test("clients and scenarios are chosen by name", () => {
  const options = parseInteropOptions({ CLIENT: "4.9.8 JSON", SCENARIO: "push,restart" });
  expect(options.variants.map(({ name }) => name)).toEqual(["4.9.8 JSON"]);
  expect(options.scenarios).toEqual(["push", "restart"]);
  expect(options.hasWayBack).toBe(false);
  const back = parseInteropOptions({ SCENARIO: "way-back" });
  expect([back.scenarios, back.hasWayBack]).toEqual([[], true]);
});

test("a client runs those of the chosen scenarios that it has, or is left out", () => {
  const { variants } = parseInteropOptions({ SCENARIO: "litepull,orderly", CLIENT: "3.2.6,node" });
  expect(variants.map(({ name, scenarios }) => [name, scenarios])).toEqual([
    ["3.2.6", ["orderly"]],
  ]);
});

test("unknown names and a recording of our own answers are refused", () => {
  expect(() => parseInteropOptions({ PEER: "kafka" })).toThrow("PEER=kafka");
  expect(() => parseInteropOptions({ CLIENT: "6.0" })).toThrow("CLIENT=6.0");
  expect(() => parseInteropOptions({ SCENARIO: "pull,all" })).toThrow("SCENARIO=all");
  expect(() => parseInteropOptions({ RECORD: "1" })).toThrow("PEER=rocketmq");
  const part = { RECORD: "1", PEER: "rocketmq", CLIENT: "go" };
  expect(() => parseInteropOptions(part)).toThrow("all clients");
});
