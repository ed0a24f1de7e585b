/** `--http`: what probes ask a server, from before it is open until it has stopped. */
import type { Observation } from "../../../src/app/observation.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { addressText } from "./serving.ts";
import { readAddress } from "./settings.ts";

export interface ObservingFlags {
  readonly http?: string | undefined;
  readonly httpMonitor?: boolean | undefined;
  readonly httpProfile?: boolean | undefined;
  readonly insecureListen?: boolean | undefined;
}

/** Listens where the flag says; undefined without it, and nothing is loaded then. */
export async function observe(
  { environment, http, process }: CommandContext,
  flags: ObservingFlags,
): Promise<Observation | undefined> {
  if (flags.http === undefined) {
    if (flags.httpMonitor === true) {
      throw usageError("--http-monitor wants --http HOST:PORT");
    }
    if (flags.httpProfile === true) {
      throw usageError("--http-profile wants --http HOST:PORT");
    }
    return undefined;
  }
  const { Observation } = await import("../../../src/app/observation.ts");
  return await Observation.start(environment, {
    http,
    listen: readAddress("http", flags.http),
    insecureListen: flags.insecureListen,
    hasMonitor: flags.httpMonitor,
    profiler: flags.httpProfile === true ? () => process.profiler() : undefined,
    usage: () => process.usage(),
  });
}

/** What the announcement of a server says of it. */
export function observationText(observation: Observation | undefined): string {
  return observation === undefined ? "" : ` · http ${addressText(observation.address)}`;
}

/** Runs the work that starts a server; one that fails leaves no listener behind. */
export async function observed<T>(
  observation: Observation | undefined,
  start: () => Promise<T>,
): Promise<T> {
  try {
    return await start();
  } catch (error) {
    observation?.stop();
    throw error;
  }
}
