/** Tag expressions, as RocketMQ's clients write them. */
import { expect, test } from "bun:test";
import { javaHash } from "../../core/java-hash.ts";
import { limits } from "../../core/limits.ts";
import { parseTagExpression } from "./tag-filter.ts";

function takes(expression: string, tag: string): boolean {
  const { filter } = parseTagExpression(expression);
  return filter === undefined || filter(tag === "" ? 0 : javaHash(tag));
}

test("an expression takes its tags, and a star or nothing takes all", () => {
  for (const [expression, tag, isTaken] of [
    ["*", "a", true],
    ["", "", true],
    [" * ", "a", true],
    ["a", "a", true],
    ["a", "b", false],
    ["a", "", false],
    ["a || b", "b", true],
    ["a||b||c", "c", true],
    ["a||b||c", "d", false],
    [" || a ||  || ", "a", true],
    ["中", "中", true],
    ["FB", "Ea", true],
  ] as const) {
    expect([expression, tag, takes(expression, tag)]).toEqual([expression, tag, isTaken]);
  }
});

test("an expression of nothing but separators, or of too many tags, is refused", () => {
  const many = Array.from({ length: limits.tagsMax + 1 }, (_, index) => `t${index}`);
  for (const expression of ["||", " || || ", many.join("||")]) {
    expect(() => parseTagExpression(expression)).toThrow("an expression names 1 to");
  }
  expect(parseTagExpression(many.slice(1).join("||")).tags.length).toBe(limits.tagsMax);
});
