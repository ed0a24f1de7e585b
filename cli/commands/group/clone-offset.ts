/** `mq group clone-offset`: a group goes on where another one stands. */
import { gather } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, texts, toggle } from "../../flag.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { moveGroup, moveSchema } from "./move-group.ts";

export const command = defineCommand({
  spec: {
    path: ["group", "clone-offset"],
    summary: "put a group where another one stands",
    description:
      "Moves DESTINATION, in every queue in which SOURCE has an offset, to that offset; SOURCE stays as it is. Shows the\nplan and asks; `mq group undo-reset DESTINATION` takes it back. The retry topic is not cloned: it is SOURCE's own.",
    arguments: [
      { name: "SOURCE", about: "group whose offsets are taken", completes: "group" },
      { name: "DESTINATION", about: "group that gets them", completes: "group" },
    ],
    flags: {
      topic: flag(texts().optional(), {
        about: "only this topic (repeatable)",
        short: "t",
        value: "TOPIC",
        completes: "topic",
      }),
      create: toggle("make DESTINATION first where it is not there, with the settings of SOURCE"),
      forceOnline: toggle("also where the broker can only move a group of which nobody is on line"),
      save: flag(text().optional(), {
        about: "keep the old offsets in this file as well",
        value: "FILE",
      }),
    },
    output: moveSchema,
    examples: [
      "mq group clone-offset billing billing-v2 --dry-run",
      "mq group clone-offset billing billing-v2 --create --yes",
    ],
  },
  async run(context, { arguments: [source = "", destination = ""], flags }) {
    if (source === destination) {
      throw usageError("SOURCE and DESTINATION are the same group");
    }
    const { admin } = context.client();
    if (!(await admin.groups.isKnown(source))) {
      throw notFound(`group '${source}' is not known`, "mq group list shows what there is");
    }
    const isThere = await admin.groups.isKnown(destination);
    if (!isThere && !flags.create) {
      throw notFound(`group '${destination}' is not known`, "--create makes it like SOURCE");
    }
    return await moveGroup(
      context,
      destination,
      { toGroup: source, topic: flags.topic, forceOnline: flags.forceOnline, save: flags.save },
      isThere ? undefined : () => createAs(context, source, destination),
    );
  },
});

/** Makes the group wherever the other one is, with its settings. */
async function createAs(context: CommandContext, source: string, group: string): Promise<void> {
  const { admin } = context.client();
  const { failures } = await gather(await chosenBrokers(context.client()), async ({ address }) => {
    const config = await admin.groups.config(address, source);
    if (config !== undefined) {
      const attributes = [...config.attributes].map(
        ([name, value]) => [`+${name}`, value] as const,
      );
      await admin.groups.update(address, { ...config, group, attributes: new Map(attributes) });
    }
  });
  const [first] = failures;
  if (first !== undefined) {
    throw new CommandError(
      "MQ-E-PARTIAL",
      exitCode.partial,
      `group '${group}' could not be made on ${first.broker.brokerName}: ${first.error.message}`,
      { hint: "no offset was moved" },
    );
  }
}
