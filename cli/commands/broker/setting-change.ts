/** Setting values at processes of a broker: the plan, the question, and the values read back. */
import type { CommandContext } from "../../command.ts";
import type { ExitCode } from "../../exit-code.ts";
import type { BrokerProcess } from "../cluster/all-brokers.ts";
import { plannedSettings } from "../server-settings.ts";
import { changeSettings, type PlannedPlace } from "../setting-plan.ts";

export interface BrokerSettingChange {
  readonly kind: string;
  /** The broker as the user named it. */
  readonly name: string;
  readonly processes: readonly BrokerProcess[];
  readonly wanted: ReadonlyMap<string, string>;
}

/** Throws CommandError `MQ-E-USAGE` for a name that a process does not have. */
export async function changeBrokerSettings(
  context: CommandContext,
  { kind, name, processes, wanted }: BrokerSettingChange,
): Promise<ExitCode | undefined> {
  const { brokers } = context.client().admin;
  const places: PlannedPlace[] = [];
  for (const { brokerName, brokerId, address } of processes) {
    const at = brokerId === 0 ? brokerName : `${brokerName}/${brokerId}`;
    places.push(
      plannedSettings({ at, address }, await brokers.config(address), wanted, {
        set: (settings) => brokers.setConfig(address, settings),
        read: () => brokers.config(address),
      }),
    );
  }
  const names = [...wanted.keys()].join(", ");
  return await changeSettings(context, {
    kind,
    noun: "broker",
    name,
    places,
    question: `Change ${names} of ${places.map(({ at }) => at).join(", ")}?`,
  });
}
