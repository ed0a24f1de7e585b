/** What happens between the commands of the script and is no command: members, given-up messages, accidents. */
import { type Client, createClient } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { WireClient } from "../support/wire-client.ts";
import type { Cluster } from "./cluster.ts";
import type { ActionName } from "./step.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const sendBack = 36;
const group = "billing";

/** Acts on one cluster; ends its connections when it is closed. */
export class Actions {
  readonly #cluster: Cluster;
  readonly #client: Client;
  #member: WireClient | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#client = createClient(environment, { nameservers: [cluster.nameserver] });
  }

  async run(action: ActionName): Promise<void> {
    switch (action) {
      case "a member of billing comes on line":
        this.#member = await this.#connect();
        return joinGroup(this.#member);
      case "the member of billing goes":
        this.#member?.close();
        return;
      case "letters gives up one message":
        return await this.#giveUp("letters", 1);
      case "letters gives up three messages":
        return await this.#giveUp("letters", 3);
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

  #connect(): Promise<WireClient> {
    const [host = "", port] = this.#cluster.broker.split(":");
    return WireClient.connect(environment, { host, port: Number(port) });
  }

  /** The group sends the first messages of the topic's queue 0 back for good: they become dead letters. */
  async #giveUp(topic: string, count: number): Promise<void> {
    const connection = await this.#connect();
    const queue = { topic, brokerName: "broker-a", queueId: 0 };
    const found = await this.#client.pull.pull({ group: "TOOLS_CONSUMER", queue, offset: 0 });
    const messages = found.kind === "found" ? found.messages.slice(0, count) : [];
    for (const message of messages) {
      const reply = await connection.request(sendBack, [
        ["offset", String(message.physicalOffset)],
        ["group", group],
        ["delayLevel", "-1"],
        ["originMsgId", message.offsetMessageId],
        ["originTopic", topic],
        ["unitMode", "false"],
        ["maxReconsumeTimes", "16"],
      ]);
      if (reply.code !== 0) {
        throw new Error(`a message was not given up: ${reply.remark}`);
      }
    }
    connection.close();
    if (messages.length !== count) {
      throw new Error(`${messages.length} of ${count} messages were there to be given up`);
    }
  }
}

/** A member that subscribes to all of orders, as Java's client says it. */
async function joinGroup(connection: WireClient): Promise<void> {
  const body = {
    clientID: "127.0.0.1@4711",
    consumerDataSet: [
      {
        consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
        consumeType: "CONSUME_PASSIVELY",
        groupName: group,
        messageModel: "CLUSTERING",
        subscriptionDataSet: [
          {
            classFilterMode: false,
            codeSet: [],
            expressionType: "TAG",
            subString: "*",
            subVersion: 1,
            tagsSet: [],
            topic: "orders",
          },
        ],
        unitMode: false,
      },
    ],
    producerDataSet: [],
  };
  const reply = await connection.call(heartBeat, {}, { body: Buffer.from(JSON.stringify(body)) });
  if (reply.code !== 0) {
    throw new Error(`the member was refused: ${reply.remark}`);
  }
}
