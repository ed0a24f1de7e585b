/** `mq group update`: changes what is named and leaves the rest as each broker has it. */
import { defineCommand } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { choice, flag, texts, wholeNumber } from "../../flag.ts";
import { brokerChoiceFlags } from "../cluster/chosen-brokers.ts";
import { settingChangeSchema } from "../setting-plan.ts";
import { changeGroup, type PlainSettings } from "./change-group.ts";

const onOrOff = choice(["on", "off"]).optional();

export const command = defineCommand({
  spec: {
    path: ["group", "update"],
    summary: "change a group's settings",
    description:
      "Changes the group on every broker that has it, or on those that --cluster or --broker name. What is not named\nstays as each broker has it.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: {
      retryMaxTimes: flag(wholeNumber(-1, 1_000).optional(), {
        about: "failed attempts until a message becomes a dead letter; -1 leaves it to clients",
        value: "N",
      }),
      retryQueues: flag(wholeNumber(1, 64).optional(), {
        about: "queues of its retry topic",
        value: "N",
      }),
      broadcast: flag(onOrOff, { about: "whether members may broadcast", value: "on|off" }),
      orderly: flag(onOrOff, { about: "whether it consumes in order", value: "on|off" }),
      fromMin: flag(onOrOff, {
        about: "whether a queue that is new to it may be read from its first message",
        value: "on|off",
      }),
      notify: flag(onOrOff, {
        about: "whether members are told when others come and go",
        value: "on|off",
      }),
      consumeTimeout: flag(wholeNumber(1).optional(), {
        about: "minutes that a message may take",
        value: "MINUTES",
      }),
      brokerId: flag(wholeNumber(0).optional(), {
        about: "id of the replica that it reads from; 0 is the master",
        value: "ID",
      }),
      slowBrokerId: flag(wholeNumber(0).optional(), {
        about: "id of the replica that it reads old messages from",
        value: "ID",
      }),
      attribute: flag(texts().optional(), { about: "set an attribute", value: "NAME=VALUE" }),
      removeAttribute: flag(texts().optional(), { about: "remove an attribute", value: "NAME" }),
      ...brokerChoiceFlags,
    },
    output: settingChangeSchema,
    examples: [
      "mq group update billing --retry-max-times 3 --dry-run",
      "mq group update billing --broadcast off --broker broker-a --yes",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const settings: PlainSettings = {
      retryTimesMax: flags.retryMaxTimes,
      retryQueueCount: flags.retryQueues,
      consumeBroadcastEnable: isOn(flags.broadcast),
      consumeMessageOrderly: isOn(flags.orderly),
      consumeFromMinEnable: isOn(flags.fromMin),
      notifyConsumerIdsChangedEnable: isOn(flags.notify),
      consumeTimeoutMinute: flags.consumeTimeout,
      brokerId: flags.brokerId,
      whichBrokerWhenConsumeSlowly: flags.slowBrokerId,
    };
    const attributes = new Map<string, string | undefined>(
      (flags.attribute ?? []).map((text) => {
        const at = text.indexOf("=");
        if (at <= 0 || at === text.length - 1) {
          throw usageError(`--attribute '${text}' is no NAME=VALUE`);
        }
        return [text.slice(0, at), text.slice(at + 1)];
      }),
    );
    for (const name of flags.removeAttribute ?? []) {
      attributes.set(name, undefined);
    }
    if (attributes.size === 0 && Object.values(settings).every((value) => value === undefined)) {
      throw usageError("nothing to change", "mq group update --help shows what there is");
    }
    return await changeGroup(context, {
      kind: "GroupUpdate",
      group,
      brokers: flags,
      settings,
      attributes,
      question: (where) => `Change group '${group}' on ${where}?`,
    });
  },
});

function isOn(value: "on" | "off" | undefined): boolean | undefined {
  return value === undefined ? undefined : value === "on";
}
