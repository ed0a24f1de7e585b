/** The renderer, mode by mode. */
import { expect, test } from "bun:test";
import { recordingTerminal } from "../../test/support/recording-terminal.ts";
import { CommandError } from "../command-error.ts";
import { parseGlobalFlags } from "../parse.ts";
import type { Listing } from "./listing.ts";
import { Output } from "./output.ts";

const listing: Listing = {
  kind: "TopicList",
  noun: "topic",
  nameKey: "name",
  columns: [
    { key: "name", head: "NAME" },
    { key: "messages", head: "MESSAGES", align: "right" },
    { key: "note", head: "NOTE", isWide: true },
  ],
  items: [
    { name: "orders", messages: 1_204_000, note: 'a "quoted", note' },
    { name: "支付", messages: 7, note: "bell \u0007 and\nline" },
  ],
  summary: "2 topics",
};

async function show(
  words: string,
  { isTerminal = false, variables = {} } = {},
): Promise<{ data: string; notes: string }> {
  const terminal = recordingTerminal({ isTerminal });
  const global = parseGlobalFlags(words.split(" ").filter(Boolean), {});
  await new Output({ terminal, global, variables }).list(listing);
  return { data: terminal.data(), notes: terminal.notes() };
}

test("a table on a terminal, JSON lines elsewhere", async () => {
  expect(await show("--color never", { isTerminal: true })).toEqual({
    data: "NAME     MESSAGES\norders  1,204,000\n支付            7\n",
    notes: "2 topics\n",
  });
  expect((await show("")).data).toBe(
    '{"name":"orders","messages":1204000,"note":"a \\"quoted\\", note"}\n' +
      '{"name":"支付","messages":7,"note":"bell \\u0007 and\\nline"}\n',
  );
});

test("raw numbers are those of JSON", async () => {
  expect((await show("-o table --no-header --raw-numbers")).data).toBe(
    "orders  1204000\n支付          7\n",
  );
});

test("a message cannot drive the terminal", async () => {
  const { data } = await show("-o wide --no-header");
  expect(data).toBe(
    'orders  1,204,000  a "quoted", note\n支付            7  bell \\u0007 and\\nline\n',
  );
});

test("each mode has its form", async () => {
  const { items } = listing;
  expect(JSON.parse((await show("-o json")).data)).toEqual({
    apiVersion: "mq/v1",
    kind: "TopicList",
    items,
    truncated: false,
    nextCursor: null,
    errors: [],
  });
  expect((await show("-o name")).data).toBe("topic/orders\ntopic/支付\n");
  expect((await show("-o csv")).data).toBe(
    'name,messages,note\norders,1204000,"a ""quoted"", note"\n支付,7,"bell \u0007 and\nline"\n',
  );
  expect((await show("-o csv --no-header --columns messages")).data).toBe("1204000\n7\n");
  expect((await show("-o template={{.name}}:{{.messages}}")).data).toBe("orders:1204000\n支付:7\n");
  const documents = (await show("-o yaml")).data.split("---\n").slice(1);
  expect(documents.map((each) => Bun.YAML.parse(each))).toEqual([...items]);
});

test("rows are sorted, and a list that was cut says so", async () => {
  expect((await show("-o name --sort messages")).data).toBe("topic/支付\ntopic/orders\n");
  expect((await show("-o name --sort -messages")).data).toBe("topic/orders\ntopic/支付\n");
  expect((await show("-o json --limit 1")).data).toContain('"truncated":true');
  expect((await show("-o table --limit 1")).notes).toContain("1 of 2 rows (--limit)");
});

test("quiet output has no notes, unknown formats and columns are refused", async () => {
  expect((await show("-q -o table")).notes).toBe("");
  expect(show("-o xml")).rejects.toThrow("--output 'xml' is none of");
  expect(show("-o table --columns nope")).rejects.toThrow("'nope' is none of");
});

test("colours follow flag, NO_COLOR, FORCE_COLOR, CLICOLOR and terminal in that order", async () => {
  const isColored = async (words: string, variables: object, isTerminal: boolean) =>
    (await show(`-o table ${words}`, { isTerminal, variables })).data.includes("\u001b[1m");
  expect(await isColored("", {}, true)).toBe(true);
  expect(await isColored("", {}, false)).toBe(false);
  expect(await isColored("", { TERM: "dumb" }, true)).toBe(false);
  expect(await isColored("", { CLICOLOR: "0" }, true)).toBe(false);
  expect(await isColored("", { FORCE_COLOR: "1", CLICOLOR: "0" }, false)).toBe(true);
  expect(await isColored("", { NO_COLOR: "1", FORCE_COLOR: "1" }, true)).toBe(false);
  expect(await isColored("--color always", { NO_COLOR: "1" }, false)).toBe(true);
  expect(await isColored("--color never", { FORCE_COLOR: "1" }, true)).toBe(false);
});

test("an error is a line with its code, or JSON for whoever asked for JSON", () => {
  const error = new CommandError("MQ-E-NOROUTE", 3, "no route", { hint: "try", remoteCode: 17 });
  const shown = (words: string[]): string => {
    const terminal = recordingTerminal({ isTerminal: false });
    const global = parseGlobalFlags(words, {});
    new Output({ terminal, global, variables: {} }).error(error);
    expect(terminal.data()).toBe("");
    return terminal.notes();
  };
  expect(shown([])).toBe("error[MQ-E-NOROUTE]: no route\nhint: try\n");
  expect(JSON.parse(shown(["-o", "jsonl"]))).toEqual({
    kind: "Error",
    code: "MQ-E-NOROUTE",
    message: "no route",
    hint: "try",
    remoteCode: 17,
  });
});

test("the last result is remembered as data, a stream up to a bound", async () => {
  const terminal = recordingTerminal({ isTerminal: false });
  let last: unknown;
  const remember = (result: unknown): void => {
    last = result;
  };
  const global = parseGlobalFlags([], {});
  const output = new Output({ terminal, global, variables: {}, remember });
  for (let index = 0; index < 1_500; index++) {
    output.row({ index }, { columns: [], nameKey: "index", noun: "row" });
  }
  expect((last as { items: unknown[] }).items.length).toBe(1_000);
  await output.list(listing);
  expect(last).toMatchObject({ kind: "TopicList", items: listing.items });
});
