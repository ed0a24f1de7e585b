/** Asks the official mqadmin 5.5.0 and `mq mqadmin` the same of one cluster and compares what they print. */
import { spawn } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AdminProgram, buildAdminProgram, startAdminProgram } from "../admin/admin-program.ts";
import type { Tally } from "../tally.ts";
import type { Target } from "../target.ts";
import { comparable, firstDifference, withoutErrors } from "./compat-output.ts";
import { type CompatStep, compatFiles, compatSteps } from "./compat-steps.ts";

const version = "5.5.0";
const stepTimeoutMs = 40_000;
const askAgainMs = 200;
const prefix = "cmp";

export interface CompatOptions {
  readonly target: Target;
  readonly executable: string;
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly tally: Tally;
  readonly note: (text: string) => void;
}

/** Names that only one of the two tools uses; of the same length, so that columns stay where they are. */
const owners = { official: "cmpo", ours: "cmpm" } as const;

interface Ids {
  id: string;
  key: string;
}

export async function runCompatSession(options: CompatOptions): Promise<void> {
  const { target, executable, cacheFolder, runFolder, tally, note } = options;
  const startedAt = performance.now();
  const program = await startAdminProgram({
    classPath: await buildAdminProgram(version, cacheFolder),
    nameserver: target.nameserver,
    folder: join(runFolder, "mqadmin-compat"),
  });
  for (const [name, text] of Object.entries(compatFiles)) {
    writeFileSync(join(runFolder, "mqadmin-compat", name), text);
  }
  // Called by that name, the executable is that tool.
  symlinkSync(executable, linkIn(runFolder));
  const ids: Ids = { id: "", key: "" };
  try {
    for (const step of compatSteps) {
      await runStep(step, program, ids, options);
    }
    await program.run(["@end"]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    tally.count("mqadmin compared", { what: "every step runs to its end", isOk: false, detail });
  } finally {
    await program.end();
  }
  note(`mqadmin compared took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function linkIn(runFolder: string): string {
  return join(runFolder, "mqadmin-compat", "mqadmin");
}

async function runStep(
  step: CompatStep,
  program: AdminProgram,
  ids: Ids,
  { target, runFolder, tally }: CompatOptions,
): Promise<void> {
  const wordsFor = (own: string): readonly string[] =>
    step.command
      .replaceAll("$DIR", join(runFolder, "mqadmin-compat"))
      .replaceAll("$NS", target.nameserver)
      .replaceAll("$BROKER", target.broker)
      .replaceAll("$P", prefix)
      .replaceAll("$X", own)
      .replaceAll("$ID", ids.id)
      .replaceAll("$KEY", ids.key)
      .split(" ");
  const official = await officialText(program, step, wordsFor(owners.official));
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
  const ours = await ourText([linkIn(runFolder), ...ownWords], runFolder);
  const masked = (shown: string, own: string): string => {
    const isPart = step.fails === true || step.complains === true;
    const result = comparable(isPart ? withoutErrors(shown) : shown, own);
    return step.mask === undefined ? result : result.replace(step.mask, "#");
  };
  // A list shows the names of both tools: the one that is asked first must not know its own from the other's.
  const hide = (shown: string): string => masked(masked(shown, owners.official), owners.ours);
  const [theirs, mine] = [hide(official), hide(ours.text)];
  const isSame = theirs === mine;
  const isOk = isSame && (ours.code === 0) === (step.fails !== true);
  const difference = isSame ? `exit code ${ours.code}` : firstDifference(theirs, mine);
  const detail = `${difference}; ${ours.errors}`;
  tally.count("mqadmin compared", { what: step.command, isOk, detail });
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

interface Printed {
  readonly text: string;
  readonly errors: string;
  readonly code: number;
}

async function ourText(command: readonly string[], folder: string): Promise<Printed> {
  const [executable = "", ...words] = command;
  const child = spawn(executable, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), stepTimeoutMs);
  const [text, errors, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number>((resolve) => {
      child.once("error", () => resolve(-1));
      child.once("close", (ended) => resolve(ended ?? -1));
    }),
  ]);
  clearTimeout(timer);
  return { text, errors, code };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += chunk.toString();
  }
  return text;
}
