/**
 * Walks the tree of commands: each one, run with the executable, prints JSON of its schema, its recorded table without
 * colours, ends well when nobody reads, and has the exit codes of docs/cli.md where nobody answers, where something is
 * not there, and where a flag is mistyped. mode-rows.ts says how, and cli/command-tree.test.ts that no command is left out;
 * RECORD=1 writes the tables.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../support/temp-folder.ts";
import { type Printed, runCommand, runForClosedPipe, wordsOf } from "./command-run.ts";
import { modeRows } from "./mode-rows.ts";
import { type ModeStage, startModeStage } from "./mode-stage.ts";
import type { Mode, ModeRow } from "./modes/mode-row.ts";
import { normaliseText } from "./normalise.ts";
import { schemaComplaint } from "./output-schema.ts";
import { formatTranscript, parseTranscript, type StepTranscript } from "./transcript.ts";

setDefaultTimeout(60_000);

const tablesPath = join(import.meta.dir, "recorded/tables.txt");
const deadAddress = "127.0.0.1:1";
/** Longest wait of a command that was given a second for each answer. */
const downMsMax = 10_000;
/** Processes at once. */
const atOnce = 3;

let stage: ModeStage;

beforeAll(async () => {
  stage = await startModeStage(tempFolder());
});

afterAll(() => stage.stop());

interface Run {
  readonly path: string;
  readonly row: ModeRow;
}

/** Runs each command that has the mode; what is wrong with them, by command. */
async function walk(
  mode: Mode,
  look: (run: Run, path: readonly string[]) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const runs = Object.entries(modeRows).filter(([, { without }]) => without?.[mode] === undefined);
  const complaints: string[] = [];
  const queue = runs.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [path, row] of queue) {
        const complaint = await look({ path, row }, path.split(" "));
        if (complaint !== undefined) {
          complaints.push(`${path}: ${complaint}`);
        }
      }
    }),
  );
  return complaints;
}

function run(
  path: readonly string[],
  words: string,
  {
    more = [],
    variables = {},
    input,
  }: {
    readonly more?: readonly string[];
    readonly variables?: Readonly<Record<string, string>>;
    readonly input?: string | undefined;
  } = {},
): Promise<Printed> {
  const [typed, ...behind] = splitCommand(wordsOf(words, stage.names));
  return runCommand([...path, ...(typed ?? []), ...more, ...behind.flat()], {
    folder: stage.folder,
    nameserver: stage.nameserver,
    input,
    variables,
  });
}

/** Flags stand before `--`. */
function splitCommand(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.indexOf("--");
  return at < 0 ? [words] : [words.slice(0, at), words.slice(at)];
}

const isNot = (wanted: number, { exit, stderr }: Printed): string | undefined =>
  exit === wanted ? undefined : `exit code ${exit}, not ${wanted}: ${stderr}`;

test("-o json is what -o help promises, and nothing more", async () => {
  const complaints = await walk("json", async ({ row }, path) => {
    const printed = await run(path, row.ok, { more: ["-o", "json"], input: row.input });
    return isNot(row.exit ?? 0, printed) ?? (await schemaComplaint(path, printed.stdout));
  });
  expect(complaints).toEqual([]);
});

test("tables are those that were recorded, and NO_COLOR is heeded", async () => {
  const seen = new Map<string, StepTranscript>();
  const complaints = await walk("table", async ({ path: name, row }, path) => {
    const variables = { NO_COLOR: "1", FORCE_COLOR: "1" };
    const printed = await run(path, row.ok, { more: ["-o", "table"], variables, input: row.input });
    const marked = (mark: string, text: string) =>
      normaliseText(text, stage.names, row.mask).map((line) => `${mark} ${line}`.trimEnd());
    const lines = [...marked("|", printed.stdout), ...marked("!", printed.stderr)];
    seen.set(name, { name, lines });
    const hasEscapes = `${printed.stdout}${printed.stderr}`.includes("\u001b");
    return hasEscapes ? "escape bytes" : isNot(row.exit ?? 0, printed);
  });
  const inOrder = Object.keys(modeRows).flatMap((name) => seen.get(name) ?? []);
  if (process.env["RECORD"] === "1") {
    writeFileSync(tablesPath, formatTranscript(inOrder));
  }
  expect(complaints).toEqual([]);
  const recorded = existsSync(tablesPath) ? readFileSync(tablesPath, "utf8") : "";
  expect(inOrder).toEqual([...parseTranscript(recorded)]);
});

test("a reader that is gone is no error", async () => {
  const complaints = await walk("pipe", async ({ row }, path) => {
    const words = [...path, ...wordsOf(row.ok, stage.names)];
    const { folder, nameserver } = stage;
    const printed = await runForClosedPipe(words, { folder, nameserver, input: row.input });
    const isNoisy = /error|EPIPE|broken pipe/i.test(printed.stderr) && row.exit === undefined;
    return isNoisy ? printed.stderr : isNot(0, printed);
  });
  expect(complaints).toEqual([]);
});

test("where nobody answers the exit code is 5, in time", async () => {
  const complaints = await walk("down", async ({ row }, path) => {
    const startedAt = performance.now();
    const variables = { MQ_NAMESERVER: deadAddress };
    const more = ["-n", deadAddress, "--timeout", "1s", "--yes"];
    const printed = await run(path, row.ok, { more, variables, input: row.input });
    const tookMs = performance.now() - startedAt;
    return tookMs > downMsMax ? `took ${tookMs} ms` : isNot(row.downExit ?? 5, printed);
  });
  expect(complaints).toEqual([]);
});

test("what is not there is exit code 3, and standard output stays empty", async () => {
  const complaints = await walk("missing", async ({ row }, path) => {
    const printed = await run(path, row.missing ?? "", { input: row.input });
    const isCheck = path[0] === "check";
    const isSilent = printed.stdout === "" || isCheck;
    return isSilent ? isNot(row.missingExit ?? 3, printed) : `printed ${printed.stdout}`;
  });
  expect(complaints).toEqual([]);
});

test("a mistyped flag is exit code 2, and the right one is suggested", async () => {
  const complaints = await walk("flag", async ({ row }, path) => {
    const printed = await run(path, row.ok, { more: ["--outptu", "json"], input: row.input });
    const hint = printed.stderr.includes("--output")
      ? undefined
      : `no suggestion: ${printed.stderr}`;
    return isNot(2, printed) ?? (printed.stdout === "" ? hint : "printed something");
  });
  expect(complaints).toEqual([]);
});
