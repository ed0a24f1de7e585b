/** The judge of transcripts finds what was planted, and the normaliser hides nothing but what must differ. */
import { expect, test } from "bun:test";
import { compareTranscripts, type Difference, staleDifferences } from "./differences.ts";
import { normaliseText } from "./normalise.ts";
import { parseToolkitOptions } from "./options.ts";
import { stepNames } from "./step.ts";
import { diffLines, formatTranscript, parseTranscript } from "./transcript.ts";

const none = new Map<string, string>();
const mq = [{ name: "topic list", lines: ["| a", "! 1 topics", "= 0"] }];
const peer = [{ name: "topic list", lines: ["| a", "! 2 topics", "= 0"] }];
const listed: Difference = {
  steps: ["topic list"],
  peers: ["5.5.0"],
  lines: ["-! 2 topics", "+! 1 topics"],
  reason: "planted",
};

const verdicts = (list: readonly Difference[], other = peer): readonly boolean[] =>
  compareTranscripts("5.5.0", { mq, peer: other, listed: list }).map(({ isOk }) => isOk);

test("a difference passes only when it is listed, as it is and with a reason", () => {
  expect(verdicts([], mq)).toEqual([true]);
  expect(verdicts([])).toEqual([false]);
  expect(verdicts([listed])).toEqual([true]);
  expect(verdicts([{ ...listed, reason: "" }])).toEqual([false]);
  expect(verdicts([{ ...listed, peers: ["4.9.7"] }])).toEqual([false]);
  expect(verdicts([{ ...listed, lines: ["+! 1 topics"] }])).toEqual([false]);
});

test("a listed difference that is gone fails, and so does a step that was never recorded", () => {
  expect(verdicts([listed], mq)).toEqual([false]);
  expect(verdicts([], [])).toEqual([false]);
});

test("a list that names no step, or one twice, fails", () => {
  const stale = (...list: readonly Difference[]) =>
    staleDifferences(list, [{ run: "topic list" }]).map(({ isOk }) => isOk);
  expect(stale(listed)).toEqual([true]);
  expect(stale(listed, listed)).toEqual([true, false]);
  expect(stale({ ...listed, steps: ["topic lits"] })).toEqual([false]);
});

test("a transcript can be read again, and the same line twice is two steps", () => {
  expect(parseTranscript(formatTranscript([...mq, ...peer]))).toEqual([...mq, ...peer]);
  expect(() => parseTranscript("$ topic list\nNAME\n")).toThrow("no line of a transcript");
  expect(stepNames([{ run: "a" }, { action: "the broker hangs" }, { run: "a" }])).toEqual([
    "a",
    "a #2",
  ]);
  expect(diffLines(["a", "b", "c"], ["a", "x", "c"])).toEqual(["-b", "+x"]);
});

test("addresses, ids, times and what was measured become tokens; values stay", () => {
  const id = "7F00000100002A9F000000000000013E";
  const names = new Map([
    ["BROKER", "127.0.0.1:10911"],
    ["PAID", id],
  ]);
  const text = `{"id":"${id}","at":"2026-11-23T01:55:09.776Z","broker":"127.0.0.1:10911","lag":4,"seconds":1.5}`;
  expect(normaliseText(text, names)).toEqual([
    "{",
    ' "id": "<PAID>",',
    ' "at": "<time>",',
    ' "broker": "<BROKER>",',
    ' "lag": 4,',
    ' "seconds": "<measured>"',
    "}",
  ]);
  expect(normaliseText(`orders    2   ${id}  01:55:09.776  12 s\n`, none)).toEqual([
    "orders  2  <id>  <clock>  <elapsed>",
  ]);
  expect(normaliseText("one\n\nthree", none)).toEqual(["one", "", "three"]);
  expect(normaliseText("", none)).toEqual([]);
  expect(normaliseText("rate 0.31 of 3", none, /\d\.\d+/g)).toEqual(["rate # of 3"]);
});

test("what is asked for is known, or refused", () => {
  expect(parseToolkitOptions({}).livePeers).toEqual(["5.5.0", "4.9.7"]);
  expect(parseToolkitOptions({ PEER: "4.9.7" }).peers).toEqual(["4.9.7"]);
  expect(parseToolkitOptions({ PEER: "recorded" })).toEqual({
    peers: ["5.5.0", "4.9.7"],
    livePeers: [],
    isRecording: false,
  });
  expect(() => parseToolkitOptions({ PEER: "3.2.6" })).toThrow("PEER=3.2.6");
  expect(() => parseToolkitOptions({ PEER: "recorded", RECORD: "1" })).toThrow("RECORD=1");
});
