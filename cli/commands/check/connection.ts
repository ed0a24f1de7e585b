/** `mq check connection` */
import { defineCommand } from "../../command.ts";
import { duration, flag } from "../../flag.ts";
import { allBrokers } from "../cluster/all-brokers.ts";
import { checkFlags, checkSchema, type Figure, runCheck, statusOf } from "./result.ts";

export const command = defineCommand({
  spec: {
    path: ["check", "connection"],
    summary: "tell whether nameservers and brokers answer in time",
    description:
      "Asks every nameserver, and every broker that they name, from here. Exit code 0 ok, 1 warning, 2 critical.",
    flags: {
      ...checkFlags,
      warn: flag(duration().optional(), {
        about: "warning when the slowest answer takes longer",
        value: "DURATION",
      }),
      crit: flag(duration().optional(), { about: "critical above", value: "DURATION" }),
    },
    output: checkSchema,
    examples: ["mq check connection", "mq check connection --warn 50ms --crit 500ms"],
  },
  async run(context, { flags }) {
    const { admin } = context.client();
    const { clock } = context.environment;
    const { nameservers } = admin.cluster;
    const options = {
      check: "connection",
      subject: nameservers.join(","),
      format: flags.format,
      whenUnreachable: "critical",
    } as const;
    return await runCheck(context, options, async () => {
      let slowestMs = 0;
      const timed = async <T>(ask: () => Promise<T>): Promise<T> => {
        const startMs = clock.elapsedMs();
        const answer = await ask();
        slowestMs = Math.max(slowestMs, clock.elapsedMs() - startMs);
        return answer;
      };
      const brokers = new Set<string>();
      for (const nameserver of nameservers) {
        const cluster = await timed(() => admin.cluster.describeAt(nameserver));
        for (const { address } of allBrokers(cluster)) {
          brokers.add(address);
        }
      }
      for (const address of brokers) {
        await timed(() => admin.cluster.runtimeInfo(address));
      }
      const figures: readonly Figure[] = [
        {
          name: "slowest answer",
          value: Math.round(slowestMs) / 1_000,
          unit: "s",
          warn: flags.warn === undefined ? undefined : flags.warn / 1_000,
          crit: flags.crit === undefined ? undefined : flags.crit / 1_000,
        },
        { name: "brokers", value: brokers.size, unit: "" },
      ];
      const isEmpty = brokers.size === 0;
      return {
        status: isEmpty ? "critical" : statusOf(figures),
        subject: options.subject,
        message: isEmpty
          ? "no broker is registered"
          : `${nameservers.length} nameservers and ${brokers.size} brokers answer within ${Math.round(slowestMs)} ms`,
        figures,
      };
    });
  },
});
