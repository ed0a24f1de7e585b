/** Waiting between two rounds of what goes on until Ctrl-C. */
import type { Environment } from "../src/io/environment.ts";
import type { ProcessPort } from "../src/io/process.ts";

interface Waiting {
  readonly environment: Pick<Environment, "clock">;
  readonly process: Pick<ProcessPort, "keepAlive">;
}

/** Resolves after the time, or when the signal is aborted. */
export async function pause(
  { environment: { clock }, process }: Waiting,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const letGo = process.keepAlive();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal.addEventListener("abort", end);
  });
  letGo();
}
