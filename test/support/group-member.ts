/** A consumer as a broker sees it: a connection that says who it is and what it wants. */
import type { ReceivedMessage } from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { WireClient } from "./wire-client.ts";

/** A bare connection to the address. */
export function connectTo(address: string): Promise<WireClient> {
  const [host = "", port] = address.split(":");
  const environment = createBunEnvironment({ level: "error", format: "text" });
  return WireClient.connect(environment, { host, port: Number(port) });
}

/** Connects and joins, with tags A and B of the topic, as Java's client says it. It leaves when it is closed. */
export async function joinGroup(
  brokerAddress: string,
  member: {
    readonly group: string;
    readonly clientId: string;
    readonly topic: string;
    /** Reads what failed once, as clients that are not broadcast to do. */
    readonly hasRetries?: boolean;
  },
): Promise<WireClient> {
  const connection = await connectTo(brokerAddress);
  const subscriptionTo = (topic: string) => ({
    classFilterMode: false,
    codeSet: [],
    expressionType: "TAG",
    subString: "A || B",
    subVersion: 1,
    tagsSet: ["A", "B"],
    topic,
  });
  const topics = [member.topic, ...(member.hasRetries ? [`%RETRY%${member.group}`] : [])];
  const body = {
    clientID: member.clientId,
    consumerDataSet: [
      {
        consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
        consumeType: "CONSUME_PASSIVELY",
        groupName: member.group,
        messageModel: "CLUSTERING",
        subscriptionDataSet: topics.map(subscriptionTo),
        unitMode: false,
      },
    ],
    producerDataSet: [],
  };
  const reply = await connection.call(heartBeat, {}, { body: Buffer.from(JSON.stringify(body)) });
  if (reply.code !== 0) {
    throw new Error(`the broker refused a member: ${reply.code} ${reply.remark}`);
  }
  return connection;
}

/** A group sends a message back for good: it becomes a dead letter. Throws when the broker refuses. */
export async function giveUp(
  connection: WireClient,
  group: string,
  message: Pick<ReceivedMessage, "topic" | "physicalOffset" | "offsetMessageId">,
): Promise<void> {
  const reply = await connection.request(36, [
    ["offset", String(message.physicalOffset)],
    ["group", group],
    ["delayLevel", "-1"],
    ["originMsgId", message.offsetMessageId],
    ["originTopic", message.topic],
    ["unitMode", "false"],
    ["maxReconsumeTimes", "16"],
  ]);
  if (reply.code !== 0) {
    throw new Error(`the broker did not take it back: ${reply.code} ${reply.remark}`);
  }
}
