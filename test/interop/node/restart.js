// The broker is killed and started again under a sender and consumers: what was acknowledged is given, nothing is lost.
import { giveBack, Inbox, newMessage, Sender, scale } from "./context.js";
import { holds, must } from "./report.js";

const before = 80 * scale;
const afterMin = 50 * scale;
const flowPauseMs = 10;

export async function restartScenario(context) {
  const { report, topic, control } = context;
  const throughout = new Inbox();
  await context.consumer("restart", throughout.listener);
  // Each tenth message is given back once: its retry is under way while the broker is killed.
  const retrying = new Inbox();
  await context.consumer("restart-retrying", async (message) => {
    if (message.keys.endsWith("0") && message.reconsumeTimes === 0) {
      giveBack(message);
    }
    retrying.add(message);
  });
  const producer = await context.producer();
  const sender = new Sender(producer, topic);
  await sender.send(before);
  report.check("each send before the kill is acknowledged", sender.failures.length === 0, sender.failures);
  const later = Array.from({ length: 20 }, (_, number) => `later-${number}`);
  for (const key of later) {
    const message = newMessage(topic, "TagA", key);
    message.delayTimeLevel = 4;
    await producer.send(message);
  }
  sender.startFlow(flowPauseMs);
  const count = () => sender.acknowledged.length;
  await must("the flow of messages", () => count() > before);
  report.event("ready to be killed", `${count()}`);
  while (!control.has("restarted")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const atRestart = count();
  const isBack = await holds(() => count() >= atRestart + afterMin);
  report.check("sends are acknowledged again after the restart", isBack, count() - atRestart);
  await sender.stopFlow();
  report.event("sent", `${count()} acknowledged, ${sender.failures.length} failed`);
  const keys = [...sender.acknowledged, ...later];
  await holds(() => throughout.hasAll(keys));
  const what = "a consumer that lived through it is given every acknowledged message";
  report.equal(what, [], throughout.missing(keys));
  await holds(() => retrying.hasAll(keys));
  report.equal("and so is one that gave messages back", [], retrying.missing(keys));
}
