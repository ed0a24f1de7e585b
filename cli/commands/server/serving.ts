/** What all servers do once they run: leave a record, wait for the signal, stop as they should. */
import type { Observation } from "../../../src/app/observation.ts";
import type { CommandContext } from "../../command.ts";
import { type ProcessRecord, removeRecord, writeRecord } from "./process-record.ts";
import { forgetStore, rememberStore } from "./started-stores.ts";

export interface Serving {
  readonly context: CommandContext;
  readonly recordPath: string;
  readonly record: Omit<ProcessRecord, "pid" | "startedMs">;
  /** Of a broker: where it can be stopped from without being named. */
  readonly store?: string | undefined;
  readonly stop: () => Promise<void>;
  /** Something else that ends it. */
  readonly until?: Promise<unknown> | undefined;
  /** Answers probes until the server has stopped. */
  readonly observation?: Observation | undefined;
}

/** Resolves when the signal came, or what else ends it, and the server has drained, flushed and signed off. */
export async function serve(serving: Serving): Promise<void> {
  const { context, recordPath, record, store, stop, until, observation } = serving;
  const { disk, clock } = context.environment;
  const { process } = context;
  writeRecord(disk, recordPath, {
    ...record,
    ...(observation === undefined ? {} : { http: addressText(observation.address) }),
    pid: process.pid,
    startedMs: clock.nowMs(),
  });
  if (store !== undefined) {
    rememberStore(context, store);
  }
  const aborted = whenAborted(context.signal);
  await (until === undefined ? aborted : Promise.race([aborted, until]));
  await stop();
  observation?.stop();
  removeRecord(disk, recordPath);
  if (store !== undefined) {
    forgetStore(context, store);
  }
}

/** Resolves when the signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
}

/** What RocketMQ needs to open the store that was stopped. */
export function backToRocketmq(lines: readonly string[]): string {
  return `stopped; RocketMQ opens the store with these lines of broker.conf:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

export function addressText(address: { readonly host: string; readonly port: number }): string {
  return `${address.host}:${address.port}`;
}
