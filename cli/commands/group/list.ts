/** `mq group list` */
import { defineCommand } from "../../command.ts";
import { toggle } from "../../flag.ts";
import { inParallel } from "../in-parallel.ts";
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
      }),
    examples: ["mq group list", "mq group list -o json"],
  },
  async run(context, { flags }) {
    const { admin } = context.client();
    const groups = [...(await admin.groups()).values()];
    const chosen = flags.all ? groups : groups.filter(({ group }) => !isSystemGroup(group));
    const items = await inParallel(chosen, async ({ group, retryTimesMax }) => {
      const members = await admin.members(group);
      const progress = await admin.progress(group);
      return {
        name: group,
        members: members?.connections.length ?? 0,
        lag: progress.reduce(
          (sum, [, { brokerOffset, consumerOffset }]) =>
            sum + Math.max(0, brokerOffset - consumerOffset),
          0,
        ),
        retryTimesMax,
      };
    });
    const hidden = groups.length - chosen.length;
    await context.output.list({
      kind: "GroupList",
      noun: "group",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "members", head: "MEMBERS", align: "right" },
        { key: "lag", head: "LAG", align: "right" },
        { key: "retryTimesMax", head: "RETRIES", align: "right", isWide: true },
      ],
      items,
      summary: `${items.length} groups${hidden > 0 ? ` (${hidden} of the system hidden, --all shows them)` : ""}`,
    });
    return undefined;
  },
});
