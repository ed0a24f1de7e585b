/** `mq nameserver kv list` */
import { orderNamespace } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { exitFor } from "../cluster/chosen-brokers.ts";
import { askNameservers } from "./each-nameserver.ts";

export const command = defineCommand({
  spec: {
    path: ["nameserver", "kv", "list"],
    summary: "list values that nameservers keep",
    description: `The values of one namespace (219), nameserver by nameserver. Without one, of ${orderNamespace}: the orders of\ntopics, which is what RocketMQ itself keeps there. Nameservers do not tell which namespaces there are.`,
    arguments: [{ name: "NAMESPACE", about: "which values", isOptional: true }],
    flags: {},
    output: (z) =>
      z.object({
        nameserver: z.string(),
        namespace: z.string(),
        key: z.string(),
        value: z.string(),
      }),
    examples: ["mq nameserver kv list", "mq nameserver kv list MY_NAMESPACE -o json"],
  },
  async run(context, { arguments: [namespace = orderNamespace] }) {
    const client = context.client();
    const { answers, missing } = await askNameservers(client, (nameserver) =>
      client.admin.nameservers.values(nameserver, namespace),
    );
    await context.output.list({
      kind: "NameserverValues",
      noun: "key",
      nameKey: "key",
      columns: [
        { key: "nameserver", head: "NAMESERVER" },
        { key: "namespace", head: "NAMESPACE" },
        { key: "key", head: "KEY" },
        { key: "value", head: "VALUE" },
      ],
      items: answers.flatMap(({ nameserver, value }) =>
        [...value]
          .map(([key, text]) => ({ nameserver, namespace, key, value: text }))
          .sort((left, right) => (left.key < right.key ? -1 : 1)),
      ),
      missing,
    });
    return exitFor(missing);
  },
});
