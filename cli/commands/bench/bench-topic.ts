/** The topic of a measurement: made before it starts, so that the first sends do not all make it. */
import { ClientError } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";

const queueCount = 8;
const readWrite = 6;
const visibleWithinMs = 5_000;
const lookEveryMs = 50;

/** Makes the topic on every broker when no nameserver knows it, and waits until one does. */
export async function makeBenchTopic(context: CommandContext, topic: string): Promise<void> {
  if (await isKnown(context, topic)) {
    return;
  }
  const { admin } = context.client();
  for (const { address } of await admin.brokers()) {
    await admin.updateTopic(address, { topic, queueCount, perm: readWrite });
  }
  const { clock } = context.environment;
  const endMs = clock.elapsedMs() + visibleWithinMs;
  const letGo = context.process.keepAlive();
  try {
    while (!(await isKnown(context, topic)) && clock.elapsedMs() < endMs) {
      await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve));
    }
  } finally {
    letGo();
  }
}

async function isKnown(context: CommandContext, topic: string): Promise<boolean> {
  try {
    await context.client().admin.route(topic);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return false;
    }
    throw error;
  }
}
