/** `mqadmin updateTopic`: creates or changes a topic on a broker or in a cluster. */
import { orderNamespace, type TopicSettings } from "../../../src/client/index.ts";
import type { CommandLine } from "../command-line.ts";
import { hashOrder } from "../java-order.ts";
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokerNameAt, brokersOfCluster, leadersOfCluster } from "../targets.ts";
import { attributes, topicText, truth, wholeNumber } from "../values.ts";

const queuesDefault = 8;
const permDefault = 6;

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT", { oneOf: "target" }),
    option("c", "clusterName", "all brokers of a cluster", { oneOf: "target" }),
    option("a", "attributes", "+name=value sets one, -name removes it; separated by commas"),
    required("t", "topic", "name of the topic"),
    option("r", "readQueueNums", "queues to read"),
    option("w", "writeQueueNums", "queues to write"),
    option("p", "perm", "2 write, 4 read, 6 both"),
    option("o", "order", "whether its queues are ordered, true or false"),
    option("u", "unit", "whether it belongs to a unit, true or false"),
    option("s", "hasUnitSub", "whether units subscribe to it, true or false"),
  ],
  spelling: (line) =>
    [
      `topic create ${line.text("t")}`,
      `--queues ${line.value("w") ?? queuesDefault}`,
      line.has("b") ? `--broker ${line.text("b")}` : `--cluster ${line.text("c")}`,
    ].join(" "),
  async run(call) {
    const { client, line, printer } = call;
    const changes = attributes(line.value("a"));
    const settings = settingsOf(line, changes);
    const address = line.value("b");
    const brokers =
      address === undefined ? await leadersOfCluster(client, line.text("c")) : [address];
    if (address !== undefined) {
      await client.admin.topics.update(address, settings);
      await setOrder(call, settings);
    }
    for (const broker of brokers) {
      if (address === undefined) {
        await client.admin.topics.update(broker, settings);
      }
      printer.item({ topic: settings.topic, broker });
      printer.print("create topic to %s success.%n", broker);
    }
    if (address === undefined) {
      await setOrder(call, settings);
    }
    printer.print("%s%n", topicText(settings, changes));
    return undefined;
  },
};

function settingsOf(line: CommandLine, changes: ReadonlyMap<string, string>): TopicSettings {
  return {
    topic: line.text("t"),
    readQueueCount: wholeNumber(line, "r", queuesDefault),
    writeQueueCount: wholeNumber(line, "w", queuesDefault),
    perm: wholeNumber(line, "p", permDefault),
    order: truth(line, "o", false),
    topicSysFlag: (truth(line, "u", false) ? 1 : 0) | (truth(line, "s", false) ? 2 : 0),
    attributeChanges: [...changes].map(([name, value]) =>
      value === "" ? name : `${name}=${value}`,
    ),
  };
}

/** Producers of ordered topics learn from the nameservers which queues there are. */
async function setOrder(call: AdminCall, settings: TopicSettings): Promise<void> {
  const { client, line, printer } = call;
  if (settings.order !== true) {
    return;
  }
  const { topic, writeQueueCount } = settings;
  const entry = { namespace: orderNamespace, key: topic };
  const { nameservers } = client.admin.cluster;
  if (line.has("c")) {
    const names = (await brokersOfCluster(client, line.text("c"))).map((each) => each.brokerName);
    const value = names.map((name) => `${name}:${writeQueueCount}`).join(";");
    for (const nameserver of nameservers) {
      await client.admin.nameservers.setValue(nameserver, { ...entry, value });
    }
    printer.print("set cluster orderConf. isOrder=true, orderConf=[%s]%n", value);
    return;
  }
  const broker = await brokerNameAt(client, line.text("b"));
  const value = `${broker}:${writeQueueCount}`;
  const before = await client.admin.nameservers.value(nameservers[0] ?? "", entry);
  const merged = new Map(
    [...(before ?? "").split(";").filter((part) => part !== ""), value].map((part) => [
      part.split(":")[0] ?? "",
      part,
    ]),
  );
  const parts = hashOrder([...merged], ([name]) => name).map(([, part]) => part);
  for (const nameserver of nameservers) {
    await client.admin.nameservers.setValue(nameserver, { ...entry, value: parts.join(";") });
  }
  printer.print("set broker orderConf. isOrder=true, orderConf=[%s]%n", value);
}
