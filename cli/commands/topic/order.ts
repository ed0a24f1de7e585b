/** `mq topic order`: the queues of an orderly topic, as nameservers tell them to clients. */
import { orderNamespace } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { notFound, usageError } from "../../command-error.ts";
import { flag, text, toggle } from "../../flag.ts";
import { exitFor } from "../cluster/chosen-brokers.ts";
import { askNameservers } from "../nameserver/each-nameserver.ts";
import { changeValue } from "../nameserver/kv-change.ts";
import { settingChangeSchema } from "../setting-plan.ts";

export const command = defineCommand({
  spec: {
    path: ["topic", "order"],
    summary: "show or change the fixed queues of an orderly topic",
    description:
      "A topic with an order keeps its queues when brokers come and go: keys stay in their queues, and those of a broker\nthat is down are not written. Clients get it with the route of nameservers that run with orderMessageEnable=true.\nKept at every nameserver (100, 101, 102). Without a flag shows it.",
    arguments: [{ name: "TOPIC", about: "name of the topic", completes: "topic" }],
    flags: {
      set: flag(text(1).optional(), {
        about: "broker and number of queues, several separated by ;",
        value: "BROKER:N[;…]",
      }),
      delete: toggle("the topic has no order any more"),
    },
    output: settingChangeSchema,
    examples: [
      "mq topic order orders",
      "mq topic order orders --set 'broker-a:4;broker-b:4' --yes",
      "mq topic order orders --delete --yes",
    ],
  },
  async run(context, { arguments: [topic = ""], flags }) {
    if (flags.set !== undefined && flags.delete) {
      throw usageError("give --set or --delete, not both");
    }
    const change = { namespace: orderNamespace, key: topic, setting: "order" };
    if (flags.delete) {
      const question = `Take the order of topic '${topic}' away?`;
      return await changeValue(context, {
        kind: "TopicOrder",
        ...change,
        value: undefined,
        question,
      });
    }
    if (flags.set !== undefined) {
      checkOrder(flags.set);
      const question = `Set the order of topic '${topic}'?`;
      return await changeValue(context, {
        kind: "TopicOrder",
        ...change,
        value: flags.set,
        question,
      });
    }
    const client = context.client();
    const { answers, missing } = await askNameservers(client, (nameserver) =>
      client.admin.nameservers.value(nameserver, { namespace: orderNamespace, key: topic }),
    );
    if (answers.every(({ value }) => value === undefined)) {
      throw notFound(`topic '${topic}' has no order`, "--set gives it one");
    }
    await context.output.list({
      kind: "TopicOrder",
      noun: "topic",
      nameKey: "name",
      columns: [
        { key: "name", head: "NAME" },
        { key: "at", head: "AT" },
        { key: "after", head: "ORDER" },
      ],
      items: answers.map(({ nameserver, value = null }) => ({
        ...{ name: topic, at: nameserver, setting: "order" },
        ...{ before: value, after: value, outcome: "unchanged" },
      })),
      missing,
    });
    return exitFor(missing);
  },
});

/** Throws CommandError `MQ-E-USAGE`: clients that cannot read it would find no queue at all. */
function checkOrder(order: string): void {
  const parts = order.split(";");
  if (parts.some((part) => !/^[^:;\s]+:[1-9]\d{0,3}$/.test(part))) {
    throw usageError(`--set '${order}' is no BROKER:N[;BROKER:N…]`);
  }
  const names = parts.map((part) => part.slice(0, part.indexOf(":")));
  if (new Set(names).size < names.length) {
    throw usageError(`--set '${order}' names a broker twice`);
  }
}
