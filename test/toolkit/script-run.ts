/** Runs the script against one cluster, command by command, and keeps what each printed. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Actions } from "./actions.ts";
import type { Cluster } from "./cluster.ts";
import { type Printed, runCommand, wordsOf } from "./command-run.ts";
import { normaliseText } from "./normalise.ts";
import { schemaComplaint } from "./output-schema.ts";
import { type CommandStep, isCommand, type Step, stepNames } from "./step.ts";
import type { StepTranscript } from "./transcript.ts";

export interface ScriptRunOptions {
  readonly steps: readonly Step[];
  readonly cluster: Cluster;
  /** Of this run: the commands' home and working folder. */
  readonly folder: string;
  /** Holds mq's values against those of the official tool, in the middle of the script. */
  readonly askOfficially?: ((cluster: Cluster) => Promise<void>) | undefined;
}

/** What one step printed, and what of it the step itself finds wrong. */
export interface StepResult extends StepTranscript {
  readonly exit: number;
  /** Why this is not what the step waits for; undefined when it is. */
  readonly complaint?: string;
}

/** Nobody listens there: port 1 is for root, and nobody uses it. */
const deadAddress = "127.0.0.1:1";
const untilTimeoutMs = 20_000;
const askAgainMs = 100;

/** All steps in their order. Rejects when an action fails: what follows would mean nothing. */
export async function runScript(options: ScriptRunOptions): Promise<readonly StepResult[]> {
  const { steps, cluster } = options;
  const folder = join(options.folder, "home");
  mkdirSync(folder, { recursive: true });
  const names = new Map([
    ["NAMESERVER", cluster.nameserver],
    ["BROKER", cluster.broker],
    ["DOWN", deadAddress],
    ["DIR", folder],
  ]);
  const actions = new Actions(cluster, options.askOfficially);
  const titles = stepNames(steps);
  const results: StepResult[] = [];
  try {
    for (const step of steps) {
      if (isCommand(step)) {
        results.push(
          await runStep(step, titles[results.length] ?? "", names, { ...options, folder }),
        );
      } else {
        await actions.run(step.action);
      }
    }
  } finally {
    await actions.close();
  }
  return results;
}

async function runStep(
  step: CommandStep,
  name: string,
  names: Map<string, string>,
  options: ScriptRunOptions,
): Promise<StepResult> {
  const words = wordsOf(step.run, names);
  const giveUpAt = performance.now() + untilTimeoutMs;
  const hasCome = ({ stdout, stderr }: Printed): boolean =>
    step.until?.test(stdout + stderr) ?? true;
  const { folder, cluster } = options;
  const run = (): Promise<Printed> =>
    runCommand(words, { folder, nameserver: cluster.nameserver, input: step.input });
  let printed = await run();
  while (!hasCome(printed) && performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    printed = await run();
  }
  let complaint = hasCome(printed) ? undefined : `it never printed ${step.until}`;
  if (/ -o jsonl?\b/.test(step.run) && printed.exit !== 2) {
    complaint ??= await schemaComplaint(words, printed.stdout);
  }
  for (const [captured, pattern] of Object.entries(step.capture ?? {})) {
    const value = pattern.exec(printed.stdout)?.[1];
    names.set(captured, value ?? `nothing-captured-as-${captured}`);
    complaint ??= value === undefined ? `${pattern} is not in what it printed` : undefined;
  }
  const marked = (mark: string, text: string): readonly string[] =>
    normaliseText(text, names, step.mask).map((line) => `${mark} ${line}`);
  const lines = [
    ...marked("|", printed.stdout),
    ...marked("!", printed.stderr),
    `= ${printed.exit}`,
  ];
  const { exit } = printed;
  return complaint === undefined ? { name, lines, exit } : { name, lines, exit, complaint };
}
