/** Tables that come in pages, from brokers with and without them, and while they change. */
import { expect, test } from "bun:test";
import { type MetadataPage, readPages } from "./metadata-pages.ts";

const version = { counter: 1, stateVersion: 0, timestamp: 7 };

function page(rows: readonly string[], total?: number, counter = 1): MetadataPage<string> {
  return { dataVersion: { ...version, counter }, rows, total };
}

async function read(pages: readonly MetadataPage<string>[]) {
  const asked: (readonly [number, string])[] = [];
  const left = [...pages];
  const { rows } = await readPages<string, MetadataPage<string>>((first, text) => {
    asked.push([first, text === "" ? "" : String(JSON.parse(text).counter)]);
    return Promise.resolve(left.shift() ?? page([], 0));
  });
  return { rows, asked };
}

test("a broker without pages is asked once, one with pages until all is there", async () => {
  expect(await read([page(["a", "b"])])).toEqual({ rows: ["a", "b"], asked: [[0, ""]] });
  expect(await read([page(["a", "b"], 3), page(["c"], 3)])).toEqual({
    rows: ["a", "b", "c"],
    asked: [
      [0, ""],
      [2, "1"],
    ],
  });
});

test("a table that changes meanwhile is read again from its beginning", async () => {
  const { rows, asked } = await read([
    page(["a"], 2),
    page(["b"], 3, 2),
    page(["a", "b", "c"], 3, 2),
  ]);
  expect([rows, asked.map(([first]) => first)]).toEqual([
    ["a", "b", "c"],
    [0, 1, 0],
  ]);
});

test("a broker that promises more than it has, or never stands still, holds nobody up", async () => {
  expect((await read([page(["a"], 9), page([], 9)])).rows).toEqual(["a"]);
  const changing = Array.from({ length: 40 }, (_, count) => page(["a"], 2, count));
  await expect(read(changing)).rejects.toThrow("change faster");
});
