/** `mqadmin consumeMessage`: reads messages of a topic or a queue, without taking them from any group. */
import type { MessageQueue } from "../../../src/client/index.ts";
import { usageError } from "../../command-error.ts";
import { printPulled } from "../message-pull.ts";
import { queueText } from "../message-text.ts";
import { option, required } from "../option.ts";
import { readQueues } from "../read-queues.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { timeOf, wholeNumber } from "../values.ts";

const countDefault = 128;

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    option("b", "brokerName", "name of the broker"),
    option("i", "queueId", "with -b: id of the queue"),
    option("o", "offset", "with -i: from this offset on"),
    option("g", "consumerGroup", "group in whose name is read"),
    option("s", "beginTimestamp", "milliseconds since 1970, or yyyy-MM-dd#HH:mm:ss:SSS"),
    option("e", "endTimestamp", "likewise"),
    option("c", "MessageNumber", "how many messages, 128 unless told"),
  ],
  spelling: (line) => `topic tail ${line.text("t")} --offset start --exit-at-end`,
  async run(call) {
    const { client, line } = call;
    const plan = planOf(call);
    const topic = line.text("t");
    if (line.has("i")) {
      const queueId = wholeNumber(line, "i", 0);
      await readOne(call, { topic, brokerName: line.text("b"), queueId }, plan);
      return undefined;
    }
    let left = plan.count;
    for (const queue of await readQueues(client, topic)) {
      if (left !== 0) {
        left = await readSome(call, queue, { ...plan, count: left });
      }
    }
    return undefined;
  },
};

interface Plan {
  readonly count: number;
  /** Milliseconds since 1970; 0 is none. */
  readonly fromMs: number;
  readonly toMs: number;
}

function planOf({ environment, line, printer }: AdminCall): Plan {
  const refuse = (sentence: string): never => {
    printer.print("%s", sentence);
    throw usageError(sentence);
  };
  const nowMs = environment.clock.nowMs();
  const count = wholeNumber(line, "c", countDefault);
  const [from, to] = [line.value("s"), line.value("e")];
  const fromMs = from === undefined ? 0 : timeOf("s", from);
  const toMs = to === undefined ? 0 : timeOf("e", to);
  if (count <= 0) {
    refuse("Please input a positive messageNumber!");
  }
  if (line.has("i") && !line.has("b")) {
    refuse("Please set the brokerName before queueId!");
  }
  if (line.has("o") && !line.has("i")) {
    refuse("Please set queueId before offset!");
  }
  if (fromMs > nowMs) {
    refuse("Please set the beginTimestamp before now!");
  }
  if (toMs > nowMs) {
    refuse("Please set the endTimestamp before now!");
  }
  if (to !== undefined && fromMs > toMs) {
    refuse("Please make sure that the beginTimestamp is less than or equal to the endTimestamp");
  }
  return { count, fromMs, toMs };
}

async function boundsOf(
  { client }: AdminCall,
  queue: MessageQueue,
  { fromMs, toMs }: Plan,
): Promise<{ readonly first: number; readonly end: number }> {
  const { pull } = client;
  return {
    first: fromMs > 0 ? await pull.offsetAtTime(queue, fromMs) : await pull.minOffset(queue),
    end: toMs > 0 ? await pull.offsetAtTime(queue, toMs) : await pull.maxOffset(queue),
  };
}

/** One queue that was chosen. */
async function readOne(call: AdminCall, queue: MessageQueue, plan: Plan): Promise<void> {
  const { line, printer } = call;
  const offset = wholeNumber(line, "o", 0);
  const { first, end } = await boundsOf(call, queue, plan);
  if (offset > end) {
    printer.print("%s no matched msg, offset=%s%n", queueText(queue), offset);
    return;
  }
  const start = Math.max(first, offset);
  const isCut = end - start > plan.count;
  if (isCut) {
    printer.print("The oldler %d message will be provided%n", plan.count);
  }
  await readQueue(call, queue, start, isCut ? start + plan.count - 1 : end);
}

/** One queue after the other. Resolves with the messages that are still wanted of the next ones. */
async function readSome(call: AdminCall, queue: MessageQueue, plan: Plan): Promise<number> {
  const { first, end } = await boundsOf(call, queue, plan);
  const isCut = end - first > plan.count;
  if (isCut) {
    const pattern = "The older %d message of the %d queue will be provided%n";
    call.printer.print(pattern, plan.count, queue.queueId);
  }
  await readQueue(call, queue, first, isCut ? first + plan.count - 1 : end);
  // As the official tool counts: one message too many for each queue.
  return isCut ? 0 : plan.count - (end - first) - 1;
}

/** Reads up to the last offset, which may be the one that the next message will get. */
async function readQueue(
  { client, line, printer, signal }: AdminCall,
  queue: MessageQueue,
  first: number,
  last: number,
): Promise<void> {
  const group = line.value("g") ?? "TOOLS_CONSUMER";
  let offset = first;
  while (offset <= last && !signal.aborted) {
    const countMax = last - offset + 1;
    const found = await client.pull.pull({ group, queue, offset, countMax });
    offset = found.nextOffset;
    if (found.kind === "found") {
      printer.print("Consume ok%n");
      printPulled(printer, found, { charset: "UTF-8", hasBody: true });
    } else if (found.kind === "nothing_matched") {
      const pattern = "%s no matched msg. status=NO_MATCHED_MSG, offset=%s%n";
      printer.print(pattern, queueText(queue), offset);
    } else {
      const status = found.kind === "caught_up" ? "NO_NEW_MSG" : "OFFSET_ILLEGAL";
      const pattern = "%s print msg finished. status=%s, offset=%s%n";
      printer.print(pattern, queueText(queue), status, offset);
      return;
    }
  }
}
