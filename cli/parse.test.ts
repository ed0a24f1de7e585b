/** Words to values: types, precedence, refusals. */
import { expect, test } from "bun:test";
import type { CommandSpec } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { commands } from "./commands/index.ts";
import {
  byteSize,
  choice,
  count,
  duration,
  flag,
  rate,
  text,
  texts,
  toggle,
  wholeNumber,
} from "./flag.ts";
import { globalFlagShape } from "./global-flags.ts";
import { leadingFlags, parseCommand } from "./parse.ts";

const spec: CommandSpec = {
  path: ["thing", "make"],
  summary: "make a thing",
  arguments: [
    { name: "NAME", about: "its name" },
    { name: "MORE", about: "more names", isOptional: true, isMany: true },
  ],
  flags: {
    count: flag(wholeNumber(1, 9).default(3), {
      about: "how many",
      short: "N",
      env: "THING_COUNT",
    }),
    size: flag(byteSize().optional(), { about: "how big" }),
    wait: flag(duration().optional(), { about: "how long" }),
    paint: flag(choice(["red", "blue"]).optional(), { about: "which" }),
    label: flag(texts().optional(), { about: "labels", short: "n" }),
    isNew: toggle("a new one"),
    maker: flag(text().optional(), { about: "who" }),
  },
  examples: [],
};

function read(words: string, environment: Readonly<Record<string, string>> = {}) {
  return parseCommand(spec, words.split(" "), environment);
}

function refusal(words: string, environment: Readonly<Record<string, string>> = {}): string {
  try {
    read(words, environment);
  } catch (error) {
    if (error instanceof CommandError) {
      expect(error.exitCode).toBe(2);
      return error.message;
    }
    throw error;
  }
  return "not refused";
}

test("values are read by their types", () => {
  const { input } = read("box --size 4MiB --wait 1.5s --paint blue --is-new --label a --label b");
  expect(input).toEqual({
    arguments: ["box"],
    flags: {
      count: 3,
      size: 4_194_304,
      wait: 1_500,
      paint: "blue",
      label: ["a", "b"],
      isNew: true,
      maker: undefined,
    },
    command: [],
  });
});

test("what was typed stands above the environment, and that above what is built in", () => {
  const environment = { THING_COUNT: "5", MQ_OUTPUT: "csv", MQ_YES: "true" };
  expect(read("box", environment).input.flags["count"]).toBe(5);
  expect(read("box -N 7", environment).input.flags["count"]).toBe(7);
  expect(read("box", environment).global).toMatchObject({ output: "csv", yes: true });
  expect(read("box -o json", environment).global.output).toBe("json");
  expect(read("box", { THING_COUNT: "" }).input.flags["count"]).toBe(3);
});

test("a value that is none is refused with its flag or its variable", () => {
  expect(refusal("box --count 10")).toBe("--count: '10' is no whole number of 1 to 9");
  expect(refusal("box --count 1.5")).toBe("--count: '1.5' is no whole number of 1 to 9");
  expect(refusal("box --count 1k")).toBe("--count: '1k' is no whole number of 1 to 9");
  expect(refusal("box --count k")).toBe("--count: 'k' is no whole number of 1 to 9");
  expect(refusal("box", { THING_COUNT: "x" })).toContain("THING_COUNT: 'x'");
  expect(refusal("box --size 1X")).toBe("--size: '1X' is no size: 512, 1K, 4MiB");
  expect(refusal("box --wait 5")).toBe("--wait: '5' is no duration: 250ms, 30s, 15m, 2h");
  expect(refusal("box --paint green")).toBe("--paint: 'green' is none of red, blue");
});

test("unknown flags name the one that was meant, missing and surplus words are refused", () => {
  expect(refusal("box --cuont 3")).toContain("Did you mean --count?");
  expect(refusal("--count 3")).toBe("NAME is missing: its name");
  expect(() => parseCommand({ ...spec, arguments: [] }, ["box"], {})).toThrow(
    "'box' is one word too many",
  );
});

test("a command's own letter is not the common flag's", () => {
  const { input, global } = read("box -n mine");
  expect(input.flags["label"]).toEqual(["mine"]);
  expect(global.nameserver).toBeUndefined();
});

test("words behind -- belong to another program where a command takes one", () => {
  const taking = { ...spec, takesCommand: true };
  const { input } = parseCommand(taking, ["box", "--", "ls", "--count", "x"], {});
  expect([input.arguments, input.command]).toEqual([["box"], ["ls", "--count", "x"]]);
});

test("common flags may stand before the command", () => {
  expect(leadingFlags(["-n", "a:1", "--utc", "-o=json", "topic", "list", "-q"])).toEqual([
    ["-n", "a:1", "--utc", "-o=json"],
    ["topic", "list", "-q"],
  ]);
});

test("every command's spec can be read, and agrees with the list", async () => {
  for (const { path, summary, load } of commands) {
    const { spec: own } = await load();
    expect([own.path, own.summary]).toEqual([path, summary]);
    expect(parseCommand(own, ["--help"], {}).wantsHelp).toBe("text");
    const common = Object.keys(globalFlagShape);
    expect(Object.keys(own.flags).filter((key) => common.includes(key))).toEqual([]);
    for (const example of own.examples) {
      expect(example).toContain(`mq ${path.join(" ")}`);
    }
  }
});

test("counts may end in k, M or G, and rates in /s", () => {
  expect(["0", "10k", "2M", "1g"].map((typed) => count(0).read(typed))).toEqual([
    0, 10_000, 2_000_000, 1_000_000_000,
  ]);
  expect(["50", "50/s", "2k/s"].map((typed) => rate().read(typed))).toEqual([50, 50, 2_000]);
  for (const typed of ["", "/s", "0", "-1", "1.5k", "50/m"]) {
    expect(() => rate().read(typed)).toThrow("is no whole number of 1 or more");
  }
});
