/** docs/wire/remoting.md says what the code does: its tests, its requests, its refusals. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { refusedRequests } from "../../../src/protocol/remoting/refused-request.ts";
import { requestName } from "../../../src/protocol/remoting/request-code.ts";
import { definitions } from "./definition-list.ts";

const place = new URL("../../../docs/wire/remoting.md", import.meta.url);
const page = readFileSync(place, "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the remoting document", () => {
  test("every clause has its own number and names a test that exists", () => {
    const files = new Map(
      [...page.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name, path]) => [
        name ?? "",
        path ?? "",
      ]),
    );
    const clauses = rows.filter((cells) => /^\d+(\.\d+)+$/.test(cells[1] ?? ""));
    expect(clauses.length).toBeGreaterThan(40);
    expect(new Set(clauses.map((cells) => cells[1])).size).toBe(clauses.length);
    for (const cells of clauses) {
      const tests = [...(cells.at(-2) ?? "").matchAll(/\[([^\]]+)\]/g)].map(
        ([, name]) => name ?? "",
      );
      expect(tests.length).toBeGreaterThan(0);
      for (const name of tests) {
        expect(existsSync(new URL(files.get(name) ?? "missing", place))).toBe(true);
      }
    }
  });

  test("every request that is defined is named with its code", () => {
    for (const { code, name } of definitions) {
      expect(page).toMatch(new RegExp(`${name} ${code}\\b|: (\\d+, )*${code}[,\\n]`));
    }
  });

  test("the requests that are refused are the code's, with its reasons", () => {
    const listed = rows
      .filter((cells) => /^[A-Z_0-9]+$/.test(cells[2] ?? "") && /^\d+$/.test(cells[1] ?? ""))
      .map((cells) => [Number(cells[1]), cells[2], cells[3]] as const);
    expect(listed).toEqual(
      [...refusedRequests].map(([code, reason]) => [code, requestName(code), reason] as const),
    );
  });
});
