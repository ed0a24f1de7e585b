/** What a job of maintenance is: a name, what it needs, whether it changes anything, and the work. */
import type { CommandContext } from "../../command.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { byteSize, count, type FlagValues, flag, text, wholeNumber } from "../../flag.ts";
import { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { storeFlag } from "../server/server-flags.ts";

export const jobFlags = {
  store: storeFlag,
  to: flag(text(1).optional(), { about: "backup: folder of the backups", value: "DIR" }),
  keep: flag(wholeNumber(1).optional(), {
    about: "backup, offsets: how many of the newest stay (all; 30)",
    value: "N",
  }),
  rate: flag(byteSize().optional(), {
    about: "backup: read at most so many bytes a second",
    value: "SIZE",
  }),
  offsetsTo: flag(text(1).optional(), {
    about: "offsets: folder of the files; one of the user's state folder without",
    value: "DIR",
  }),
  maxDeadLetters: flag(count(0).optional(), {
    about: "dead-letters: exit code 10 above so many",
    value: "N",
  }),
  ...brokerChoiceFlags,
} as const;

export type JobFlags = FlagValues<typeof jobFlags>;

export interface JobReport {
  readonly outcome: "ok" | "planned" | "damaged" | "unhealthy" | "partial";
  /** One sentence for people. */
  readonly detail: string;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Job {
  readonly name: string;
  readonly about: string;
  /** What it changes or removes, as a question names it; undefined when nothing is lost by it. */
  readonly changes: ((flags: JobFlags) => string | undefined) | undefined;
  /** What it works on: one run of the job at a time for each. */
  readonly subject: "cluster" | "store";
  /** In a dry run it says what it would do. */
  run(context: CommandContext, flags: JobFlags): Promise<JobReport>;
}

/** The exit code that goes with an outcome. */
export const outcomeExits = {
  ok: exitCode.success,
  planned: exitCode.success,
  damaged: exitCode.corrupted,
  unhealthy: exitCode.unhealthy,
  partial: exitCode.partial,
} as const satisfies Readonly<Record<JobReport["outcome"], ExitCode>>;
