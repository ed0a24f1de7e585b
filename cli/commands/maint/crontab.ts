/** The user's crontab: a comment that names a schedule, and below it the line that cron runs. All other lines stay. */
import type { CommandContext } from "../../command.ts";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { askSystem, type Schedule } from "./schedule.ts";

const mark = /^# mq-maint (\S+)$/;
const nicknames = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|reboot)$/;
const field =
  /^(\*|[\dA-Za-z]+(-[\dA-Za-z]+)?)(\/\d+)?(,(\*|[\dA-Za-z]+(-[\dA-Za-z]+)?)(\/\d+)?)*$/;

/** Throws a usage error for what cron would not take. */
export function checkCronTime(at: string): void {
  const fields = at.trim().split(/\s+/);
  const isTime = fields.length === 5 && fields.every((each) => field.test(each));
  if (!isTime && !nicknames.test(at)) {
    throw usageError(
      `--at '${at}' is no time of cron`,
      "minute hour day month weekday: '17 3 * * *' is each night at 3:17; or @daily",
    );
  }
}

/** The two lines of a schedule. */
export function cronLines({ name, at, command }: Schedule): readonly string[] {
  // Cron ends the command at the first percent sign that nothing precedes.
  return [`# mq-maint ${name}`, `${at} ${command.replaceAll("%", "\\%")}`];
}

/** Lines of the crontab; none when there is none. Throws CommandError where nobody can be asked for it. */
export async function readCrontab(context: CommandContext): Promise<readonly string[]> {
  const { exitCode: exit, stdout, stderr } = await askSystem(context, ["crontab", "-l"]);
  if (exit !== 0 && !/no crontab/i.test(stderr)) {
    throw refused(stderr);
  }
  const text = exit === 0 ? stdout.replace(/\n$/, "") : "";
  return text === "" ? [] : text.split("\n");
}

export async function writeCrontab(
  context: CommandContext,
  lines: readonly string[],
): Promise<void> {
  const text = lines.map((line) => `${line}\n`).join("");
  const { exitCode: exit, stderr } = await askSystem(context, ["crontab", "-"], text);
  if (exit !== 0) {
    throw refused(stderr);
  }
}

export function schedulesIn(lines: readonly string[]): readonly Schedule[] {
  return lines.flatMap((line, index) => {
    const name = mark.exec(line)?.[1];
    const next = lines[index + 1];
    const parts = /^(@\S+|(?:\S+\s+){4}\S+)\s+(.*)$/.exec(next ?? "");
    const [, at = "", command = ""] = parts ?? [];
    return name === undefined || parts === null
      ? []
      : [{ name, with: "cron" as const, at, command: command.replaceAll("\\%", "%") }];
  });
}

/** The lines without those of the schedule. */
export function withoutSchedule(lines: readonly string[], name: string): readonly string[] {
  const at = lines.findIndex((line) => mark.exec(line)?.[1] === name);
  return at < 0 ? lines : lines.filter((_, index) => index !== at && index !== at + 1);
}

function refused(stderr: string): CommandError {
  return new CommandError("MQ-E-FAILED", exitCode.failed, `crontab said: ${stderr.trim()}`);
}
