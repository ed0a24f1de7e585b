/** `mqadmin remappingStaticTopic`: moves queues of a static topic to other brokers; what was written stays where it is. */
import type { Client, StaticQueuePart, StaticTopicPlan } from "../../../src/client/index.ts";
import {
  leaderAddress,
  placeOf,
  type StaticTopicPlace,
  staticTopicOptions,
  tellBrokers,
  withOthers,
  writeBefore,
  writePlan,
} from "../static-topic.ts";
import { checkStaticTopic, type MappedTopic, refused } from "../static-topic-checks.ts";
import { readPlan } from "../static-topic-file.ts";
import { planRemapping, withParts } from "../static-topic-plan.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { truth } from "../values.ts";

/** The new part of a queue begins at a multiple, well behind what the old one may still take. */
const offsetBlock = 10_000;

export const subcommand: Subcommand = {
  options: staticTopicOptions,
  isFinal: true,
  spelling: () => undefined,
  async run(call) {
    const { client, line, printer } = call;
    const place = await placeOf(call);
    const plan = readPlan(call) ?? writtenPlan(call, place);
    const isForced = line.has("mf") && truth(line, "fr", false);
    await move(client, place, plan, { isForced });
    const { topic, epoch, mapIn, mapOut } = plan;
    printer.item({ topic, epoch, mapIn, mapOut });
    return undefined;
  },
};

/** Both states are in files before anything changes. */
function writtenPlan(call: AdminCall, place: StaticTopicPlace): StaticTopicPlan {
  const { environment, printer } = call;
  const { topic, targets, known } = place;
  writeBefore(call, place, checkStaticTopic(topic, known).epoch);
  const plan = planRemapping({ topic, targets, known, nowMs: environment.clock.nowMs() });
  // The official tool's own words.
  printer.print("The old mapping data is written to file %s%n", writePlan(call, plan, "after"));
  return plan;
}

/**
 * The new leaders take messages before the old ones stop, and learn last at which offset theirs begin: until then they
 * give none out.
 */
async function move(
  client: Client,
  { leaders, clusters }: StaticTopicPlace,
  plan: StaticTopicPlan,
  options: { readonly isForced: boolean },
): Promise<void> {
  const brokers = new Map(withOthers(plan, clusters));
  const chosen = (
    names: readonly string[],
  ): readonly (readonly [string, MappedTopic | undefined])[] =>
    names.map((name) => [name, brokers.get(name)]);
  await tellBrokers(client, leaders, chosen(plan.mapIn), options);
  await tellBrokers(client, leaders, chosen(plan.mapOut), options);
  for (const name of plan.mapOut) {
    const ends = await endsOf(client, leaderAddress(leaders, name), plan.topic);
    for (const [id, parts] of brokers.get(name)?.mapping.queues ?? []) {
      const decided = decidedParts(plan.topic, parts, ends);
      const leader = decided?.at(-1)?.brokerName ?? "";
      const target = brokers.get(leader);
      if (decided !== undefined && target !== undefined) {
        brokers.set(leader, withParts(target, id, decided));
      }
    }
  }
  await tellBrokers(client, leaders, chosen(plan.mapIn), options);
  const told = new Set([...plan.mapIn, ...plan.mapOut]);
  const others = [...brokers].filter(([name]) => !told.has(name));
  await tellBrokers(client, leaders, others, options);
}

/** Where each queue of a broker ends, by `broker:queue`. */
async function endsOf(
  client: Client,
  address: string,
  topic: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await client.admin.topics.stats(address, topic);
  return new Map(
    rows.map(([{ brokerName, queueId }, { maxOffset }]) => [`${brokerName}:${queueId}`, maxOffset]),
  );
}

/** The parts with the offset at which the last one begins; undefined where it is known already. */
function decidedParts(
  topic: string,
  parts: readonly StaticQueuePart[],
  ends: ReadonlyMap<string, number>,
): readonly StaticQueuePart[] | undefined {
  const [old, next] = parts.slice(-2);
  if (old === undefined || next === undefined || next.logicOffset > 0) {
    return undefined;
  }
  const end = ends.get(`${old.brokerName}:${old.queueId}`);
  if (end === undefined || end < old.startOffset) {
    throw refused(`'${topic}': nobody knows where queue ${old.queueId} of ${old.brokerName} ends`);
  }
  const logicOffset = nextBlock(old.logicOffset + end - old.startOffset);
  return [...parts.slice(0, -1), { ...next, logicOffset }];
}

/** At least half a block ahead. */
function nextBlock(offset: number): number {
  const blocks = Math.floor(offset / offsetBlock);
  return (blocks + (offset % offsetBlock < offsetBlock / 2 ? 1 : 2)) * offsetBlock;
}
