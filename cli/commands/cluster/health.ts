/** `mq cluster health`: what somebody wants to know who was woken up. */
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { duration, flag, toggle, wholeNumber } from "../../flag.ts";
import type { Column } from "../../render/listing.ts";
import { clusterFindings, type Finding } from "./health-checks.ts";

const columns: readonly Column[] = [
  { key: "status", head: "STATUS" },
  { key: "check", head: "CHECK" },
  { key: "subject", head: "SUBJECT" },
  { key: "detail", head: "DETAIL" },
];

export const command = defineCommand({
  spec: {
    path: ["cluster", "health"],
    summary: "tell whether a cluster is well",
    description:
      "Every nameserver answers and knows every broker; every broker answers, takes sends, has room on its disk and a\nmaster; versions agree; no group loses messages to dead letters.\nExit codes: 0 well, 10 something fails (or warns, with --strict), 5 no nameserver answers.",
    flags: {
      diskWarn: flag(wholeNumber(1, 100).default(75), {
        about: "warn when so many percent of a disk are used (75)",
        value: "PERCENT",
      }),
      diskFail: flag(wholeNumber(1, 100).default(90), {
        about: "fail when so many percent are used: RocketMQ refuses sends then (90)",
        value: "PERCENT",
      }),
      dlqWindow: flag(duration().default(3_600_000), {
        about: "warn of dead letters of so long ago (1h)",
        value: "DURATION",
      }),
      strict: toggle("a warning is a failure"),
    },
    output: (z) =>
      z.object({
        status: z.enum(["ok", "warn", "fail"]),
        check: z.enum(["nameserver", "registered", "broker", "disk", "version", "master", "dlq"]),
        subject: z.string(),
        detail: z.string(),
      }),
    examples: [
      "mq cluster health",
      "mq cluster health -n ns1:9876,ns2:9876 --strict -o json || page-somebody",
    ],
  },
  async run(context, { flags }) {
    const findings = await clusterFindings(context.client(), {
      diskWarnShare: flags.diskWarn / 100,
      diskFailShare: flags.diskFail / 100,
      deadLettersSinceMs: context.environment.clock.nowMs() - flags.dlqWindow,
    });
    const bad = findings.filter(({ status }) => status === "fail");
    const doubtful = findings.filter(({ status }) => status === "warn");
    await context.output.list({
      kind: "ClusterHealth",
      noun: "check",
      nameKey: "subject",
      columns,
      items: [...bad, ...doubtful, ...findings.filter(({ status }) => status === "ok")],
      summary: summary(bad, doubtful),
    });
    const isUnwell = bad.length > 0 || (flags.strict && doubtful.length > 0);
    return isUnwell ? exitCode.unhealthy : undefined;
  },
});

function summary(bad: readonly Finding[], doubtful: readonly Finding[]): string {
  if (bad.length === 0 && doubtful.length === 0) {
    return "all is well";
  }
  return `${bad.length} failed, ${doubtful.length} warnings`;
}
