/** What must differ between two runs becomes a token, and nothing else does. */
import { expect, test } from "bun:test";
import { normaliseText } from "./normalise.ts";

const names = new Map([
  ["DOWN", "127.0.0.1:1"],
  ["BROKER", "127.0.0.1:12939"],
]);

test("an address goes by its name, and another one that begins alike does not", () => {
  expect(normaliseText("at 127.0.0.1:12939, not 127.0.0.1:1.\n", names)).toEqual([
    "at <BROKER>, not <DOWN>.",
  ]);
  expect(normaliseText("127.0.0.1:12937 is not offered", names)).toEqual([
    "<address> is not offered",
  ]);
});

test("columns, times and measurements are evened out", () => {
  expect(normaliseText("a      2026-11-23 10:00:00   12.5 %\n", new Map())).toEqual([
    "a  <time>  <share> %",
  ]);
});
