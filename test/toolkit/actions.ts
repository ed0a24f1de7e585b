/** What happens between the commands of the script and is no command: members, given-up messages, accidents. */
import { type Client, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { connectTo, giveUp, joinGroup } from "../support/group-member.ts";
import type { WireClient } from "../support/wire-client.ts";
import type { Cluster } from "./cluster.ts";
import type { ActionName } from "./step.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const group = "billing";

/** Acts on one cluster; ends its connections when it is closed. */
export class Actions {
  readonly #cluster: Cluster;
  readonly #client: Client;
  readonly #askOfficially: () => Promise<void>;
  #member: WireClient | undefined;

  /** Where no official tool is given, nobody asks it. */
  constructor(
    cluster: Cluster,
    askOfficially: (cluster: Cluster) => Promise<void> = async () => undefined,
  ) {
    this.#cluster = cluster;
    this.#askOfficially = () => askOfficially(cluster);
    this.#client = createClient(environment, { nameservers: [cluster.nameserver] });
  }

  async run(action: ActionName): Promise<void> {
    switch (action) {
      case "a member of billing comes on line":
        this.#member = await joinGroup(this.#cluster.broker, {
          group,
          clientId: "127.0.0.1@4711",
          topic: "orders",
        });
        return;
      case "the member of billing goes":
        this.#member?.close();
        return;
      case "letters gives up one message":
        return await this.#giveUp("letters", 1);
      case "letters gives up three messages":
        return await this.#giveUp("letters", 3);
      case "the official tool is asked as well":
        return await this.#askOfficially();
      case "the broker hangs":
        process.kill(this.#cluster.brokerPid, "SIGSTOP");
        return;
      case "the broker is killed":
        return await this.#cluster.killBroker();
    }
  }

  async close(): Promise<void> {
    this.#member?.close();
    await this.#client.close();
  }

  /** The group sends the first messages of the topic's queue 0 back for good: they become dead letters. */
  async #giveUp(topic: string, count: number): Promise<void> {
    const connection = await connectTo(this.#cluster.broker);
    const queue = { topic, brokerName: "broker-a", queueId: 0 };
    const found = await this.#client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 });
    const messages = found.kind === "found" ? found.messages.slice(0, count) : [];
    for (const message of messages) {
      await giveUp(connection, group, message);
    }
    connection.close();
    if (messages.length !== count) {
      throw new Error(`${messages.length} of ${count} messages were there to be given up`);
    }
  }
}
