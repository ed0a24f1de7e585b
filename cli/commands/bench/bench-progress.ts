/** How far a measurement is: by its messages where their number is set, else by its time. */
import type { CommandContext } from "../../command.ts";
import { progressOf } from "../../progress.ts";
import { formatCount } from "../../render/format.ts";

export interface BenchProgress {
  /** So many messages in so many seconds since it began. */
  reached(messages: number, seconds: number, text: string): void;
  stop(): void;
}

export function perSecondText(messages: number, seconds: number): string {
  return `${formatCount(Math.round(messages / seconds))} messages a second`;
}

export function benchProgress(
  context: CommandContext,
  { count, duration }: { readonly count: number | undefined; readonly duration: number },
): BenchProgress {
  const max = count ?? duration;
  const bar = progressOf(context, { max, label: "measured" });
  let known = 0;
  return {
    reached(messages, seconds, text) {
      const reached = count === undefined ? seconds * 1_000 : messages;
      bar.advance(reached - known, text);
      known = reached;
    },
    stop: () => bar.stop(),
  };
}
