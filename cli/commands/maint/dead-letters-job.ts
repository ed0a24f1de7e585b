/** Counts dead letters by group: a line in a log every day tells when they began to come. */
import type { CommandContext } from "../../command.ts";
import { requireBrokers } from "../cluster/chosen-brokers.ts";
import { deadLettersOf, groupOfDeadLetters } from "../dlq/dead-letters.ts";
import type { Job, JobFlags, JobReport } from "./job.ts";

export const deadLetters: Job = {
  name: "dead-letters",
  about: "count dead letters by group (--max-dead-letters N)",
  changes: undefined,
  subject: "cluster",
  run: count,
};

async function count(context: CommandContext, { maxDeadLetters }: JobFlags): Promise<JobReport> {
  const { admin } = context.client();
  await requireBrokers(context.client());
  const groups = (await admin.topics.names()).flatMap((topic) => groupOfDeadLetters(topic) ?? []);
  const figures: Record<string, number> = {};
  const silent: string[] = [];
  for (const group of groups.sort()) {
    const found = await deadLettersOf(admin, group);
    silent.push(...found.missing.map(({ from }) => from));
    if (found.count > 0) {
      figures[group] = found.count;
    }
  }
  const total = Object.values(figures).reduce((sum, each) => sum + each, 0);
  const isOver = total > (maxDeadLetters ?? Number.POSITIVE_INFINITY);
  const said = silent.length === 0 ? "" : `; ${[...new Set(silent)].join(", ")} did not answer`;
  return {
    outcome: isOver ? "unhealthy" : silent.length > 0 ? "partial" : "ok",
    detail: `${total} dead letters of ${Object.keys(figures).length} groups${said}`,
    figures,
  };
}
