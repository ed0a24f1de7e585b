/** `mqadmin updateStaticTopic`: makes a static topic, or gives it more queues. */
import type { StaticTopicPlan } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { required } from "../option.ts";
import {
  placeOf,
  type StaticTopicPlace,
  staticTopicOptions,
  tellBrokers,
  withOthers,
  writeBefore,
  writePlan,
} from "../static-topic.ts";
import { checkStaticTopic } from "../static-topic-checks.ts";
import { readPlan } from "../static-topic-file.ts";
import { planQueues } from "../static-topic-plan.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { truth, wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    ...staticTopicOptions,
    required("qn", "totalQueueNum", "how many queues it has on all brokers together"),
  ],
  isFinal: true,
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const place = await placeOf(call);
    const plan = readPlan(call) ?? writtenPlan(call, place);
    const brokers = withOthers(plan, place.clusters);
    const isForced = line.has("mf") && truth(line, "fr", false);
    await tellBrokers(client, place.leaders, brokers, { isForced });
    printer.item({ topic: plan.topic, epoch: plan.epoch, brokers: [...brokers.keys()] });
    return undefined;
  },
};

/** Both states are in files before anything changes. */
function writtenPlan(call: AdminCall, place: StaticTopicPlace): StaticTopicPlan {
  const { environment, line, printer } = call;
  const { topic, targets, known } = place;
  const queueCount = wholeNumber(line, "qn", 0);
  if (queueCount < 1) {
    throw usageError("-qn: a topic has at least one queue");
  }
  const nowMs = environment.clock.nowMs();
  const epoch = known.size === 0 ? nowMs : checkStaticTopic(topic, known).epoch;
  writeBefore(call, place, epoch);
  const all = [...new Set([...targets, ...known.keys()])];
  const plan = planQueues({ topic, queueCount, targets: all, known, nowMs });
  printer.print("The new mapping data is written to file %s%n", writePlan(call, plan, "after"));
  return plan;
}
