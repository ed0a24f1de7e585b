/** Whether clients find a topic, and waiting until they do: brokers tell nameservers a moment after they made it. */
import { ClientError } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";

const withinMs = 5_000;
const lookEveryMs = 25;

/** True when a nameserver has a route of the topic. */
export async function isRouted(context: CommandContext, topic: string): Promise<boolean> {
  try {
    await context.client().admin.topics.route(topic);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.kind === "no_route") {
      return false;
    }
    throw error;
  }
}

/** Resolves when a nameserver has a route of the topic; false when none had one in time. */
export async function untilRouted(context: CommandContext, topic: string): Promise<boolean> {
  const { clock } = context.environment;
  const endMs = clock.elapsedMs() + withinMs;
  const letGo = context.process.keepAlive();
  try {
    while (!(await isRouted(context, topic))) {
      if (clock.elapsedMs() >= endMs || context.signal.aborted) {
        return false;
      }
      await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve));
    }
    return true;
  } finally {
    letGo();
  }
}
