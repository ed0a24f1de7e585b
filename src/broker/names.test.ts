/** Which names topics and groups may have. */
import { expect, test } from "bun:test";
import { MqError } from "../core/error.ts";
import { checkGroupName, checkTopicName, isClosedTopic, isSystemTopic } from "./names.ts";

function isRefused(check: (name: string) => void, name: string): boolean {
  try {
    check(name);
    return false;
  } catch (error) {
    return error instanceof MqError && error.kind === "parameter_invalid";
  }
}

test("names are made of letters, digits, underscore, hyphen, percent sign and bar, and nothing else", () => {
  for (let unit = 0; unit < 0x300; unit++) {
    const character = String.fromCharCode(unit);
    const isAllowed = /^[%|a-zA-Z0-9_-]$/.test(character);
    expect([character, isRefused(checkTopicName, `a${character}`)]).toEqual([
      character,
      !isAllowed,
    ]);
  }
});

test("names have a length: 127 for topics, 255 for retry and dead-letter topics, 120 for groups", () => {
  expect(isRefused(checkTopicName, "t".repeat(127))).toBe(false);
  expect(isRefused(checkTopicName, "t".repeat(128))).toBe(true);
  expect(isRefused(checkTopicName, `%RETRY%${"g".repeat(248)}`)).toBe(false);
  expect(isRefused(checkTopicName, `%DLQ%${"g".repeat(251)}`)).toBe(true);
  expect(isRefused(checkGroupName, "g".repeat(120))).toBe(false);
  expect(isRefused(checkGroupName, "g".repeat(121))).toBe(true);
  expect(isRefused(checkTopicName, "")).toBe(true);
});

test("the template is the system's, yet clients may send to it; the system's records are closed", () => {
  expect([isSystemTopic("TBW102"), isClosedTopic("TBW102")]).toEqual([true, false]);
  expect([isSystemTopic("rmq_sys_x"), isClosedTopic("rmq_sys_x")]).toEqual([true, true]);
  expect([isSystemTopic("orders"), isClosedTopic("orders")]).toEqual([false, false]);
});
