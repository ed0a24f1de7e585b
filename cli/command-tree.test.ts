/** What holds for every command there is, read from its spec. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { modeRows } from "../test/toolkit/mode-rows.ts";
import type { CommandSpec } from "./command.ts";
import { CommandList } from "./command-list.ts";
import { commands } from "./commands/index.ts";
import { commandHelp, helpText } from "./help.ts";
import { parseCommand } from "./parse.ts";
import { splitLine } from "./shell/words.ts";

/** Commands whose output is what they run: servers, programs, other commands. */
const withoutData = new Set([
  "broker start",
  "broker stop",
  "dev",
  "nameserver start",
  "nameserver stop",
  "shell",
  "standalone start",
  "standalone stop",
]);

const specs: readonly CommandSpec[] = await Promise.all(
  commands.map(async ({ load }) => (await load()).spec),
);
const list = new CommandList(commands);

test("each entry of the list is the command it loads", () => {
  expect(commands.map(({ path, summary }) => [path.join(" "), summary])).toEqual(
    specs.map(({ path, summary }) => [path.join(" "), summary]),
  );
});

test("each command has help with a summary, and what it takes is explained", () => {
  for (const spec of specs) {
    const { path, summary, flags, arguments: words = [] } = spec;
    expect(commandHelp(spec)).toContain(`Usage: mq ${path.join(" ")}`);
    expect(summary).toMatch(/^[a-z].*[^.]$/);
    const abouts = [...words, ...Object.values(flags).map(({ details }) => details)];
    expect(abouts.filter(({ about }) => about.trim() === "")).toEqual([]);
  }
});

test("each command has examples that its own parser accepts", () => {
  for (const { path, examples } of specs) {
    expect([path.join(" "), examples.length]).not.toEqual([path.join(" "), 0]);
    for (const example of examples) {
      for (const words of exampleWords(example)) {
        const found = list.find(words);
        expect([example, found?.entry.path.join(" ")]).not.toEqual([example, undefined]);
        const spec = specs[commands.findIndex(({ path }) => path === found?.entry.path)];
        if (spec !== undefined) {
          parseCommand(spec, words.slice(found?.length), {});
        }
      }
    }
  }
});

test("each command that prints data has a schema of it", async () => {
  const missing = specs.filter(({ output }) => output === undefined).map(({ path }) => path);
  expect(missing.map((path) => path.join(" ")).sort()).toEqual([...withoutData].sort());
  for (const spec of specs.filter(({ output }) => output !== undefined)) {
    expect(JSON.parse(await helpText(spec, "schema"))).toHaveProperty("$schema");
  }
});

test("each command is run by an integration test", async () => {
  const files = [...new Glob("*.test.ts").scanSync("test/integration")];
  const texts = await Promise.all(files.map((file) => Bun.file(`test/integration/${file}`).text()));
  const source = texts.join("\n");
  const without = specs.filter(({ path }) => {
    const words = path.map((word) => word.replace(/[_-]/g, "[_-]"));
    return !new RegExp(`(?:\\[\\s*"|mq |\\(["'\`])${words.join('(?:", *\\s*"| )')}["'\`\\s]`).test(
      source,
    );
  });
  expect(without.map(({ path }) => path.join(" "))).toEqual([]);
});

test("each command is run in every mode that it has: test/toolkit/mode-rows.ts", () => {
  expect(Object.keys(modeRows).sort()).toEqual(commands.map(({ path }) => path.join(" ")).sort());
  for (const [path, { missing, without = {} }] of Object.entries(modeRows)) {
    expect([path, missing === undefined && without.missing === undefined]).toEqual([path, false]);
    const empty = Object.values(without).filter((reason) => reason.length < 5);
    expect([path, empty]).toEqual([path, []]);
  }
});

/** The commands of `mq` in an example, without that word; what runs before and behind belongs to the system's shell. */
function exampleWords(example: string): readonly (readonly string[])[] {
  return example.split(/\s\|\s/).flatMap((part) => {
    const [first, ...words] = splitLine(part.replace(/\s[<&].*$/, ""))[0]?.words ?? [];
    return first === "mq" ? [words] : [];
  });
}
