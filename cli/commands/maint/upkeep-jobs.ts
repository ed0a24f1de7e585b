/** Jobs that ask brokers to do at once what they also do by themselves: work for an hour of one's own choice. */
import { type BrokerAddress, gather, type Upkeep } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import type { Job, JobFlags, JobReport } from "./job.ts";

export const retention = upkeepJob({
  name: "retention",
  about: "remove expired segments of the log (329)",
  upkeep: "delete_expired_log",
  changes: "expired messages",
});

export const cleanQueues = upkeepJob({
  name: "clean-queues",
  about: "remove queue files of messages that are gone (306)",
  upkeep: "clean_queues",
  changes: "queue files of messages that are gone",
});

export const cleanTopics = upkeepJob({
  name: "clean-topics",
  about: "remove queues of topics that are gone (316)",
  upkeep: "clean_topics",
  changes: "messages of topics that do not exist any more",
});

function upkeepJob(options: {
  readonly name: string;
  readonly about: string;
  readonly upkeep: Upkeep;
  readonly changes: string;
}): Job {
  const { name, about, upkeep, changes } = options;
  return {
    ...{ name, about, subject: "cluster" },
    changes: () => `${changes} (${name})`,
    run: (context, flags) => keepUp(context, flags, upkeep),
  };
}

interface Upkept {
  readonly before: number;
  readonly after: number;
}

async function keepUp(
  context: CommandContext,
  flags: JobFlags,
  upkeep: Upkeep,
): Promise<JobReport> {
  const { admin } = context.client();
  const brokers = await chosenBrokers(context.client(), flags);
  const logStart = async (address: string): Promise<number> => {
    const info = await admin.cluster.runtimeInfo(address);
    return Number(info.get("commitLogMinOffset") ?? 0);
  };
  const work = async ({ address }: BrokerAddress): Promise<Upkept> => {
    const before = await logStart(address);
    if (context.global.dryRun) {
      return { before, after: before };
    }
    await admin.brokers.keepUp(address, upkeep);
    return { before, after: await logStart(address) };
  };
  const { answers, failures } = await gather(brokers, work);
  const removedBytes = answers.reduce((sum, { value }) => sum + value.after - value.before, 0);
  const names = answers.map(({ broker }) => broker.brokerName).join(", ");
  const silent = failures.map(({ broker, error }) => `${broker.brokerName}: ${error.message}`);
  const asked = context.global.dryRun ? `${names} would be asked` : `${names} did it`;
  return {
    outcome: failures.length > 0 ? "partial" : context.global.dryRun ? "planned" : "ok",
    detail: [asked, ...silent].join("; "),
    figures: {
      brokers: answers.length,
      ...(upkeep === "delete_expired_log" ? { removedBytes } : {}),
    },
  };
}
