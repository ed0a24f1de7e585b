/** Asks the official mqadmin 5.5.0 and `mq mqadmin` the same of one cluster and compares what they print. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AdminProgram, buildAdminProgram, startAdminProgram } from "../admin/admin-program.ts";
import type { Tally } from "../tally.ts";
import type { Target } from "../target.ts";
import { comparable, firstDifference, withoutErrors } from "./compat-output.ts";
import type { CompatStep } from "./compat-step.ts";
import { ourText } from "./our-tool.ts";

const version = "5.5.0";
const stepTimeoutMs = 40_000;
const askAgainMs = 200;
const prefix = "cmp";

export interface CompatOptions {
  readonly target: Pick<Target, "nameserver" | "broker">;
  /** What else is put into the words, by `$NAME`. */
  readonly names?: Readonly<Record<string, string>>;
  readonly executable: string;
  readonly cacheFolder: string;
  /** Where the tools write; it is made, and gets a link to the executable. */
  readonly folder: string;
  readonly tally: Tally;
  readonly note: (text: string) => void;
  /** What the findings are counted under. */
  readonly title: string;
  /** What is asked, in this order, of a cluster that nobody else asks. */
  readonly steps: readonly CompatStep[];
  /** Files that steps read, by their names. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Called when one of the tools has answered: what it sent since the last call, which both must do alike. */
  readonly sent?: () => string;
}

/** Names that only one of the two tools uses; of the same length, so that columns stay where they are. */
const owners = { official: "cmpo", ours: "cmpm" } as const;

interface Ids {
  id: string;
  key: string;
}

export async function runCompatSession(options: CompatOptions): Promise<void> {
  const { target, executable, cacheFolder, folder, tally, note, title, steps } = options;
  const startedAt = performance.now();
  const program = await startAdminProgram({
    classPath: await buildAdminProgram(version, cacheFolder),
    nameserver: target.nameserver,
    folder,
  });
  for (const [name, text] of Object.entries(options.files ?? {})) {
    writeFileSync(join(folder, name), text);
  }
  // Called by that name, the executable is that tool.
  symlinkSync(executable, join(folder, "mqadmin"));
  const ids: Ids = { id: "", key: "" };
  try {
    for (const step of steps) {
      await runStep(step, program, ids, options);
    }
    await program.run(["@end"]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    tally.count(title, { what: "every step runs to its end", isOk: false, detail });
  } finally {
    await program.end();
  }
  note(`${title} took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function runStep(
  step: CompatStep,
  program: AdminProgram,
  ids: Ids,
  { target, names = {}, executable, folder, tally, title, sent }: CompatOptions,
): Promise<void> {
  const filled = (text: string, own: string): string =>
    Object.entries(names)
      .reduce((done, [name, value]) => done.replaceAll(name, value), text)
      .replaceAll("$DIR", folder)
      .replaceAll("$NS", target.nameserver)
      .replaceAll("$BROKER", target.broker)
      .replaceAll("$P", prefix)
      .replaceAll("$X", own)
      .replaceAll("$ID", ids.id)
      .replaceAll("$KEY", ids.key);
  const wordsFor = (own: string): readonly string[] => filled(step.command, own).split(" ");
  if (step.command.startsWith("mq ")) {
    const [, ...words] = wordsFor(owners.ours);
    const { code, text, errors } = await ourText([executable, ...words], folder);
    const isOk = code === 0 && (step.says?.test(text) ?? true);
    tally.count(title, { what: step.command, isOk, detail: `${code}: ${errors}${text}` });
    return;
  }
  const official = await officialText(program, step, wordsFor(owners.official));
  const sentByOfficial = sent?.() ?? "";
  if (step.command.startsWith("@")) {
    if (step.command.startsWith("@produce") && ids.id === "") {
      const [id = "", key = ""] = (official.split("\n")[0] ?? "").split(" ");
      Object.assign(ids, { id, key });
    }
    return;
  }
  // The plus tells the Java program to wait until the tool has closed its client.
  const ownWords = wordsFor(owners.ours).map((word, at) =>
    at === 0 ? word.replace(/^\+/, "") : word,
  );
  const ours = await ourText([join(folder, "mqadmin"), ...ownWords], folder);
  const filesOf = (printed: string, own: string): readonly string[] => [
    ...(step.files ?? []).map((path) => written(filled(path, own))),
    ...(step.printedFiles === undefined ? [] : (printed.match(step.printedFiles) ?? [])).map(
      written,
    ),
  ];
  const theirs = hidden(step, [official, ...filesOf(official, owners.official)]) + sentByOfficial;
  const mine = hidden(step, [ours.text, ...filesOf(ours.text, owners.ours)]) + (sent?.() ?? "");
  const isSame = theirs === mine;
  const isOk = isSame && (ours.code === 0) === (step.fails !== true);
  const difference = isSame ? `exit code ${ours.code}` : firstDifference(theirs, mine);
  const detail = `${difference}; ${ours.errors}`;
  tally.count(title, { what: step.command, isOk, detail });
  if (step.says !== undefined) {
    const what = `${step.command}: what was sent`;
    tally.count(title, { what, isOk: step.says.test(official), detail: official });
  }
}

/** What is compared of what a tool printed and of the files that it wrote. */
function hidden(step: CompatStep, [printed = "", ...files]: readonly string[]): string {
  const isPart = step.fails === true || step.complains === true;
  const text = [isPart ? withoutErrors(printed) : printed, ...files].join("\n");
  // A list shows the names of both tools: the one that is asked first must not know its own from the other's.
  const masked = comparable(comparable(text, owners.official), owners.ours);
  return step.mask === undefined ? masked : masked.replace(step.mask, "#");
}

function written(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : `nothing at ${path}`;
}

/** What the official tool printed, asked again until it fits what the step waits for. */
async function officialText(
  program: AdminProgram,
  { until }: CompatStep,
  words: readonly string[],
): Promise<string> {
  const giveUpAt = performance.now() + stepTimeoutMs;
  let text = await program.run(words);
  while (until !== undefined && !until.test(text) && performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    text = await program.run(words);
  }
  return text;
}
