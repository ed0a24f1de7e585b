/** Lines taken apart as sh does. */
import { expect, test } from "bun:test";
import { openWord, splitLine } from "./words.ts";

test("words are split as sh splits them", () => {
  expect(splitLine(`topic produce  orders --value 'a "b" $c' "d\\"e\\f" g\\ h''i`)).toEqual([
    {
      words: ["topic", "produce", "orders", "--value", 'a "b" $c', 'd"e\\f', "g hi"],
      rest: undefined,
    },
  ]);
});

test("an empty word in quotes is a word", () => {
  expect(splitLine(`a '' ""`)).toEqual([{ words: ["a", "", ""], rest: undefined }]);
});

test("semicolons stand between commands, comments and empty ones vanish", () => {
  expect(splitLine("a b; ;c';' # d; e")).toEqual([
    { words: ["a", "b"], rest: undefined },
    { words: ["c;"], rest: undefined },
  ]);
  expect(splitLine("  # only a comment")).toEqual([]);
  expect(splitLine("a#b")).toEqual([{ words: ["a#b"], rest: undefined }]);
});

test("what follows a pipe or an arrow is left as it was typed, up to the next command", () => {
  expect(splitLine(`a | grep 'x;y' | wc -l; b >> "c d"; e>f`)).toEqual([
    { words: ["a"], rest: "| grep 'x;y' | wc -l" },
    { words: ["b"], rest: '>> "c d"' },
    { words: ["e"], rest: ">f" },
  ]);
});

test("what sh can do and this cannot is refused", () => {
  for (const line of ["a & b", "a && b", "a < b", "'a", '"a', "| b", "a | 'b"]) {
    expect(() => splitLine(line)).toThrow();
  }
});

test("the word before the cursor is known in any quotes", () => {
  expect(openWord("")).toEqual({ before: [], word: "", typed: "" });
  expect(openWord("topic de")).toEqual({ before: ["topic"], word: "de", typed: "de" });
  expect(openWord("topic ")).toEqual({ before: ["topic"], word: "", typed: "" });
  expect(openWord(`a; b "c d`)).toEqual({ before: ["b"], word: "c d", typed: '"c d' });
  expect(openWord("a;")).toEqual({ before: [], word: "", typed: "" });
  expect(openWord("a | gr")).toBeUndefined();
  expect(openWord("a # b")).toBeUndefined();
});
