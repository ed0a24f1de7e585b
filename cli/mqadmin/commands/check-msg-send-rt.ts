/** `mqadmin checkMsgSendRT`: how long each of some messages to a topic takes. */
import { ClientError } from "../../../src/client/index.ts";
import { option, required } from "../option.ts";
import { writeQueues } from "../read-queues.ts";
import type { AdminCall, Subcommand } from "../subcommand.ts";
import { wholeNumber } from "../values.ts";

const pattern = "%-32s  %-4s  %-20s    %s%n";
const countDefault = 100;
const bytesDefault = 128;

export const subcommand: Subcommand = {
  options: [
    required("t", "topic", "name of the topic"),
    option("a", "amount", "how many messages, 100 unless told"),
    option("s", "size", "bytes of each body, 128 unless told"),
  ],
  spelling: (line) =>
    `bench produce --topic ${line.text("t")} --count ${wholeNumber(line, "a", countDefault)}`,
  async run(call) {
    const { line, printer, signal } = call;
    const count = wholeNumber(line, "a", countDefault);
    let restMs = 0;
    printer.print(pattern, "#Broker Name", "#QID", "#Send Result", "#RT");
    const queues = await writeQueues(call.client, line.text("t"));
    for (let index = 0; index < count && !signal.aborted; index++) {
      const queue = queues[index % queues.length];
      const { isSent, elapsedMs } = await timed(call, queue);
      // The first message also pays for the connection.
      restMs += index === 0 ? 0 : elapsedMs;
      printer.row(pattern, {
        broker: queue?.brokerName,
        queue: queue?.queueId,
        isSent,
        milliseconds: Math.round(elapsedMs),
      });
    }
    printer.print("Avg RT: %.2f%n", count > 1 ? restMs / (count - 1) : 0);
    return undefined;
  },
};

async function timed(
  { client, environment, line }: AdminCall,
  queue: Awaited<ReturnType<typeof writeQueues>>[number] | undefined,
): Promise<{ readonly isSent: boolean; readonly elapsedMs: number }> {
  const startMs = environment.clock.elapsedMs();
  const body = Buffer.alloc(wholeNumber(line, "s", bytesDefault), "a");
  try {
    await client.producer.send({ topic: line.text("t"), body }, { queue });
    return { isSent: true, elapsedMs: environment.clock.elapsedMs() - startMs };
  } catch (error) {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    return { isSent: false, elapsedMs: environment.clock.elapsedMs() - startMs };
  }
}
