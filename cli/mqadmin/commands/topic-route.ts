/** `mqadmin topicRoute`: what the nameserver tells clients of a topic, as JSON or, with `-l`, as a table. */
import { decodeStaticTopicMapping } from "../../../src/client/index.ts";
import { type JavaValue, javaJson } from "../java-json.ts";
import { hashMap } from "../java-order.ts";
import { required, toggled } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";

type Route = Awaited<ReturnType<AdminCall["client"]["admin"]["topics"]["route"]>>;

const pattern = "%-45s %-32s %-50s %-10s %-11s %-5s%n";
const ruleWidth = 158;

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    toggled("l", "list", "as a table instead of JSON"),
  ],
  spelling: (line) => `topic route ${line.text("t")}`,
  async run({ client, line, printer }) {
    const route = await client.admin.topics.route(line.text("t"));
    printer.item(itemOf(route));
    if (line.has("l")) {
      printTable(printer, route);
    } else {
      printer.print("%s%n", javaJson(routeValue(route)));
    }
    return undefined;
  },
};

function itemOf(route: Route): Readonly<Record<string, unknown>> {
  return {
    brokers: route.brokers.map((broker) => ({
      ...broker,
      addresses: Object.fromEntries(broker.addresses),
    })),
    queues: route.queues,
    orderTopicConf: route.orderTopicConf ?? null,
  };
}

function printTable(printer: AdminCall["printer"], { brokers, queues }: Route): void {
  printer.print(
    pattern,
    ...["#ClusterName", "#BrokerName", "#BrokerAddrs", "#ReadQueue", "#WriteQueue", "#Perm"],
  );
  let [reads, writes] = [0, 0];
  for (const broker of [...brokers].sort((a, b) => (a.brokerName < b.brokerName ? -1 : 1))) {
    const queue = queues.findLast((each) => each.brokerName === broker.brokerName);
    const { readQueueCount = 0, writeQueueCount = 0, perm = 0 } = queue ?? {};
    reads += readQueueCount;
    writes += writeQueueCount;
    const addresses = [...broker.addresses]
      .sort(([left], [right]) => left - right)
      .map(([id, address]) => `${id}=${address}`);
    printer.print(
      pattern,
      ...[broker.clusterName, broker.brokerName, `{${addresses.join(", ")}}`],
      ...[readQueueCount, writeQueueCount, perm],
    );
  }
  printer.print("%s%n", "-".repeat(ruleWidth));
  const brokerCount = new Set(queues.map(({ brokerName }) => brokerName)).size;
  printer.print(pattern, "Total:", brokerCount, "", reads, writes, "");
}

/** In the order of the official tool's writer: members by name, what is absent left out. */
function routeValue({
  brokers,
  queues,
  orderTopicConf,
  filterServers,
  mappings,
}: Route): JavaValue {
  return {
    brokerDatas: brokers.map((broker) => ({
      brokerAddrs: new Map([...broker.addresses].sort(([left], [right]) => left - right)),
      brokerName: broker.brokerName,
      cluster: broker.clusterName,
      enableActingMaster: broker.enableActingMaster,
    })),
    filterServerTable: Object.fromEntries(filterServers ?? []),
    ...(orderTopicConf === undefined ? {} : { orderTopicConf }),
    queueDatas: queues.map((queue) => ({
      brokerName: queue.brokerName,
      perm: queue.perm,
      readQueueNums: queue.readQueueCount,
      topicSysFlag: queue.topicSysFlag,
      writeQueueNums: queue.writeQueueCount,
    })),
    ...(mappings === undefined
      ? {}
      : { topicQueueMappingByBroker: hashMap([...mappings].map(mappingOf)) }),
  };
}

/** Which of its queues a broker has for which of a static topic's. */
function mappingOf([brokerName, text]: readonly [string, string]): readonly [string, JavaValue] {
  const bytes = Buffer.from(text);
  const mapping = decodeStaticTopicMapping(bytes, 0, bytes.length);
  return [
    brokerName,
    {
      bname: mapping.brokerName,
      currIdMap: mapping.currentQueues,
      dirty: mapping.isDirty,
      epoch: mapping.epoch,
      scope: mapping.scope,
      topic: mapping.topic,
      totalQueues: mapping.totalQueues,
    },
  ];
}
