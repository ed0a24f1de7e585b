/** Lines of a client program: what each means, and that a word of its runtime is not taken for one. */
import { expect, test } from "bun:test";
import { parseReportLine } from "./report-line.ts";

test("a check says whether it held; only true is true", () => {
  const line = '{"scenario":"push","check":"all came","ok":true,"detail":"[]"}';
  expect(parseReportLine(line)).toEqual({
    kind: "check",
    scenario: "push",
    what: "all came",
    isOk: true,
    detail: "[]",
  });
  expect(parseReportLine(line.replace("true", '"yes"'))).toMatchObject({ isOk: false });
});

test("an observation keeps its value as it is", () => {
  expect(
    parseReportLine('{"scenario":"pull","observation":"end","value":{"offsets":[0,null]}}'),
  ).toEqual({
    kind: "observation",
    scenario: "pull",
    what: "end",
    value: { offsets: [0, null] },
  });
});

test("what is no report means nothing", () => {
  for (const text of ["", "OpenJDK 64-Bit Server VM warning", "{}", '{"scenario":"push"}']) {
    expect(parseReportLine(text)).toBeUndefined();
  }
});
