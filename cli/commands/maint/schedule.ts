/** What cron or systemd run for mq: how the command is written, where it stands, and how it is known again. */
import { joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { choice, flag, type Zod } from "../../flag.ts";
import { parseCommand } from "../../parse.ts";
import type { Column, Item } from "../../render/listing.ts";
import { storeFolder } from "../server/settings.ts";
import type { Job, JobFlags } from "./job.ts";
import { jobsOf } from "./jobs.ts";
import { command as runCommand } from "./run.ts";

export interface Schedule {
  readonly name: string;
  readonly with: "cron" | "systemd";
  /** Five fields of cron, or systemd's OnCalendar. */
  readonly at: string;
  /** What is run, as the system's shell reads it. */
  readonly command: string;
}

export const withFlag = flag(choice(["cron", "systemd"]).default("cron"), {
  about: "who runs it: your crontab, or your systemd",
  value: "WHO",
});

export const scheduleSchema = (z: Zod) =>
  z.object({
    name: z.string(),
    with: z.enum(["cron", "systemd"]),
    at: z.string(),
    command: z.string(),
  });

export const scheduleColumns: readonly Column[] = [
  { key: "name", head: "NAME" },
  { key: "with", head: "WITH" },
  { key: "at", head: "AT" },
  { key: "command", head: "COMMAND", show: (value) => String(value) },
];

export function scheduleItem(schedule: Schedule): Item {
  return { ...schedule };
}

/** Throws a usage error for what no file and no comment can be called by. */
export function checkScheduleName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$/.test(name)) {
    throw usageError(`'${name}' is no name of a schedule: letters, digits, and - _ between them`);
  }
}

/**
 * The command line that runs the jobs, against the cluster that was chosen here, without asking, and quiet. Throws a usage
 * error for words that mq maint run would refuse at night.
 */
export function scheduledCommand(context: CommandContext, words: readonly string[]): string {
  if (words.length === 0) {
    throw usageError(
      "nothing to run: the words of mq maint run stand behind --",
      "mq maint schedule add nightly --at '17 3 * * *' -- retention,offsets",
    );
  }
  const { profile, global, process } = context;
  const cluster =
    profile.name !== undefined
      ? ["-P", profile.name]
      : global.nameserver !== undefined
        ? ["-n", global.nameserver]
        : [];
  const typed = words.some((word) => /^-[a-z]*q|^--quiet$/.test(word)) ? words : [...words, "-q"];
  const parsed = parseCommand(runCommand.spec, [...cluster, ...typed], {});
  const {
    arguments: [list = ""],
    flags,
  } = parsed.input;
  const changing = jobsOf(list).filter((job) => job.changes?.(flags as JobFlags) !== undefined);
  const [first] = changing;
  if (first !== undefined && context.protectedBy(undefined).length > 0) {
    throw new CommandError(
      "MQ-E-PROTECTED",
      exitCode.precondition,
      `the profile is protected: '${first.name}' would be refused where nobody can type its name`,
      { hint: "mq profile edit NAME --unprotected lifts the protection" },
    );
  }
  const known = flags as JobFlags;
  for (const path of [known.store, known.to, known.offsetsTo]) {
    if (path !== undefined && !path.startsWith("/")) {
      throw usageError(`'${path}' begins where cron does: write the path from the root`);
    }
  }
  const needsStore = known.store === undefined && jobsOf(list).some(isOfStore);
  const store = needsStore
    ? ["--store", storeFolder(context, process.environment["MQ_STORE"])]
    : [];
  const own = [...typed, ...store, ...(parsed.global.yes ? [] : ["--yes"])];
  return [...process.self, ...cluster, "maint", "run", ...own].map(shellWord).join(" ");
}

function isOfStore({ subject }: Job): boolean {
  return subject === "store";
}

function shellWord(word: string): string {
  if (/[\n\r\0]/.test(word)) {
    throw usageError("a scheduled command stands in one line");
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Says that a program of the system is missing, or what it said. */
export async function askSystem(
  { process }: CommandContext,
  command: readonly string[],
  input?: string,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const answer = await process.ask(command, input);
  if (answer === undefined) {
    throw new CommandError(
      "MQ-E-FAILED",
      exitCode.failed,
      `there is no program '${command[0]}' here`,
      { hint: "--print shows what would be written, to be put where it belongs by hand" },
    );
  }
  return answer;
}

/** Folder of the user's units. */
export function unitFolder({ process }: CommandContext): string {
  const config =
    process.environment["XDG_CONFIG_HOME"] || joinPath(process.homeFolder(), ".config");
  return joinPath(config, "systemd", "user");
}
