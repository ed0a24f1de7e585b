/** Runs the steps with each version of mqadmin against one server; what they print becomes observations. */
import { join } from "node:path";
import type { ObservationLog, Observer } from "../observations.ts";
import { adminScenario } from "../scenarios.ts";
import type { Tally } from "../tally.ts";
import type { Target } from "../target.ts";
import { type AdminNames, adminLines } from "./admin-output.ts";
import {
  type AdminProgram,
  buildAdminProgram,
  startAdminProgram,
  toolVersions,
} from "./admin-program.ts";
import { type AdminStep, adminSteps } from "./admin-steps.ts";

/** As the observations name the tools. */
export const adminVariants: readonly Observer[] = toolVersions.map((version) => {
  const name = `mqadmin ${version}`;
  return { name, family: name, scenarios: [adminScenario] };
});

const stepTimeoutMs = 40_000;
const askAgainMs = 200;

export interface AdminSessionOptions {
  readonly target: Target;
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly tally: Tally;
  readonly log: ObservationLog;
  readonly note: (text: string) => void;
}

/** Both versions side by side: each has topics and groups of its own. */
export async function runAdminSession(options: AdminSessionOptions): Promise<void> {
  await Promise.all(toolVersions.map((version) => runTool(version, options)));
}

async function runTool(version: string, options: AdminSessionOptions): Promise<void> {
  const { target, cacheFolder, runFolder, tally, note } = options;
  const startedAt = performance.now();
  const names: AdminNames = {
    nameserver: target.nameserver,
    broker: target.broker,
    prefix: `adm${version.replaceAll(".", "")}`,
  };
  const program = await startAdminProgram({
    classPath: await buildAdminProgram(version, cacheFolder),
    nameserver: target.nameserver,
    folder: join(runFolder, `mqadmin-${version}`),
  });
  const where = `mqadmin ${version}`;
  try {
    await runSteps(program, version, names, options);
    tally.count(where, { what: "every step runs to its end", isOk: true, detail: "" });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    tally.count(where, { what: "every step runs to its end", isOk: false, detail });
  } finally {
    await program.end();
  }
  note(`${where} took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Ids of the first message that was sent: where it lies, and what its producer called it. */
interface FirstMessage {
  id: string;
  key: string;
}

async function runSteps(
  program: AdminProgram,
  version: string,
  names: AdminNames,
  { log }: AdminSessionOptions,
): Promise<void> {
  const first: FirstMessage = { id: "", key: "" };
  for (const step of adminSteps) {
    if (step.versions?.includes(version) === false) {
      continue;
    }
    const text = await outcomeOf(program, step, names, first);
    if (step.command.startsWith("@produce") && first.id === "") {
      const [id = "", key = ""] = (text.split("\n")[0] ?? "").split(" ");
      first.id = id;
      first.key = key;
    }
    if (step.isSilent !== true) {
      log.add(`mqadmin ${version}`, `admin: ${step.label}`, countingLines(text, step, names));
    }
  }
  await program.run(["@end"]);
}

/** The command's output; of one that waits for something, the last before that or before its time is over. */
async function outcomeOf(
  program: AdminProgram,
  step: AdminStep,
  names: AdminNames,
  first: FirstMessage,
): Promise<string> {
  const words = step.command
    .replaceAll("$NS", names.nameserver)
    .replaceAll("$BROKER", names.broker)
    .replaceAll("$P", names.prefix)
    .replaceAll("$ID", first.id)
    .replaceAll("$KEY", first.key)
    .split(" ");
  const giveUpAt = performance.now() + stepTimeoutMs;
  const { until } = step;
  let text = await program.run(words);
  while (
    until !== undefined &&
    performance.now() < giveUpAt &&
    !adminLines(text, names).some((line) => until.test(line))
  ) {
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    text = await program.run(words);
  }
  return text;
}

function countingLines(text: string, step: AdminStep, names: AdminNames): readonly string[] {
  const lines = adminLines(text, names)
    .filter((line) => step.keep?.test(line) ?? true)
    .map((line) => (step.cut === undefined ? line : line.replace(step.cut, "").trim()));
  return step.isUnordered === true ? [...lines].sort() : lines;
}
