// Consumers of one group come, go and are killed under load: each queue has one owner once settled, nothing is lost.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Inbox, Sender, queueCount, scale, startConsumer } from "./context.js";
import { holds, must } from "./report.js";

const flowPauseMs = 5;
const flowMin = 50 * scale;

/** Who was given a message of each queue last. */
class Owners {
  last = new Map();

  /** How many queues each owner has, smallest first. */
  get shares() {
    const counts = new Map();
    for (const owner of this.last.values()) {
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return [...counts.values()].sort();
  }

  listener(inbox, name) {
    return async (message) => {
      inbox.add(message);
      this.last.set(message.queueId, name);
    };
  }
}

async function settle(context, owners, what, shares) {
  const startedAt = performance.now();
  const isSettled = await holds(() => `${owners.shares}` === `${shares}`);
  const ms = (performance.now() - startedAt).toFixed(0);
  context.report.check(what, isSettled, `${owners.shares} after ${ms} ms`);
}

/** Messages pass through the consumers as they now share the queues. */
async function flowOn(sender) {
  const before = sender.acknowledged.length;
  await must("more messages", () => sender.acknowledged.length >= before + flowMin);
}

async function accountFor(context, sender, inbox, elsewhere) {
  const { report } = context;
  const keys = sender.acknowledged;
  const missing = () => inbox.missing(keys).filter((key) => !elsewhere.has(key));
  await holds(() => missing().length === 0);
  const { failures } = sender;
  report.check("each send was acknowledged", failures.length === 0 && keys.length > queueCount, failures);
  report.equal("every message is accounted for", [], missing());
  report.equal("and no other was given", [], inbox.beyond(keys));
  const counts = `${keys.length} messages, ${inbox.repeats()} given again, ${elsewhere.size} elsewhere`;
  report.event("accounted", counts);
}

export async function rebalanceScenario(context) {
  const inbox = new Inbox();
  const owners = new Owners();
  const sender = new Sender(await context.producer(), context.topic);
  sender.startFlow(flowPauseMs);
  const first = await context.consumer("rebalance", owners.listener(inbox, "first"));
  await settle(context, owners, "one consumer has all queues", [queueCount]);
  await flowOn(sender);
  await context.consumer("rebalance", owners.listener(inbox, "second"));
  await settle(context, owners, "two consumers share the queues", [2, 2]);
  await flowOn(sender);
  await context.consumer("rebalance", owners.listener(inbox, "third"));
  await settle(context, owners, "three consumers share the queues after one joined", [1, 1, 2]);
  await flowOn(sender);
  await first.close();
  await settle(context, owners, "two consumers share the queues after one left", [2, 2]);
  await flowOn(sender);
  await sender.stopFlow();
  await accountFor(context, sender, inbox, new Set());
}

export async function killedScenario(context) {
  const inbox = new Inbox();
  const owners = new Owners();
  const elsewhere = new Set();
  await context.consumer("killed", owners.listener(inbox, "survivor"));
  const sender = new Sender(await context.producer(), context.topic);
  sender.startFlow(flowPauseMs);
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const words = [main, "member", context.nameserver, context.name("killed"), context.topic];
  const member = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: member.stdout });
  lines.on("line", (line) => {
    const [queueId, key] = line.split(" ");
    elsewhere.add(key);
    owners.last.set(Number(queueId), "killed");
  });
  const heardAll = new Promise((resolve) => lines.once("close", resolve));
  try {
    await settle(context, owners, "a consumer in another process takes its share", [2, 2]);
    await flowOn(sender);
  } finally {
    member.kill("SIGKILL");
    await heardAll;
  }
  const what = "the one that is left takes over what the killed one had";
  await settle(context, owners, what, [queueCount]);
  await sender.stopFlow();
  await accountFor(context, sender, inbox, elsewhere);
}

/** A consumer in a process of its own, to be killed: it says the queue and key of each message. */
export async function runMember([nameserver, group, topic]) {
  const consume = async (message) => {
    process.stdout.write(`${message.queueId} ${message.keys}\n`);
  };
  startConsumer({ nameserver, group, prefix: "member", topic, tags: "*", consume });
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(3));
}
