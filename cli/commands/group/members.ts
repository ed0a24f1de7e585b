/** `mq group members` */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { chosenBrokers, exitFor } from "../cluster/chosen-brokers.ts";
import { groupMembers, memberColumns } from "./group-members.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "members"],
    summary: "show who is in a group now",
    description: "Clients that are connected, over all brokers. Nobody on line is an empty list.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {},
    output: (z) =>
      z.object({
        clientId: z.string(),
        address: z.string(),
        language: z.string(),
        version: z.string(),
        brokers: z.array(z.string()),
      }),
    examples: ["mq group members billing", "mq group members billing -o json"],
  },
  async run(context, { arguments: [group = ""] }) {
    const { admin } = context.client();
    const brokers = await chosenBrokers(context.client());
    const { members, missing } = await groupMembers(admin, group, brokers);
    if (members.length === 0 && !(await admin.groups.isKnown(group))) {
      throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
    }
    await context.output.list({
      kind: "GroupMembers",
      noun: "client",
      nameKey: "clientId",
      columns: memberColumns,
      items: members,
      summary: members.length === 0 ? "nobody is on line" : `${members.length} on line`,
      missing,
    });
    return exitFor(missing);
  },
});
