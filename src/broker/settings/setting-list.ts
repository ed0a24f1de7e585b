/** Settings of a broker that services ask for, under RocketMQ's names: those that can change, and those that cannot. */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import type { BrokerConfig } from "../config.ts";
import { perm } from "../topic/topic-config.ts";
import type { Setting } from "./settings.ts";

/** The services' settings while they may change. */
export type ChangeableConfig = { -readonly [K in keyof BrokerConfig]: BrokerConfig[K] };

/** What must follow a change. */
export interface SettingEffects {
  /** Sends to missing topics are allowed or not any more, or get other numbers of queues. */
  templateChanged(): void;
  /** What the nameservers know of all topics is not true any more. */
  permissionChanged(): void;
}

/** Settings that can change while the broker runs. */
export function changeableSettings(
  config: ChangeableConfig,
  effects: SettingEffects,
): readonly Setting[] {
  return [
    flagSetting(
      "autoCreateTopicEnable",
      () => config.autoCreateTopics,
      (value) => {
        config.autoCreateTopics = value;
        effects.templateChanged();
      },
    ),
    flagSetting(
      "autoCreateSubscriptionGroup",
      () => config.autoCreateGroups,
      (value) => {
        config.autoCreateGroups = value;
      },
    ),
    integerSetting(
      { name: "defaultTopicQueueNums", min: 1, max: limits.topicQueuesMax },
      () => config.autoCreateQueueCount,
      (value) => {
        config.autoCreateQueueCount = value;
        effects.templateChanged();
      },
    ),
    integerSetting(
      { name: "brokerPermission", min: 0, max: perm.all },
      () => config.brokerPerm,
      (value) => {
        config.brokerPerm = value;
        effects.permissionChanged();
      },
    ),
    flagSetting(
      "useServerSideResetOffset",
      () => config.setsResetOffsets,
      (value) => {
        config.setsResetOffsets = value;
      },
    ),
  ];
}

/** What holds for every broker of this kind, under RocketMQ's names. */
export function constantSettings(config: BrokerConfig): readonly (readonly [string, string])[] {
  return [
    ["aclEnable", "false"],
    ["authenticationEnabled", "false"],
    ["authorizationEnabled", "false"],
    ["brokerClusterName", config.clusterName],
    ["brokerId", String(config.brokerId)],
    ["brokerName", config.brokerName],
    ["brokerRole", "ASYNC_MASTER"],
    ["brokerTopicEnable", "true"],
    ["channelExpiredTimeout", String(limits.memberExpiryMs)],
    ["clusterTopicEnable", "true"],
    ["enableMixedMessageType", "false"],
    ["enablePropertyFilter", "false"],
    ["litePullMessageEnable", "true"],
    ["longPollingEnable", "true"],
    ["maxMessageSize", String(limits.bodyBytesMax)],
    ["maxTransferBytesOnMessageInDisk", String(limits.pullBytesMax)],
    ["maxTransferBytesOnMessageInMemory", String(limits.pullBytesMax)],
    ["maxTransferCountOnMessageInDisk", String(limits.pullCountMax)],
    ["maxTransferCountOnMessageInMemory", String(limits.pullCountMax)],
    ["msgTraceTopicName", "RMQ_SYS_TRACE_TOPIC"],
    ["regionId", "DefaultRegion"],
    ["registerBrokerTimeoutMills", String(limits.registrationTimeoutMs)],
    ["registerNameServerPeriod", String(limits.registrationMs)],
    ["rejectTransactionMessage", "true"],
    ["serverChannelMaxIdleTimeSeconds", String(limits.idleCloseMs / 1_000)],
    ["slaveReadEnable", "false"],
    ["timerWheelEnable", "false"],
    ["traceOn", "true"],
    ["traceTopicEnable", "true"],
  ];
}

function flagSetting(name: string, read: () => boolean, write: (value: boolean) => void): Setting {
  return {
    name,
    read: () => String(read()),
    change: (text) => {
      const value = text.toLowerCase();
      if (value !== "true" && value !== "false") {
        throw new MqError("bad_request", `${name} is true or false, not '${text.slice(0, 40)}'`);
      }
      return () => write(value === "true");
    },
  };
}

function integerSetting(
  { name, min, max }: { readonly name: string; readonly min: number; readonly max: number },
  read: () => number,
  write: (value: number) => void,
): Setting {
  return {
    name,
    read: () => String(read()),
    change: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= min && value <= max)) {
        throw new MqError(
          "bad_request",
          `${name} is a number from ${min} to ${max}, not '${text.slice(0, 40)}'`,
        );
      }
      return () => write(value);
    },
  };
}
