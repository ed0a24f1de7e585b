/** Tests of lines read from files: all of them, wherever the pieces that are read end. */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBunEnvironment } from "../../../src/io/bun/environment.ts";
import { tempFolder } from "../../../test/support/temp-folder.ts";
import { fileLines } from "./file-lines.ts";

const { disk } = createBunEnvironment({ level: "error", format: "text" });
const path = join(tempFolder(), "lines");

function linesOf(text: string, bytesMax = 10_000_000) {
  writeFileSync(path, text);
  return Array.from(fileLines(disk, path, bytesMax), ({ bytes, ...line }) => ({
    ...line,
    text: bytes.toString("utf8"),
  }));
}

test("lines are read as they are, with their number and end", () => {
  expect(linesOf("")).toEqual([]);
  expect(linesOf("a\n\nü")).toEqual([
    { number: 1, end: 2, isWhole: true, text: "a" },
    { number: 2, end: 3, isWhole: true, text: "" },
    { number: 3, end: 5, isWhole: false, text: "ü" },
  ]);
});

test("a line may be longer than what is read at once", () => {
  const lines = [300_000, 5, 0, 1_000_000, 262_143, 262_144].map((length) => "x".repeat(length));
  const found = linesOf(`${lines.join("\n")}\n`);
  expect(found.map(({ text }) => text.length)).toEqual(lines.map(({ length }) => length));
  expect(found.at(-1)?.end).toBe(lines.join("\n").length + 1);
});

test("a line beyond the bound is refused with its number", () => {
  expect(() => linesOf(`a\n${"x".repeat(3_000_000)}`, 1_000)).toThrow("line 2");
});
