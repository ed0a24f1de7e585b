/** `mqadmin startMonitoring` in virtual time: rounds, lag, members that do not get on. */
import { expect, test } from "bun:test";
import { encodeConsumeStats } from "../../src/protocol/remoting/bodies/consume-stats.ts";
import { encodeConsumerConnection } from "../../src/protocol/remoting/bodies/consumer-connection.ts";
import type { Command } from "../../src/protocol/remoting/command.ts";
import type { FakeReply } from "../../test/support/fake-cluster.ts";
import { ran } from "../../test/support/mqadmin-run.ts";

const queue = { topic: "orders", brokerName: "broker-a", queueId: 0 };
const member = { clientId: "one", clientAddress: "127.0.0.1:1", language: 0, version: 479 };

/** A passive consumer that holds a message and did nothing with it since 1970. */
const runningInfo = JSON.stringify({
  mqTable: { '{"brokerName":"broker-a","queueId":0,"topic":"orders"}': { cachedMsgCount: 3 } },
  properties: { PROP_CONSUME_TYPE: "CONSUME_PASSIVELY", PROP_CONSUMER_START_TIMESTAMP: "1" },
}).replace(/"(\{[^}]*\})":/, (_, key: string) => `${key.replaceAll("\\", "")}:`);

function answer({ code, fields }: Command): FakeReply {
  switch (code) {
    case 208:
      return {
        body: encodeConsumeStats({
          consumeTps: 0,
          queues: [
            [queue, { brokerOffset: 12, consumerOffset: 5, lastTimestamp: 0, pullOffset: 5 }],
          ],
        }),
      };
    case 203:
      return fields.get("consumerGroup") === "away"
        ? { code: 206 }
        : {
            body: encodeConsumerConnection({
              connections: [member],
              subscriptions: [],
              consumeType: "CONSUME_PASSIVELY",
              messageModel: "CLUSTERING",
              consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
            }),
          };
    default:
      return code === 307 ? { body: Buffer.from(runningInfo) } : { code: 1 };
  }
}

test("each minute tells how far groups are behind and who does not get on", async () => {
  const { text, tookMs } = await ran("startMonitoring", answer, {
    topics: ["orders", "%RETRY%billing", "%RETRY%away"],
    stopAt: /(endRound[\s\S]*){2}/,
  });
  const round = [
    `[MONITOR] ${"=".repeat(41)}beginRound`,
    "[MONITOR] reportUndoneMsgs: UndoneMsgs [consumerGroup=billing, topic=orders, " +
      "undoneMsgsTotal=7, undoneMsgsSingleMQ=7, undoneMsgsDelayTimeMills=0]",
    "[MONITOR]  [NOTIFY] reportConsumerRunningInfo: ConsumerGroup: billing, ClientId: one, " +
      "one MessageQueue [topic=orders, brokerName=broker-a, queueId=0] can't consume for a while, maybe blocked, #ms",
    `[MONITOR] ${"=".repeat(41)}endRound`,
    "",
  ].join("\n");
  expect(text.replace(/\d+ms$/gm, "#ms")).toBe(round.repeat(2));
  expect(Math.floor(tookMs / 60_000)).toBe(1);
});
