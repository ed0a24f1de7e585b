/** `mqadmin updateTopicPerm`: changes who may use a topic, on a broker or in a cluster. */
import { notFound, usageError } from "../../command-error.ts";
import { option, required } from "../option.ts";
import type { Subcommand } from "../subcommand.ts";
import { leadersOfCluster } from "../targets.ts";
import { topicText, wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("c", "clusterName", "all brokers of a cluster"),
    required("t", "topic", "name of the topic"),
    required("p", "perm", "2 write, 4 read, 6 both"),
  ],
  spelling: (line) => `topic update ${line.text("t")} --perm ${words[line.text("p")] ?? "rw"}`,
  async run({ client, line, printer }) {
    const topic = line.text("t");
    const route = await client.admin.topics.route(topic);
    const [first] = route.queues;
    if (first === undefined) {
      throw notFound(`topic '${topic}' has no queues`);
    }
    const perm = wholeNumber(line, "p", 0);
    const { readQueueCount, writeQueueCount, topicSysFlag } = first;
    const settings = { topic, readQueueCount, writeQueueCount, topicSysFlag, perm };
    const address = line.value("b");
    if (address === undefined) {
      if (!line.has("c")) {
        throw usageError("-b or -c is missing", "mq mqadmin help updateTopicPerm shows both");
      }
      for (const leader of await leadersOfCluster(client, line.text("c"))) {
        await client.admin.topics.update(leader, settings);
        printer.item({ topic, broker: leader, from: first.perm, to: perm });
        const pattern = "update topic perm from %s to %s in %s success.%n";
        printer.print(pattern, first.perm, perm, leader);
      }
      return undefined;
    }
    const broker = route.brokers.find(({ addresses }) => addresses.get(0) === address);
    if (broker === undefined) {
      printer.print("updateTopicPerm error broker not exit or broker is not master!.%n");
      throw notFound(`topic '${topic}' is not served by a leader at ${address}`);
    }
    const before = route.queues.find((each) => each.brokerName === broker.brokerName)?.perm ?? 0;
    if (before === perm) {
      printer.print("new perm equals to the old one!%n");
      return undefined;
    }
    await client.admin.topics.update(address, settings);
    printer.item({ topic, broker: address, from: before, to: perm });
    printer.print("update topic perm from %s to %s in %s success.%n", before, perm, address);
    printer.print("%s.%n", topicText(settings));
    return undefined;
  },
};

const words: Readonly<Record<string, string>> = { "2": "w", "4": "r", "6": "rw" };
