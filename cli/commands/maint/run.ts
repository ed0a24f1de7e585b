/** `mq maint run`: jobs one after the other, each safe to overlap with itself; one line a run. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { toCommandError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import type { Item } from "../../render/listing.ts";
import { formatTime } from "../../render/time.ts";
import { type Job, type JobFlags, jobFlags, outcomeExits } from "./job.ts";
import { lockJob } from "./job-lock.ts";
import { jobsOf } from "./jobs.ts";

const outcomes = ["ok", "planned", "damaged", "unhealthy", "partial", "skipped", "failed"] as const;

interface JobResult {
  readonly item: Item;
  readonly exit: ExitCode;
}

export const command = defineCommand({
  spec: {
    path: ["maint", "run"],
    summary: "run jobs of maintenance",
    description:
      "Runs the jobs one after the other and prints one line about the run; with -q only when something is amiss, unless -o asks\nfor it. A job that is at work already is passed over. Jobs that remove something want --yes where nobody can be asked.\nExit code 7 when some jobs failed, their own when all did; 8 damage was found, 10 over a bound.",
    arguments: [{ name: "JOB,…", about: "names of jobs: mq maint list" }],
    flags: jobFlags,
    output: (z) =>
      z.object({
        started: z.string(),
        elapsedMs: z.number(),
        outcome: z.enum(["ok", "failed"]),
        jobs: z.array(
          z.strictObject({
            job: z.string(),
            outcome: z.enum(outcomes),
            detail: z.string(),
            elapsedMs: z.number(),
            figures: z.record(z.string(), z.number()),
          }),
        ),
      }),
    examples: [
      "mq maint run offsets,dead-letters -q",
      "mq maint run retention,clean-queues --yes -q -o jsonl >> maint.jsonl",
      "mq maint run backup,verify --store /data/mq/store --to /backup/mq --keep 8 --yes -q",
    ],
  },
  async run(context, { arguments: [list = ""], flags }) {
    const chosen = jobsOf(list);
    const { environment, global, output } = context;
    const changes = chosen.flatMap((job) => job.changes?.(flags) ?? []);
    if (changes.length > 0 && !global.dryRun) {
      const names = chosen.map(({ name }) => name).join(", ");
      if (!(await context.confirm(`Run ${names}? It removes ${changes.join(", ")}.`))) {
        output.note("nothing was done");
        return exitCode.precondition;
      }
    }
    const startedMs = environment.clock.nowMs();
    const sinceMs = environment.clock.elapsedMs();
    const results: JobResult[] = [];
    for (const job of chosen) {
      if (!context.signal.aborted) {
        results.push(await runJob(context, job, flags));
      }
    }
    if (context.signal.aborted) {
      return exitCode.interrupted;
    }
    const exit = exitOf(results.map((result) => result.exit));
    const isWell = exit === undefined;
    if (!(global.quiet && isWell && global.output === undefined)) {
      print(context, {
        started: formatTime(startedMs, global.utc),
        elapsedMs: Math.round(environment.clock.elapsedMs() - sinceMs),
        outcome: isWell ? "ok" : "failed",
        jobs: results.map(({ item }) => item),
      });
    }
    return exit;
  },
});

async function runJob(context: CommandContext, job: Job, flags: JobFlags): Promise<JobResult> {
  const { clock } = context.environment;
  const sinceMs = clock.elapsedMs();
  const item = (
    outcome: (typeof outcomes)[number],
    detail: string,
    figures: object = {},
  ): Item => ({
    ...{ job: job.name, outcome, detail },
    elapsedMs: Math.round(clock.elapsedMs() - sinceMs),
    figures,
  });
  const lock = lockJob(context, job, flags);
  if (lock === undefined) {
    return { item: item("skipped", "another run is at work"), exit: exitCode.success };
  }
  try {
    const { outcome, detail, figures } = await job.run(context, flags);
    return { item: item(outcome, detail, figures), exit: outcomeExits[outcome] };
  } catch (error) {
    const known = toCommandError(error);
    return { item: item("failed", `${known.code}: ${known.message}`), exit: known.exitCode };
  } finally {
    lock.release();
  }
}

/** Damage is news whatever else went wrong; otherwise failures come before bounds. */
function exitOf(exits: readonly ExitCode[]): ExitCode | undefined {
  const bad = exits.filter((exit) => exit !== exitCode.success);
  const [first] = bad;
  if (first === undefined || bad.includes(exitCode.corrupted)) {
    return first === undefined ? undefined : exitCode.corrupted;
  }
  const failures = bad.filter((exit) => exit !== exitCode.unhealthy);
  const [failure] = failures;
  if (failure === undefined) {
    return exitCode.unhealthy;
  }
  const isAll = failures.length === exits.length && failures.every((exit) => exit === failure);
  return isAll ? failure : exitCode.partial;
}

/** One line for programs; a line a job for people. */
function print({ output }: CommandContext, run: Item & { readonly jobs: readonly Item[] }): void {
  const lines = run.jobs.map(
    ({ job, outcome, detail }) =>
      `${String(outcome).padEnd(9)} ${String(job).padEnd(13)} ${String(detail)}\n`,
  );
  output.item("MaintRun", run, { text: lines.join("") });
}
