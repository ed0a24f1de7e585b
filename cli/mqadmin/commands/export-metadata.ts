/** `mqadmin exportMetadata`: topics and groups of a broker or a cluster, as a file. */
import type { GroupConfig, TopicConfig } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { exportFile, folderOption } from "../export-file.ts";
import type { JavaValue } from "../java-json.ts";
import { hashMap } from "../java-order.ts";
import {
  groupTableValue,
  groupValue,
  topicTableValue,
  topicValue,
  userGroups,
  userTopics,
} from "../metadata-value.ts";
import { option, toggled } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";

export const subcommand: Subcommand = {
  options: [
    option("c", "clusterName", "all leaders of a cluster, as one"),
    option("b", "brokerAddr", "the broker, HOST:PORT; wants -t or -g"),
    folderOption,
    toggled("t", "topic", "only topics"),
    toggled("g", "subscriptionGroup", "only groups"),
    toggled("s", "specialTopic", "also the topics of retries and dead letters"),
  ],
  spelling: (line) =>
    line.has("b")
      ? `export metadata --broker ${line.text("b")}`
      : `export metadata --cluster ${line.text("c")}`,
  async run(call) {
    const { line, printer } = call;
    const [name, value] = line.has("b") ? await brokerFile(call) : await clusterFile(call);
    const path = exportFile(call, name, value);
    printer.item({ path });
    printer.print(line.has("b") ? "export %s success" : "export %s success%n", path);
    return undefined;
  },
};

type NamedValue = readonly [name: string, value: JavaValue];

async function brokerFile({ client, line }: AdminCall): Promise<NamedValue> {
  const broker = line.text("b");
  if (line.has("t")) {
    const table = await userTopics(client, broker, { isWhole: line.has("s") });
    return ["topic.json", topicTableValue(table)];
  }
  if (line.has("g")) {
    return ["subscriptionGroup.json", groupTableValue(await userGroups(client, broker))];
  }
  throw usageError("-b wants -t or -g as well", "-c writes topics and groups into one file");
}

async function clusterFile(call: AdminCall): Promise<NamedValue> {
  const { client, environment, line } = call;
  const topics = new Map<string, TopicConfig>();
  const groups = new Map<string, GroupConfig>();
  for (const broker of await chosenLeaders(call)) {
    const found = await userTopics(client, broker, { isWhole: line.has("s") });
    for (const config of found.topics) {
      topics.set(config.topic, joinedTopic(topics.get(config.topic), config));
    }
    for (const config of (await userGroups(client, broker)).groups) {
      groups.set(config.group, joinedGroup(groups.get(config.group), config));
    }
  }
  const topicRows = [...topics].map(([name, each]) => [name, topicValue(each)] as const);
  const groupRows = [...groups].map(([name, each]) => [name, groupValue(each)] as const);
  const [hasTopics, hasGroups] = [!line.has("g") || line.has("t"), !line.has("t")];
  const members: NamedValue[] = [
    ...(hasTopics ? [["topicConfigTable", hashMap(topicRows)] as const] : []),
    ...(hasGroups ? [["subscriptionGroupTable", hashMap(groupRows)] as const] : []),
    ["exportTime", environment.clock.nowMs()],
  ];
  const name = !hasGroups ? "topic" : hasTopics ? "metadata" : "subscriptionGroup";
  return [`${name}.json`, hashMap(members)];
}

/** A topic of several brokers has the queues of all, and else what the last one says. */
function joinedTopic(known: TopicConfig | undefined, next: TopicConfig): TopicConfig {
  return {
    ...next,
    readQueueCount: next.readQueueCount + (known?.readQueueCount ?? 0),
    writeQueueCount: next.writeQueueCount + (known?.writeQueueCount ?? 0),
  };
}

function joinedGroup(known: GroupConfig | undefined, next: GroupConfig): GroupConfig {
  return { ...next, retryQueueCount: next.retryQueueCount + (known?.retryQueueCount ?? 0) };
}
