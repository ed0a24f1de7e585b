/** `mq maint list` */
import { defineCommand } from "../../command.ts";
import { jobs } from "./jobs.ts";

export const command = defineCommand({
  spec: {
    path: ["maint", "list"],
    summary: "list jobs of maintenance",
    description: "Jobs for mq maint run, by hand or by cron.",
    flags: {},
    output: (z) =>
      z.object({
        name: z.string(),
        subject: z.enum(["cluster", "store"]),
        changes: z.boolean(),
        about: z.string(),
      }),
    examples: ["mq maint list"],
  },
  async run(context) {
    await context.output.list({
      kind: "MaintList",
      noun: "job",
      nameKey: "name",
      columns: [
        { key: "name", head: "JOB" },
        { key: "subject", head: "WORKS ON" },
        { key: "changes", head: "CHANGES", show: (value) => (value === true ? "yes" : "no") },
        { key: "about", head: "WHAT IT DOES", show: (value) => String(value) },
      ],
      items: jobs.map(({ name, about, subject, changes }) => ({
        ...{ name, subject, about },
        changes: changes !== undefined,
      })),
    });
    return undefined;
  },
});
