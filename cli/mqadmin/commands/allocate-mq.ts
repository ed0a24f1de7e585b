/** `mqadmin allocateMQ`: which client would get which queues of a topic, by the usual way of sharing. */
import type { MessageQueue } from "../../../src/client/index.ts";
import { hashOrder } from "../java-order.ts";
import { required } from "../option.ts";
import { readQueues } from "../read-queues.ts";
import type { Subcommand } from "../subcommand.ts";

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    required("i", "ipList", "clients, separated by commas"),
  ],
  spelling: () => undefined,
  async run({ client, line, printer }) {
    const queues = await readQueues(client, line.text("t"));
    const clients = line.text("i").split(",");
    const shares = new Map(
      clients.map((name) => [name, shareOf(queues, clients.indexOf(name), clients.length)]),
    );
    const shown = hashOrder([...shares], ([name]) => name).map(([name, share]) => {
      const items = share.map(
        ({ brokerName, queueId, topic }) =>
          `{"brokerName":${JSON.stringify(brokerName)},"queueId":${queueId},"topic":${JSON.stringify(topic)}}`,
      );
      printer.item({ client: name, queues: share });
      return `${JSON.stringify(name)}:[${items.join(",")}]`;
    });
    printer.print("%s%n", `{"result":{${shown.join(",")}}}`);
    return undefined;
  },
};

/** Neighbouring queues for each; the first clients get one more where they cannot be shared evenly. */
function shareOf(
  queues: readonly MessageQueue[],
  index: number,
  clients: number,
): readonly MessageQueue[] {
  const rest = queues.length % clients;
  const size = Math.floor(queues.length / clients) + (index < rest ? 1 : 0);
  const start = index < rest ? index * size : index * size + rest;
  return queues.slice(start, start + size);
}
