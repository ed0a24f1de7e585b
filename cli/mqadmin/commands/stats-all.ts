/** `mqadmin statsAll`: rates of topics, and how far their groups are behind. */
import { consumptionOf } from "../group-consumption.ts";
import { front } from "../java-format.ts";
import { hashOrder } from "../java-order.ts";
import { option, toggled } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";
import { countedToday } from "../values.ts";

const ownTopics = /^%(RETRY|DLQ)%/;

interface Counts {
  readonly perSecond: number;
  readonly today: number;
}

export const subcommand: Subcommand = {
  options: [
    toggled("a", "activeTopic", "only topics in which something happened today"),
    option("t", "topic", "only this topic"),
  ],
  spelling: (line) => `topic stats${line.has("t") ? ` ${line.text("t")}` : ""}`,
  async run(call) {
    const { client, line, printer } = call;
    const names = await client.admin.topics.names();
    printer.print(
      "%-64s  %-64s %12s %11s %11s %14s %14s%n",
      ...["#Topic", "#Consumer Group", "#Accumulation", "#InTPS", "#OutTPS"],
      ...["#InMsg24Hour", "#OutMsg24Hour"],
    );
    const wanted = line.value("t") ?? "";
    for (const topic of hashOrder(names, (name) => name)) {
      if (!ownTopics.test(topic) && (wanted === "" || wanted === topic)) {
        // As the official tool: a topic that cannot be asked about is left out.
        await printTopic(call, topic).catch(() => undefined);
      }
    }
    return undefined;
  },
};

async function printTopic(call: AdminCall, topic: string): Promise<void> {
  const { client, line, printer } = call;
  const [address = ""] = await brokersOfTopic(client, topic);
  const groups = await client.admin.topics.groups(address, topic);
  const sent = await countsOf(call, topic, "TOPIC_PUT_NUMS", topic);
  const isWanted = (received: number): boolean => !line.has("a") || sent.today > 0 || received > 0;
  if (groups.length === 0 && isWanted(0)) {
    printer.row("%-64s  %-64s %12d %11.2f %11s %14d %14s%n", {
      topic: front(topic, 64),
      group: "",
      lag: 0,
      inTps: sent.perSecond,
      outTps: "",
      inToday: sent.today,
      outToday: "NO_CONSUMER",
    });
  }
  for (const group of hashOrder(groups, (name) => name)) {
    const received = await countsOf(call, topic, "GROUP_GET_NUMS", `${topic}@${group}`);
    const consumption = await consumptionOf(client, group, topic).catch(() => undefined);
    if (isWanted(received.today)) {
      printer.row("%-64s  %-64s %12d %11.2f %11.2f %14d %14d%n", {
        topic: front(topic, 64),
        group: front(group, 64),
        lag: lagOf(consumption?.queues ?? []),
        inTps: sent.perSecond,
        outTps: received.perSecond,
        inToday: sent.today,
        outToday: received.today,
      });
    }
  }
}

function lagOf(queues: Awaited<ReturnType<typeof consumptionOf>>["queues"]): number {
  const lag = queues.reduce(
    (sum, [, { brokerOffset, consumerOffset }]) => sum + brokerOffset - consumerOffset,
    0,
  );
  return Math.max(0, lag);
}

/** Of all leaders that serve the topic; those that counted nothing, or cannot be asked, add nothing. */
async function countsOf(
  { client }: AdminCall,
  topic: string,
  name: "TOPIC_PUT_NUMS" | "GROUP_GET_NUMS",
  key: string,
): Promise<Counts> {
  let [perSecond, today] = [0, 0];
  for (const { address } of await client.admin.topics.leaders(topic)) {
    const counts = await client.admin.topics.counts(address, name, key).catch(() => undefined);
    perSecond += counts?.minute.perSecond ?? 0;
    today += countedToday(counts);
  }
  return { perSecond, today };
}
