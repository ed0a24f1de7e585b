/**
 * `mqadmin consumerStatus`: what the members of a group say of themselves. Of one member on standard output; of all of
 * them in files of the current folder, with a line each that says where.
 */
import type { ConsumerRunningInfo } from "../../../src/client/index.ts";
import { joinPath } from "../../../src/io/disk.ts";
import { notFound } from "../../command-error.ts";
import { presenceOf, retryPrefix } from "../group-consumption.ts";
import { option, required, toggled } from "../option.ts";
import { fileName, writeOutputFile } from "../output-file.ts";
import { hasSameSubscriptions, isPassive, runningInfoText, stuckQueues } from "../running-info.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { brokersOfTopic } from "../targets.ts";

const linePattern = "%-10d %-40s %-20s %s%n";

export const subcommand: Subcommand = {
  options: [
    required("g", "consumerGroup", "name of the group"),
    option("i", "clientId", "the member; all of them without"),
    option("b", "brokerAddr", "the broker that is asked who is there, HOST:PORT"),
    toggled("s", "jstack", "with the stacks of its threads"),
  ],
  spelling: (line) => `group members ${line.text("g")}`,
  async run(call) {
    const { client, line } = call;
    const group = line.text("g");
    const address = line.value("b");
    const presence =
      address === undefined
        ? await presenceOf(client, group)
        : await client.admin.groups.members(address, group);
    if (presence === undefined) {
      throw notFound(`nobody is in group '${group}'`);
    }
    const clientId = line.value("i");
    if (clientId === undefined) {
      await printAll(call, presence.members);
    } else {
      const info = await infoOf(call, clientId);
      call.printer.item(itemOf(clientId, info));
      call.printer.print("%s", runningInfoText(info));
    }
    return undefined;
  },
};

async function infoOf({ client, line }: AdminCall, clientId: string): Promise<ConsumerRunningInfo> {
  const group = line.text("g");
  const [address = ""] = await brokersOfTopic(client, `${retryPrefix}${group}`);
  const member = { group, clientId, hasStacks: line.has("s") };
  return await client.admin.groups.runningInfo(address, member);
}

async function printAll(
  call: AdminCall,
  members: readonly { readonly clientId: string; readonly version: string }[],
): Promise<void> {
  const { environment, printer, process } = call;
  const nowMs = environment.clock.nowMs();
  const found = new Map<string, ConsumerRunningInfo>();
  const heads = ["#Index", "#ClientId", "#Version", "#ConsumerRunningInfoFile"];
  printer.print("%-10s %-40s %-20s %s%n", ...heads);
  for (const { clientId, version } of members) {
    const info = await infoOf(call, clientId).catch((error: unknown) => {
      printer.note(`${clientId}: ${String(error)}`);
      return undefined;
    });
    if (info !== undefined) {
      found.set(clientId, info);
      const path = `${nowMs}/${fileName(clientId)}`;
      const bytes = Buffer.from(runningInfoText(info));
      writeOutputFile(environment, joinPath(process.currentFolder(), path), bytes);
      printer.item({ ...itemOf(clientId, info), path });
      printer.print(linePattern, found.size, clientId, version, path);
    }
  }
  const sorted = [...found].sort(([left], [right]) => (left < right ? -1 : 1));
  if (sorted.length === 0) {
    return;
  }
  const infos = sorted.map(([, info]) => info);
  if (!hasSameSubscriptions(infos, nowMs)) {
    printer.print("%n%nWARN: Different subscription in the same group of consumer!!!");
    return;
  }
  printer.print("%n%nSame subscription in the same group of consumer");
  printer.print("%n%nRebalance OK%n");
  for (const [clientId, info] of sorted.filter(([, each]) => isPassive(each))) {
    for (const line of stuckQueues(clientId, info, nowMs)) {
      printer.print("%s%n", line);
    }
  }
}

function itemOf(clientId: string, info: ConsumerRunningInfo): Readonly<Record<string, unknown>> {
  return {
    clientId,
    properties: Object.fromEntries(info.properties),
    subscriptions: info.subscriptions.map(({ topic, expression }) => ({ topic, expression })),
    queues: info.pulled.map(([queue, state]) => ({ ...queue, ...state })),
    rates: Object.fromEntries(info.rates),
    stacks: info.stacks ?? null,
  };
}
