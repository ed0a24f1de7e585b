// Sends, and push consumers that are given what was sent: every message, tags chosen by the broker, offsets kept.
import { randomBytes } from "node:crypto";
import { Inbox, Sender, newMessage, propertyNames, scale } from "./context.js";
import { holds, must } from "./report.js";

const bodyBytesMax = 4 * 1024 * 1024;

export async function sendScenario(context) {
  const { report, topic } = context;
  const inbox = new Inbox();
  await context.consumer("send", inbox.listener);
  const sender = new Sender(await context.producer(), topic, ["Tag0", "Tag1", "Tag2"]);
  await sender.send(40 * scale);
  report.check("each synchronous send is acknowledged", sender.failures.length === 0, sender.failures);
  const keys = sender.acknowledged;
  await holds(() => inbox.hasAll(keys));
  report.check("as many messages are read as were sent", inbox.hasAll(keys), inbox.missing(keys));
  const wrong = keys.filter((key) => {
    const result = sender.results.get(key);
    const message = inbox.messages.get(key);
    return (
      message?.queueId !== Number(result.messageQueue.queueId) ||
      message.queueOffset !== result.queueOffset ||
      message.body.toString() !== `body of ${key}`
    );
  });
  report.equal("each message stands at its queue and offset", [], wrong);
  report.observe("properties of a message read back", propertyNames(inbox.messages.get(keys[0])));
  await sendSideBySide(context, inbox);
  await sendOrdered(context);
  await sendUnusual(context, inbox);
  report.equal("no message is given twice", 0, inbox.repeats());
}

async function sendSideBySide(context, inbox) {
  const producer = await context.producer();
  const keys = Array.from({ length: 100 * scale }, (_, number) => `async-${number}`);
  const sends = keys.map((key) => producer.send(newMessage(context.topic, "TagA", key)));
  const results = await Promise.all(sends);
  const isOk = results.every(({ sendStatus }) => sendStatus === "SEND_OK");
  context.report.check("each asynchronous send is acknowledged", isOk, results.length);
  await holds(() => inbox.hasAll(keys));
  const missing = inbox.missing(keys);
  context.report.equal("as many asynchronous messages are read as were sent", [], missing);
}

async function sendOrdered(context) {
  const producer = await context.producer();
  const queues = new Map();
  for (let number = 0; number < 24; number++) {
    const shard = `shard-${number % 3}`;
    const message = newMessage(context.topic, "TagA", `ordered-${number}`);
    message.shardingKey = shard;
    const { messageQueue } = await producer.send(message);
    queues.set(shard, new Set([...(queues.get(shard) ?? []), messageQueue.queueId]));
  }
  const counts = [...queues.values()].map((each) => each.size);
  context.report.equal("messages of one key go to one queue", [1, 1, 1], counts);
}

/** Large, binary and compressed bodies, and letters outside ASCII. */
async function sendUnusual(context, inbox) {
  const { report, topic } = context;
  const plain = await context.producer({ compressMsgBodyOverHowmuch: bodyBytesMax + 1 });
  const compressing = await context.producer();
  const compressible = Buffer.from("0123456789abcdef".repeat(16 * 1024));
  const bodies = {
    random: randomBytes(bodyBytesMax),
    binary: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    "Schlüssel-键": Buffer.from("über 消息 😀"),
    compressible,
  };
  for (const [key, body] of Object.entries(bodies)) {
    const message = newMessage(topic, "标签-ü", key, body);
    message.properties.wörter = 'über "alles" \\ 消息';
    await (key === "compressible" ? compressing : plain).send(message);
    await holds(() => inbox.hasAll([key]));
    const read = inbox.messages.get(key);
    report.check(`a body comes back whole: ${key}`, read?.body.equals(body) === true, read?.body.length);
    report.equal(
      `tags and properties come back: ${key}`,
      ["标签-ü", 'über "alles" \\ 消息'],
      [read?.tags, read?.properties.wörter],
    );
  }
  const stored = inbox.messages.get("compressible").storeSize;
  report.check("a compressible body is stored compressed", stored < compressible.length / 10, stored);
}

export async function pushScenario(context) {
  const { report, topic } = context;
  const everything = new Inbox();
  const chosen = new Inbox();
  const first = await context.consumer("push-all", everything.listener);
  await context.consumer("push-tags", chosen.listener, { tags: "TagA || 标签" });
  const sender = new Sender(await context.producer(), topic, ["TagA", "TagB", "标签", "TagD"]);
  await sender.send(200 * scale);
  report.check("each send is acknowledged", sender.failures.length === 0, sender.failures);
  const keys = [...sender.acknowledged];
  await holds(() => everything.hasAll(keys));
  report.equal("a push consumer is given every message", [], everything.missing(keys));
  report.equal("and nothing else", [], everything.beyond(keys));
  report.equal("no message is given twice", 0, everything.repeats());
  const wanted = keys.filter((_, at) => at % 2 === 0);
  await holds(() => chosen.hasAll(wanted));
  report.equal("a consumer of two tags is given each of their messages", [], chosen.missing(wanted));
  report.equal("and none of another tag", [], chosen.beyond(wanted));

  const isCaughtUp = async () => (await progress(first.consumer, topic)) === keys.length;
  await must("the first consumer's offsets", isCaughtUp);
  await first.close();
  await sender.send(50 * scale);
  const later = sender.acknowledged.slice(keys.length);
  const afterwards = new Inbox();
  await context.consumer("push-all", afterwards.listener);
  await holds(() => afterwards.hasAll(later));
  report.check(
    "the next consumer of a group goes on where the last one stopped",
    afterwards.hasAll(later) && afterwards.beyond(later).length === 0,
    { missing: afterwards.missing(later), again: afterwards.beyond(later) },
  );
}

/** The sum of the offsets that the consumer would commit now. */
async function progress(consumer, topic) {
  let sum = 0;
  for (const { messageQueue } of consumer.processQueueTable.values()) {
    if (messageQueue.topic === topic) {
      const offset = await consumer._offsetStore.readOffset(messageQueue, "READ_FROM_MEMORY");
      sum += Math.max(0, offset);
    }
  }
  return sum;
}

export async function broadcastScenario(context) {
  const { report, topic } = context;
  const one = new Inbox();
  const other = new Inbox();
  await context.consumer("broadcast", one.listener, { isBroadcast: true });
  await context.consumer("broadcast", other.listener, { isBroadcast: true });
  const sender = new Sender(await context.producer(), topic);
  await sender.send(60 * scale);
  const keys = sender.acknowledged;
  await holds(() => one.hasAll(keys) && other.hasAll(keys));
  const missing = [one.missing(keys), other.missing(keys)];
  report.equal("each broadcast consumer is given every message", [[], []], missing);
  report.equal("and each message once", 0, one.repeats() + other.repeats());
}
