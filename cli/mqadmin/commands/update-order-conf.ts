/** `mqadmin updateOrderConf`: sets, shows or drops the queues of an ordered topic, as nameservers tell producers. */
import { orderNamespace } from "../../../src/client/index.ts";
import { notFound, usageError } from "../../command-error.ts";
import { option, required } from "../option.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    option("v", "orderConf", "broker:queues, several separated by semicolons"),
    required("m", "method", "put, get or delete"),
  ],
  spelling: (line) => `topic route ${line.text("t")}`,
  async run(call) {
    const topic = call.line.text("t");
    switch (call.line.text("m")) {
      case "get":
        await show(call, topic);
        return undefined;
      case "put":
        await put(call, topic);
        return undefined;
      case "delete":
        await drop(call, topic);
        return undefined;
      default:
        throw usageError(`-m: '${call.line.text("m")}' is none of put, get and delete`);
    }
  },
};

async function show({ client, printer }: AdminCall, topic: string): Promise<void> {
  const [nameserver = ""] = client.admin.cluster.nameservers;
  const key = { namespace: orderNamespace, key: topic };
  const orderConf = await client.admin.nameservers.value(nameserver, key);
  if (orderConf === undefined) {
    throw notFound(`topic '${topic}' has no order`);
  }
  printer.row("get orderConf success. topic=[%s], orderConf=[%s] ", { topic, orderConf });
}

async function put({ client, line, printer }: AdminCall, topic: string): Promise<void> {
  const orderConf = line.value("v") ?? "";
  if (orderConf === "") {
    throw usageError("-v is missing: broker:queues");
  }
  for (const nameserver of client.admin.cluster.nameservers) {
    const entry = { namespace: orderNamespace, key: topic, value: orderConf };
    await client.admin.nameservers.setValue(nameserver, entry);
  }
  printer.row("update orderConf success. topic=[%s], orderConf=[%s]", { topic, orderConf });
}

async function drop({ client, printer }: AdminCall, topic: string): Promise<void> {
  for (const nameserver of client.admin.cluster.nameservers) {
    await client.admin.nameservers.deleteValue(nameserver, {
      namespace: orderNamespace,
      key: topic,
    });
  }
  printer.row("delete orderConf success. topic=[%s]", { topic });
}
