/** `mqadmin consumerProgress`: how far one group is behind, queue by queue, or all groups in a line each. */
import { byQueue, type QueueProgressRow } from "../../../src/client/index.ts";
import { notFound } from "../../command-error.ts";
import {
  consumptionOf,
  type GroupConsumption,
  presenceOf,
  retryPrefix,
} from "../group-consumption.ts";
import { front } from "../java-format.ts";
import { hashOrder } from "../java-order.ts";
import { option } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";
import { secondsText, truth } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    option("g", "groupName", "name of the group; all groups without"),
    option("t", "topicName", "only this topic"),
    option("s", "showClientIP", "true shows who has which queue"),
    option("c", "cluster", "topic whose brokers are asked when the topic has no route"),
  ],
  spelling: (line) =>
    line.has("g")
      ? `group lag ${line.text("g")}${line.has("t") ? ` --topic ${line.text("t")}` : ""}`
      : "group list",
  async run(call) {
    await (call.line.has("g") ? printGroup(call) : printAll(call));
    return undefined;
  },
};

async function printGroup(call: AdminCall): Promise<void> {
  const { client, line, printer } = call;
  const group = line.text("g");
  const found = await consumptionOf(client, group, line.value("t"), line.value("c"));
  if (found.queues.length === 0) {
    await refuseEmpty(call, group);
  }
  const owners = truth(line, "s", false) ? await ownersOf(call, group) : undefined;
  printHead(call, owners !== undefined);
  let [lag, inFlight] = [0, 0];
  for (const row of [...found.queues].sort(byQueue)) {
    printRow(call, row, owners);
    lag += row[1].brokerOffset - row[1].consumerOffset;
    inFlight += row[1].pullOffset - row[1].consumerOffset;
  }
  printer.print("%nConsume TPS: %.2f%n", found.consumeTps);
  printer.print("Consume Diff Total: %d%n", lag);
  printer.print("Consume Inflight Total: %d%n", inFlight);
}

function printHead({ printer }: AdminCall, hasOwners: boolean): void {
  const heads = ["#Topic", "#Broker Name", "#QID", "#Broker Offset", "#Consumer Offset"];
  if (hasOwners) {
    const pattern = "%-64s  %-32s  %-4s  %-20s  %-20s  %-20s %-20s %-20s%s%n";
    printer.print(pattern, ...heads, "#Client IP", "#Diff", "#Inflight", "#LastTime");
  } else {
    const pattern = "%-64s  %-32s  %-4s  %-20s  %-20s  %-20s %-20s%s%n";
    printer.print(pattern, ...heads, "#Diff", "#Inflight", "#LastTime");
  }
}

function printRow(
  { printer }: AdminCall,
  [queue, progress]: QueueProgressRow,
  owners: ReadonlyMap<string, string> | undefined,
): void {
  const { brokerOffset, consumerOffset, pullOffset, lastTimestamp } = progress;
  const place = {
    topic: front(queue.topic, 64),
    broker: front(queue.brokerName, 32),
    queue: queue.queueId,
    brokerOffset,
    consumerOffset,
  };
  const rest = {
    diff: brokerOffset - consumerOffset,
    inFlight: pullOffset - consumerOffset,
    lastTime: lastTimestamp === 0 ? "N/A" : secondsText(lastTimestamp),
  };
  if (owners === undefined) {
    const pattern = "%-64s  %-32s  %-4d  %-20d  %-20d  %-20d %-20d %s%n";
    printer.row(pattern, { ...place, ...rest });
  } else {
    const client = owners.get(keyOf(queue)) ?? "N/A";
    const pattern = "%-64s  %-32s  %-4d  %-20d  %-20d  %-20s %-20d %-20d %s%n";
    printer.row(pattern, { ...place, client, ...rest });
  }
}

function keyOf({ topic, brokerName, queueId }: QueueProgressRow[0]): string {
  return JSON.stringify([topic, brokerName, queueId]);
}

/** The hosts of the members by the queue that they have; none when members cannot be asked. */
async function ownersOf(
  { client }: AdminCall,
  group: string,
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  const [address] = await brokersOfTopic(client, `${retryPrefix}${group}`).catch(() => []);
  const presence = address === undefined ? undefined : await presenceOf(client, group);
  for (const { clientId } of presence?.members ?? []) {
    const info = await client.admin.groups
      .runningInfo(address ?? "", { group, clientId })
      .catch(() => undefined);
    for (const [queue] of info?.pulled ?? []) {
      owners.set(keyOf(queue), clientId.split("@")[0] ?? "");
    }
  }
  return owners;
}

async function refuseEmpty({ client }: AdminCall, group: string): Promise<void> {
  const presence = await presenceOf(client, group).catch(() => undefined);
  if (presence === undefined || presence.messageModel === "BROADCASTING") {
    const reason = presence === undefined ? "nobody is in it" : "its members broadcast";
    throw notFound(`group '${group}' has no offsets: ${reason}`);
  }
}

async function printAll(call: AdminCall): Promise<void> {
  const { client, printer } = call;
  printer.print(
    "%-64s  %-6s  %-24s %-5s  %-14s  %-7s  %s%n",
    ...["#Group", "#Count", "#Version", "#Type", "#Model", "#TPS", "#Diff Total"],
  );
  const topics = hashOrder(await client.admin.topics.names(), (name) => name);
  for (const topic of topics.filter((name) => name.startsWith(retryPrefix))) {
    const group = groupOfRetryTopic(topic);
    const consumption = await consumptionOf(client, group).catch(() => undefined);
    const presence = await presenceOf(client, group).catch(() => undefined);
    const isPassive = presence?.consumeType === "CONSUME_PASSIVELY";
    printer.row("%-64s  %-6d  %-24s %-5s  %-14s  %-7d  %d%n", {
      group: front(group, 64),
      count: presence?.members.length ?? 0,
      version: presence === undefined ? "OFFLINE" : oldestVersion(presence.members),
      type: presence === undefined ? "" : isPassive ? "PUSH" : "PULL",
      model: isPassive ? (presence?.messageModel ?? "") : "",
      tps: Math.trunc(consumption?.consumeTps ?? 0),
      diffTotal: totalLag(consumption),
    });
  }
}

function totalLag(consumption: GroupConsumption | undefined): number {
  return (consumption?.queues ?? []).reduce(
    (sum, [, { brokerOffset, consumerOffset }]) => sum + brokerOffset - consumerOffset,
    0,
  );
}

/** Popping clients have a retry topic for each topic: `%RETRY%group+topic`. */
function groupOfRetryTopic(topic: string): string {
  const name = topic.slice(retryPrefix.length);
  return name.includes("+") ? name.slice(0, name.indexOf("+")) : name;
}

function oldestVersion(members: readonly { readonly version: string }[]): string {
  const names = members.map(({ version }) => version);
  return names.sort((left, right) => left.localeCompare(right, "en", { numeric: true }))[0] ?? "";
}
