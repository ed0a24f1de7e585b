/** `mq maint schedule remove` */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { readCrontab, withoutSchedule, writeCrontab } from "./crontab.ts";
import { scheduleColumns, scheduleItem, scheduleSchema } from "./schedule.ts";
import { allSchedules } from "./schedule-list.ts";
import { removeUnits } from "./systemd-units.ts";

export const command = defineCommand({
  spec: {
    path: ["maint", "schedule", "remove"],
    summary: "let cron or systemd run jobs no more",
    description: "Takes away what mq maint schedule add wrote, and nothing else.",
    arguments: [{ name: "NAME", about: "what the schedule is called" }],
    flags: {},
    output: (z) => scheduleSchema(z).extend({ outcome: z.enum(["removed", "would remove"]) }),
    examples: ["mq maint schedule remove nightly --yes"],
  },
  async run(context, { arguments: [name = ""] }) {
    const { output, global } = context;
    const found = (await allSchedules(context)).filter((each) => each.name === name);
    if (found.length === 0) {
      throw notFound(`there is no schedule '${name}'`, "mq maint schedule list shows them");
    }
    if (!global.dryRun) {
      const what = found.map((each) => `${each.at} ${each.command}`).join("; ");
      if (!(await context.confirm(`Remove '${name}' (${what})?`))) {
        output.note("nothing changed");
        return exitCode.precondition;
      }
    }
    for (const schedule of global.dryRun ? [] : found) {
      if (schedule.with === "systemd") {
        await removeUnits(context, schedule);
      } else {
        await writeCrontab(context, withoutSchedule(await readCrontab(context), name));
      }
    }
    await output.list({
      kind: "MaintScheduleRemove",
      noun: "schedule",
      nameKey: "name",
      columns: [{ key: "outcome", head: "OUTCOME" }, ...scheduleColumns],
      items: found.map((schedule) => ({
        ...scheduleItem(schedule),
        outcome: global.dryRun ? "would remove" : "removed",
      })),
    });
    return undefined;
  },
});
