/** Settings of servers, as `getNamesrvConfig` and `getControllerConfig` show them. */
import { concurrentOrder, hashOrder } from "./java-order.ts";
import type { Printer } from "./printer.ts";

/** The official tool collects the answers in a table of this size. */
const answerBuckets = 4;

/** Asks the servers and prints the settings of each, in the order of the official tool. */
export async function printSettings(
  printer: Printer,
  what: "nameserver" | "controller",
  addresses: readonly string[],
  ask: (address: string) => Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  for (const address of hashOrder(addresses, (each) => each, answerBuckets)) {
    const settings = await ask(address);
    printer.print("============%s============%n", address);
    for (const [name, value] of concurrentOrder([...settings], ([key]) => key)) {
      printer.item({ [what]: address, name, value });
      printer.print("%-50s=  %s%n", name, value);
    }
  }
}
