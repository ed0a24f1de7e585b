/** `mq maint schedule add` */
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle } from "../../flag.ts";
import {
  checkCronTime,
  cronLines,
  readCrontab,
  schedulesIn,
  withoutSchedule,
  writeCrontab,
} from "./crontab.ts";
import {
  checkScheduleName,
  type Schedule,
  scheduleColumns,
  scheduledCommand,
  scheduleItem,
  scheduleSchema,
  withFlag,
} from "./schedule.ts";
import { addUnits, unitFiles, unitSchedules } from "./systemd-units.ts";

export const command = defineCommand({
  spec: {
    path: ["maint", "schedule", "add"],
    summary: "let cron or systemd run jobs",
    description:
      "Writes a line into your crontab, or a service and a timer of your systemd, that runs mq maint run with the words behind\n--, against the cluster that is chosen here (-P, -n). The words are checked now, and --yes and -q are added. What is added\nis marked by a comment; every other line stays. --print writes nothing.",
    arguments: [{ name: "NAME", about: "what the schedule is called" }],
    takesCommand: true,
    flags: {
      at: flag(text(1), {
        about: "when: five fields of cron, or systemd's OnCalendar",
        value: "TIME",
      }),
      with: withFlag,
      print: toggle("print what would be written, and do no more"),
      replace: toggle("in the place of a schedule of the same name"),
    },
    output: (z) => scheduleSchema(z).extend({ outcome: z.enum(["added", "would add"]) }),
    examples: [
      "mq maint schedule add nightly --at '17 3 * * *' -- retention,offsets",
      "mq maint schedule add backup --with systemd --at '*-*-* 02:30' -- backup --to /backup/mq --keep 8",
      "mq maint schedule add nightly --at @daily --print -- dead-letters --max-dead-letters 0",
    ],
  },
  async run(context, { arguments: [name = ""], flags, command: words }) {
    checkScheduleName(name);
    await checkTime(context, flags.with, flags.at);
    const schedule: Schedule = {
      ...{ name, with: flags.with, at: flags.at },
      command: scheduledCommand(context, words),
    };
    const { output, global } = context;
    if (flags.print) {
      output.text(written(context, schedule));
      return undefined;
    }
    const known = await knownSchedules(context, flags.with);
    if (known.some((each) => each.name === name) && !flags.replace) {
      throw new CommandError(
        "MQ-E-EXISTS",
        exitCode.precondition,
        `there is a schedule '${name}' already`,
        { hint: "--replace puts this one in its place" },
      );
    }
    output.note(written(context, schedule).trimEnd());
    if (!global.dryRun) {
      const where = flags.with === "cron" ? "your crontab" : "your systemd";
      if (!(await context.confirm(`Add this to ${where}?`))) {
        output.note("nothing changed");
        return exitCode.precondition;
      }
      await add(context, schedule);
    }
    await output.list({
      kind: "MaintScheduleAdd",
      noun: "schedule",
      nameKey: "name",
      columns: [{ key: "outcome", head: "OUTCOME" }, ...scheduleColumns],
      items: [{ ...scheduleItem(schedule), outcome: global.dryRun ? "would add" : "added" }],
    });
    return undefined;
  },
});

/** Throws a usage error for a time that who is to run it would not take; systemd itself is asked where it is. */
async function checkTime(
  { process }: CommandContext,
  who: Schedule["with"],
  at: string,
): Promise<void> {
  if (who === "cron") {
    checkCronTime(at);
    return;
  }
  const answer = await process.ask(["systemd-analyze", "calendar", "--", at]);
  if (/[\n\r]/.test(at) || (answer !== undefined && answer.exitCode !== 0)) {
    throw usageError(
      `--at '${at}' is no time of systemd`,
      "OnCalendar's form: '*-*-* 02:30' is each night at half past two; or daily, weekly",
    );
  }
}

async function knownSchedules(
  context: CommandContext,
  who: Schedule["with"],
): Promise<readonly Schedule[]> {
  return who === "cron" ? schedulesIn(await readCrontab(context)) : unitSchedules(context);
}

function written(context: CommandContext, schedule: Schedule): string {
  return schedule.with === "cron"
    ? `${cronLines(schedule).join("\n")}\n`
    : unitFiles(context, schedule)
        .map(({ path, text: unit }) => `# ${path}\n${unit}`)
        .join("\n");
}

async function add(context: CommandContext, schedule: Schedule): Promise<void> {
  if (schedule.with === "systemd") {
    await addUnits(context, schedule);
    return;
  }
  const others = withoutSchedule(await readCrontab(context), schedule.name);
  await writeCrontab(context, [...others, ...cronLines(schedule)]);
}
