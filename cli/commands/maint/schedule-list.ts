/** `mq maint schedule list` */
import { type CommandContext, defineCommand } from "../../command.ts";
import { readCrontab, schedulesIn } from "./crontab.ts";
import { type Schedule, scheduleColumns, scheduleItem, scheduleSchema } from "./schedule.ts";
import { unitSchedules } from "./systemd-units.ts";

export const command = defineCommand({
  spec: {
    path: ["maint", "schedule", "list"],
    summary: "list what cron or systemd run",
    description: "Lists what mq maint schedule add put into your crontab and your systemd.",
    flags: {},
    output: scheduleSchema,
    examples: ["mq maint schedule list"],
  },
  async run(context) {
    const schedules = await allSchedules(context);
    await context.output.list({
      kind: "MaintScheduleList",
      noun: "schedule",
      nameKey: "name",
      columns: scheduleColumns,
      items: schedules.map(scheduleItem),
      summary: `${schedules.length} schedules`,
    });
    return undefined;
  },
});

/** Of both; a machine without cron has none there. */
export async function allSchedules(context: CommandContext): Promise<readonly Schedule[]> {
  const hasCron = (await context.process.ask(["crontab", "-l"])) !== undefined;
  const cron = hasCron ? schedulesIn(await readCrontab(context)) : [];
  return [...cron, ...unitSchedules(context)];
}
