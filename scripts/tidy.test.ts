/** Each rule of tidy finds its fault and leaves what is right alone; the project itself is tidy. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { inspectProject } from "./tidy.ts";
import {
  compareMap,
  foldersOfMap,
  foldersOfTree,
  inspectRequests,
  refusedCodes,
  requestsOf,
} from "./tidy-map.ts";
import { inspectText, inspectWords } from "./tidy-text.ts";

describe("the text of a file", () => {
  const sound = "/** Owns one noun. */\nexport const a = 1;\n";

  test("with an opening comment is accepted", () => {
    expect(inspectText({ path: "src/core/a.ts", text: sound })).toEqual([]);
  });

  test("without an opening comment is found", () => {
    const findings = inspectText({ path: "src/core/a.ts", text: "export const a = 1;\n" });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toStartWith("src/core/a.ts:1: no opening comment");
  });

  test("may have 400 lines and no more", () => {
    const comment = "/** Long. */\n";
    const text = comment + "const a = 1;\n".repeat(399);
    expect(inspectText({ path: "src/core/a.ts", text })).toEqual([]);
    expect(inspectText({ path: "src/core/a.ts", text: `${text}const b = 2;\n` })).toEqual([
      "src/core/a.ts: 401 lines; 400 is the limit",
    ]);
  });

  test("may not name a registry or a folder of one machine, in any kind of file", () => {
    const host = ["registry", "npmjs", "org"].join(".");
    expect(inspectText({ path: "bun.lock", text: `{\n "x": "https://${host}/x"\n}` })).toHaveLength(
      1,
    );
    const folder = ["", "root", ""].join("/");
    expect(inspectText({ path: "docs/a.md", text: `Type\ncd ${folder}project\n` })).toEqual([
      `docs/a.md:2: ${folder} belongs to one machine or network`,
    ]);
  });
});

describe("a word with a ratchet", () => {
  const rule = { word: "Math.random", scope: "product", allowed: 1, instead: "chance" } as const;
  const use = (path: string) => ({ path, text: "a;\nconst b = Math.random();\n" });

  test("may stand as often as allowed", () => {
    expect(inspectWords([use("src/a.ts")], [rule])).toEqual([]);
  });

  test("is found where it stands once more", () => {
    const findings = inspectWords([use("src/a.ts"), use("cli/b.ts")], [rule]);
    expect(findings).toEqual(['"Math.random" 2×, 1 allowed (chance): src/a.ts:2, cli/b.ts:2']);
  });

  test("has its ratchet turned when it stands less often", () => {
    expect(inspectWords([], [rule])).toEqual([
      '"Math.random" 0×: set its ratchet to that, 1 is over',
    ]);
  });

  test("of the product is no concern of tests", () => {
    expect(inspectWords([use("src/a.ts"), use("src/a.test.ts"), use("test/b.ts")], [rule])).toEqual(
      [],
    );
  });
});

describe("the map", () => {
  const document = [
    "```",
    "src/core/       Words.",
    "src/io/bun/     Bun.",
    "```",
    "See `src/app/`.",
  ];

  test("names the folders at the beginning of its lines", () => {
    expect([...foldersOfMap(document.join("\n"))]).toEqual(["src/core", "src/io/bun"]);
  });

  test("and the tree are compared in both directions", () => {
    const tree = foldersOfTree(["src/core/a.ts", "src/store/b.ts", "docs/x.md"]);
    expect(compareMap(foldersOfMap(document.join("\n")), tree)).toEqual([
      "docs/architecture.md: the map lacks src/store",
      "docs/architecture.md: the map names src/io/bun, which is not there",
    ]);
  });

  test("that names nothing is itself a finding", () => {
    expect(compareMap(foldersOfMap(""), new Set(["src/core"]))).toHaveLength(1);
  });
});

describe("a request", () => {
  const text =
    'export const pullMessage = defineRequest({\n  code: 11,\n  name: "PULL_MESSAGE",\n});\n' +
    'export const endTransaction = defineRequest({ code: 37, name: "END_TRANSACTION" });\n';
  const requests = requestsOf("requests/a.ts", text);

  test("is found with its name and code", () => {
    expect(requests).toEqual([
      { name: "pullMessage", code: 11, path: "requests/a.ts" },
      { name: "endTransaction", code: 37, path: "requests/a.ts" },
    ]);
  });

  test("needs a handler or a row among the refused ones", () => {
    const handlerTexts = ["handle(pullMessage, () => ({}))"];
    const clauses =
      "## 9 Refused on purpose\n| code | why |\n|---|---|\n| 37 | none yet |\n## 10 Next\n| 11 | x |";
    expect(refusedCodes(clauses)).toEqual(new Set([37]));
    expect(inspectRequests({ requests, handlerTexts, refused: refusedCodes(clauses) })).toEqual([]);
    const findings = inspectRequests({ requests, handlerTexts, refused: new Set() });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toStartWith("requests/a.ts: endTransaction (37) has no handler");
  });

  test("shares its code with no other", () => {
    const twice = [...requests, { name: "again", code: 11, path: "requests/b.ts" }];
    const handlerTexts = ["pullMessage endTransaction again"];
    expect(inspectRequests({ requests: twice, handlerTexts, refused: new Set() })).toEqual([
      "requests/b.ts: again has the code 11, and so has pullMessage",
    ]);
  });

  test("that cannot be found at all is a finding: nothing was inspected", () => {
    expect(inspectRequests({ requests: [], handlerTexts: [], refused: new Set() })).toHaveLength(1);
  });
});

test("the project is tidy", () => {
  const { findings, fileCount } = inspectProject(join(import.meta.dir, ".."));
  expect(findings).toEqual([]);
  expect(fileCount).toBeGreaterThan(100);
});
