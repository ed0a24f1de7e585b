/** What the shell remembers of what was typed. */
import { expect, test } from "bun:test";
import type { UserFiles } from "../../src/io/process.ts";
import { History } from "./history.ts";

const path = "/people/ann/.local/state/mq/history";

/** Files in memory, by path. */
function memoryFiles(texts: Map<string, string>): UserFiles {
  return {
    read: (file) => texts.get(file),
    append: (file, text) => texts.set(file, (texts.get(file) ?? "") + text),
    replace: (file, text) => texts.set(file, text),
  };
}

function openHistory(texts: Map<string, string>): History {
  return new History({
    files: memoryFiles(texts),
    environment: {},
    homeFolder: () => "/people/ann",
  });
}

test("lines are newest first, each once", () => {
  const texts = new Map<string, string>();
  const history = openHistory(texts);
  for (const line of ["one", "two", "one", "one", "  ", " secret"]) {
    history.add(line);
  }
  expect(history.lines).toEqual(["one", "two"]);
  expect(openHistory(texts).lines).toEqual(["one", "two"]);
  expect(texts.get(path)).toBe("one\ntwo\none\n");
});

test("secrets are masked", () => {
  const texts = new Map<string, string>();
  const history = openHistory(texts);
  history.add("broker config set broker-a tls.server.keyPassword=hunter22 listenPort=1");
  history.add("user create ann --secret-key hunter22 --yes");
  expect(history.lines).toEqual([
    "user create ann --secret-key *** --yes",
    "broker config set broker-a tls.server.keyPassword=*** listenPort=1",
  ]);
  expect(texts.get(path)).not.toContain("hunter22");
});

test("two shells side by side lose nothing", () => {
  const texts = new Map<string, string>();
  const [left, right] = [openHistory(texts), openHistory(texts)];
  left.add("left");
  right.add("right");
  left.add("left again");
  expect(openHistory(texts).lines).toEqual(["left again", "right", "left"]);
});

test("at most 5,000 lines are kept, and a file that grew is written anew", () => {
  const written = Array.from({ length: 7_000 }, (_, index) => `line ${index}`);
  const texts = new Map([[path, `${written.join("\n")}\n`]]);
  const { lines } = openHistory(texts);
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([5_000, "line 6999", "line 2000"]);
  expect(texts.get(path)?.split("\n").length).toBe(5_001);
});
