/** Changing the settings of a group on the brokers that have it; what is not named stays as each broker has it. */
import { type BrokerAddress, type GroupConfig, gather } from "../../../src/client/index.ts";
import type { CommandContext } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import type { ExitCode } from "../../exit-code.ts";
import type { FlagValues } from "../../flag.ts";
import { type brokerChoiceFlags, chosenBrokers, missingParts } from "../cluster/chosen-brokers.ts";
import { changeSettings, type PlannedPlace, type SettingChange } from "../setting-plan.ts";

/** Settings that have one plain value, under RocketMQ's names. */
export const groupSettingNames = {
  consumeEnable: "consumeEnable",
  consumeFromMinEnable: "consumeFromMinEnable",
  consumeBroadcastEnable: "consumeBroadcastEnable",
  consumeMessageOrderly: "consumeMessageOrderly",
  consumeTimeoutMinute: "consumeTimeoutMinute",
  retryQueueCount: "retryQueueNums",
  retryTimesMax: "retryMaxTimes",
  brokerId: "brokerId",
  whichBrokerWhenConsumeSlowly: "whichBrokerWhenConsumeSlowly",
  notifyConsumerIdsChangedEnable: "notifyConsumerIdsChangedEnable",
} as const satisfies Partial<Record<keyof GroupConfig, string>>;

export type PlainSettings = {
  readonly [Key in keyof typeof groupSettingNames]?: GroupConfig[Key] | undefined;
};

export interface GroupChange {
  readonly kind: string;
  readonly group: string;
  readonly brokers: FlagValues<typeof brokerChoiceFlags>;
  readonly settings: PlainSettings;
  /** By name; undefined takes the attribute away. */
  readonly attributes?: ReadonlyMap<string, string | undefined>;
  readonly question: (where: string) => string;
}

/** Plan, question, change. Throws CommandError `MQ-E-NOTFOUND` where no broker has the group. */
export async function changeGroup(
  context: CommandContext,
  { kind, group, brokers, settings, attributes = new Map(), question }: GroupChange,
): Promise<ExitCode | undefined> {
  const { admin } = context.client();
  const found = await gather(await chosenBrokers(context.client(), brokers), ({ address }) =>
    admin.groups.config(address, group),
  );
  const holders = found.answers.flatMap(({ broker, value }) =>
    value === undefined ? [] : [{ broker, config: value }],
  );
  if (holders.length === 0) {
    throw notFound(`group '${group}' is not known`, "mq group list shows what there is");
  }
  const placeOf = (broker: BrokerAddress, config: GroupConfig): PlannedPlace => ({
    at: broker.brokerName,
    address: broker.address,
    changes: [...plainChanges(config, settings), ...attributeChanges(config, attributes)],
    apply: () =>
      admin.groups.update(broker.address, {
        ...config,
        ...given(settings),
        // On the wire these are changes, with their sign, to the attributes that the group has.
        attributes: new Map(
          [...attributes].map(([name, value]) => [
            `${value === undefined ? "-" : "+"}${name}`,
            value ?? "",
          ]),
        ),
      }),
  });
  return await changeSettings(context, {
    kind,
    name: group,
    noun: "group",
    places: holders.map(({ broker, config }) => placeOf(broker, config)),
    question: question(holders.map(({ broker }) => broker.brokerName).join(", ")),
    missing: missingParts(found.failures),
  });
}

/** Without members that say nothing. */
function given(settings: PlainSettings): Partial<GroupConfig> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function plainChanges(config: GroupConfig, settings: PlainSettings): readonly SettingChange[] {
  return Object.entries(given(settings)).map(([key, value]) => {
    const known = key as keyof typeof groupSettingNames;
    const before = String(config[known]);
    return { setting: groupSettingNames[known], before, after: String(value) };
  });
}

function attributeChanges(
  config: GroupConfig,
  attributes: ReadonlyMap<string, string | undefined>,
): readonly SettingChange[] {
  return [...attributes].map(([name, value]) => ({
    setting: `attribute ${name}`,
    before: config.attributes.get(name) ?? null,
    after: value ?? null,
  }));
}
