/** `mq check broker` */
import { defineCommand } from "../../command.ts";
import { duration, flag, wholeNumber } from "../../flag.ts";
import { brokerFacts } from "../cluster/broker-facts.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import {
  type CheckStatus,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
  worst,
} from "./result.ts";

export const command = defineCommand({
  spec: {
    path: ["check", "broker"],
    summary: "tell whether brokers take sends and have room",
    description:
      "All brokers, or those that --broker or --cluster choose; the worst one counts. Exit code 0 ok, 1 warning, 2 critical.",
    flags: {
      ...brokerChoiceFlags,
      ...checkFlags,
      diskWarn: flag(wholeNumber(1, 100).default(75), {
        about: "warning above so many percent of a disk (75)",
        value: "PERCENT",
      }),
      diskCrit: flag(wholeNumber(1, 100).default(90), {
        about: "critical above so many percent (90)",
        value: "PERCENT",
      }),
      waitWarn: flag(duration().default(1_000), {
        about: "warning when the oldest send waits longer (1s)",
        value: "DURATION",
      }),
    },
    output: checkSchema,
    examples: ["mq check broker", "mq check broker --broker broker-a --disk-crit 85"],
  },
  async run(context, { flags }) {
    const client = context.client();
    const options = {
      check: "broker",
      subject: flags.broker ?? flags.cluster ?? "all brokers",
      format: flags.format,
      whenUnreachable: "critical",
    } as const;
    return await runCheck(context, options, async () => {
      const figures: Figure[] = [];
      const statuses: CheckStatus[] = [];
      const bad: string[] = [];
      const brokers = await chosenBrokers(client, flags);
      for (const { brokerName, address } of brokers) {
        const facts = brokerFacts(await client.admin.cluster.runtimeInfo(address));
        const own: readonly Figure[] = [
          {
            name: "disk",
            server: brokerName,
            value: Math.round((facts.diskUsed ?? 0) * 1_000) / 10,
            unit: "%",
            warn: flags.diskWarn,
            crit: flags.diskCrit,
          },
          {
            name: "send wait",
            server: brokerName,
            value: facts.sendWaitMs / 1_000,
            unit: "s",
            warn: flags.waitWarn / 1_000,
          },
        ];
        const status = facts.isActive ? statusOf(own) : "critical";
        figures.push(...own);
        statuses.push(status);
        if (status !== "ok") {
          bad.push(facts.isActive ? brokerName : `${brokerName} (takes no sends)`);
        }
      }
      return {
        status: worst(statuses),
        subject: options.subject,
        message:
          bad.length === 0
            ? `${brokers.length} take sends and have room`
            : `${bad.join(", ")} of ${brokers.length} not well`,
        figures,
      };
    });
  },
});
