/** Units of the user's systemd: a service that runs the jobs once, and a timer for it. */
import { joinPath } from "../../../src/io/disk.ts";
import type { CommandContext } from "../../command.ts";
import { readTextFile, writeTextFile } from "../../text-file.ts";
import { askSystem, type Schedule, unitFolder } from "./schedule.ts";

const prefix = "mq-maint-";

export interface UnitFile {
  readonly path: string;
  readonly text: string;
}

/** The two files of a schedule. */
export function unitFiles(context: CommandContext, schedule: Schedule): readonly UnitFile[] {
  const { name, at, command } = schedule;
  const path = (kind: string): string => joinPath(unitFolder(context), `${prefix}${name}.${kind}`);
  return [
    {
      path: path("service"),
      text: [
        `# mq-maint ${name}`,
        "[Unit]",
        `Description=mq maintenance: ${name}`,
        "[Service]",
        "Type=oneshot",
        // As a shell would read it; systemd itself would take % and $ for its own.
        `ExecStart=/bin/sh -c ${unitWord(`exec ${command}`)}`,
        "",
      ].join("\n"),
    },
    {
      path: path("timer"),
      text: [
        `# mq-maint ${name}`,
        "[Timer]",
        `OnCalendar=${at}`,
        // What was missed while the machine was off is done when it is on.
        "Persistent=true",
        "[Install]",
        "WantedBy=timers.target",
        "",
      ].join("\n"),
    },
  ];
}

/** Writes the units and starts the timer. */
export async function addUnits(context: CommandContext, schedule: Schedule): Promise<void> {
  context.environment.disk.makeFolder(unitFolder(context));
  for (const { path, text } of unitFiles(context, schedule)) {
    writeTextFile(context.environment, path, text);
  }
  await tellSystemd(context, ["daemon-reload"]);
  await tellSystemd(context, ["enable", "--now", `${prefix}${schedule.name}.timer`]);
}

export async function removeUnits(context: CommandContext, schedule: Schedule): Promise<void> {
  await tellSystemd(context, ["disable", "--now", `${prefix}${schedule.name}.timer`]);
  for (const { path } of unitFiles(context, schedule)) {
    context.environment.disk.remove(path);
  }
  await tellSystemd(context, ["daemon-reload"]);
}

export function unitSchedules(context: CommandContext): readonly Schedule[] {
  const { environment } = context;
  const folder = unitFolder(context);
  return environment.disk.list(folder).flatMap(({ name: file }) => {
    const name = file.startsWith(prefix) ? /^mq-maint-(.+)\.timer$/.exec(file)?.[1] : undefined;
    const timer =
      name === undefined ? undefined : readTextFile(environment, joinPath(folder, file));
    const service = readTextFile(environment, joinPath(folder, `${prefix}${name}.service`));
    const at = /^OnCalendar=(.*)$/m.exec(timer ?? "")?.[1];
    const typed = /^ExecStart=\/bin\/sh -c (.*)$/m.exec(service ?? "")?.[1];
    return name === undefined || at === undefined || typed === undefined
      ? []
      : [{ name, with: "systemd" as const, at, command: unitText(typed).replace(/^exec /, "") }];
  });
}

/** The files stay what they are when systemd does not answer: the next login reads them. */
async function tellSystemd(context: CommandContext, words: readonly string[]): Promise<void> {
  const command = ["systemctl", "--user", ...words];
  const { exitCode, stderr } = await askSystem(context, command);
  if (exitCode !== 0) {
    context.output.note(`${command.join(" ")}: ${stderr.trim() || `exit code ${exitCode}`}`);
  }
}

/** A word of a unit file: in quotes, with what systemd would read as its own doubled. */
function unitWord(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}

function unitText(word: string): string {
  return word
    .slice(1, -1)
    .replaceAll("$$", "$")
    .replaceAll("%%", "%")
    .replaceAll('\\"', '"')
    .replaceAll("\\\\", "\\");
}
