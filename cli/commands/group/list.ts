/** `mq group list` */
import { type Admin, type BrokerAddress, gather } from "../../../src/client/index.ts";
import { inParallel } from "../../../src/core/in-parallel.ts";
import { defineCommand } from "../../command.ts";
import { toggle } from "../../flag.ts";
import { chosenBrokers, exitFor, missingParts } from "../cluster/chosen-brokers.ts";
import { isSystemGroup } from "./group-names.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "list"],
    summary: "list consumer groups",
    flags: { all: toggle("system groups as well", "a") },
    output: (z) =>
      z.object({
        name: z.string(),
        members: z.number(),
        lag: z.number(),
        retryTimesMax: z.number(),
        brokers: z.array(z.string()),
      }),
    examples: ["mq group list", "mq group list -o json"],
  },
  async run(context, { flags }) {
    const { admin } = context.client();
    const configs = await gather(await chosenBrokers(context.client()), ({ address }) =>
      admin.groups.configs(address),
    );
    const missing = missingParts(configs.failures);
    const groups = new Map<string, { retryTimesMax: number; brokers: BrokerAddress[] }>();
    for (const { broker, value } of configs.answers) {
      for (const { group, retryTimesMax } of value) {
        const known = groups.get(group);
        // Of several brokers' settings the first broker's count.
        groups.set(group, {
          retryTimesMax: known?.retryTimesMax ?? retryTimesMax,
          brokers: [...(known?.brokers ?? []), broker],
        });
      }
    }
    const names = [...groups.keys()].sort();
    const chosen = flags.all ? names : names.filter((group) => !isSystemGroup(group));
    const items = await inParallel(chosen, async (name) => {
      const { retryTimesMax, brokers } = groups.get(name) ?? { retryTimesMax: 0, brokers: [] };
      return {
        name,
        ...(await standing(admin, name, brokers)),
        retryTimesMax,
        brokers: brokers.map(({ brokerName }) => brokerName),
      };
    });
    const hidden = names.length - chosen.length;
    await context.output.list({
      kind: "GroupList",
      noun: "group",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "members", head: "MEMBERS", align: "right" },
        { key: "lag", head: "LAG", align: "right" },
        { key: "retryTimesMax", head: "RETRIES", align: "right", isWide: true },
        { key: "brokers", head: "BROKERS", isWide: true, show: (value) => String(value) },
      ],
      items,
      summary: `${items.length} groups${hidden > 0 ? ` (${hidden} of the system hidden, --all shows them)` : ""}`,
      missing,
    });
    return exitFor(missing);
  },
});

/** A member is connected to every broker; it is counted once. */
async function standing(
  admin: Admin,
  group: string,
  brokers: readonly BrokerAddress[],
): Promise<{ readonly members: number; readonly lag: number }> {
  const clients = new Set<string>();
  let lag = 0;
  const { answers } = await gather(brokers, async ({ address }) => ({
    members: await admin.groups.members(address, group),
    progress: await admin.groups.progress(address, group),
  }));
  for (const { value } of answers) {
    for (const { clientId } of value.members?.members ?? []) {
      clients.add(clientId);
    }
    for (const [, { brokerOffset, consumerOffset }] of value.progress) {
      lag += Math.max(0, brokerOffset - consumerOffset);
    }
  }
  return { members: clients.size, lag };
}
