/** What the subcommands for lite topics have in common: they ask every broker of the parent topic. */
import { ClientError, type LiteLag } from "../../src/client/index.ts";
import { required } from "./option.ts";
import type { AdminCall } from "./subcommand.ts";
import { millisecondsText } from "./values.ts";

export const parentOption = required("p", "parentTopic", "the parent of the lite topics");

export interface LiteTarget {
  readonly name: string;
  /** `host:port` of the leader, or of a replica where there is none. */
  readonly address: string;
}

/** The brokers of a parent topic, in the order of its route. Throws ClientError. */
export async function brokersOfParent(
  { client }: AdminCall,
  topic: string,
): Promise<readonly LiteTarget[]> {
  const { brokers } = await client.admin.topics.route(topic);
  return brokers.flatMap(({ brokerName, addresses }) => {
    const address = addresses.get(0) ?? [...addresses.values()][0];
    return address === undefined ? [] : [{ name: brokerName, address }];
  });
}

/**
 * Does the same at each broker, also behind one that fails: that one's line says so, as the official tool's does. Throws
 * the first ClientError at the end.
 */
export async function atEach(
  targets: readonly LiteTarget[],
  ask: (target: LiteTarget) => Promise<void>,
  fail: (name: string) => void,
): Promise<undefined> {
  let first: ClientError | undefined;
  for (const target of targets) {
    try {
      await ask(target);
    } catch (error) {
      if (!(error instanceof ClientError)) {
        throw error;
      }
      first ??= error;
      fail(target.name);
    }
  }
  if (first !== undefined) {
    throw first;
  }
  return undefined;
}

/** The line of a broker that could not be asked. */
export function errorLine({ printer }: AdminCall): (name: string) => void {
  return (name) => printer.print("[%s] error.%n", name);
}

/** A time, or what stands for none. */
export function timeOr(timeMs: number, absent: "-" | "N/A"): string {
  return timeMs > 0 ? millisecondsText(timeMs) : absent;
}

const lagRow = "%-6s %-40s %-12s %-30s%n";

/** The lite topics where a group is furthest behind, under their title. */
export function printLags({ printer }: AdminCall, title: string, lags: readonly LiteLag[]): void {
  printer.print(`${title}%n`);
  printer.print(lagRow, "NO", "Lite Topic", "Lag Count", "UnconsumedTimestamp");
  for (const [index, { liteTopic, lagCount, oldestMs }] of lags.entries()) {
    printer.print(lagRow, index + 1, liteTopic, lagCount, timeOr(oldestMs, "-"));
  }
}
