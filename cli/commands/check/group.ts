/** `mq check group` */
import { byQueue, gather } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { count, duration, flag, text, wholeNumber } from "../../flag.ts";
import { formatCount } from "../../render/format.ts";
import { chosenBrokers } from "../cluster/chosen-brokers.ts";
import { groupMembers } from "../group/group-members.ts";
import { toolsGroup } from "../message/stored-messages.ts";
import {
  type CheckResult,
  checkFlags,
  checkSchema,
  type Figure,
  runCheck,
  statusOf,
  worst,
} from "./result.ts";

const flagShape = {
  ...checkFlags,
  topic: flag(text().optional(), {
    about: "only this topic",
    short: "t",
    value: "TOPIC",
    completes: "topic",
  }),
  lagWarn: flag(count(0).optional(), { about: "warning above so many", value: "N" }),
  lagCrit: flag(count(0).optional(), { about: "critical above so many", value: "N" }),
  ageWarn: flag(duration().optional(), {
    about: "warning when the oldest message that waits is older",
    value: "DURATION",
  }),
  ageCrit: flag(duration().optional(), { about: "critical when it is older", value: "DURATION" }),
  membersMin: flag(wholeNumber(0).optional(), {
    about: "critical with fewer members on line",
    value: "N",
  }),
} as const;

export const command = defineCommand({
  spec: {
    path: ["check", "group"],
    summary: "hold a group's lag against bounds",
    description:
      "For monitoring: one line, exit code 0 ok, 1 warning, 2 critical, 3 unknown. The age is that of the oldest message\nthat the group has not consumed.",
    arguments: [{ name: "GROUP", about: "name of the group", completes: "group" }],
    flags: flagShape,
    output: checkSchema,
    examples: [
      "mq check group billing --lag-warn 1000 --lag-crit 10000",
      "mq check group billing --age-crit 15m --members-min 2 --format prometheus",
    ],
  },
  async run(context, { arguments: [group = ""], flags }) {
    const options = {
      check: "group",
      subject: group,
      format: flags.format,
      whenUnreachable: "unknown",
    } as const;
    return await runCheck(context, options, async (): Promise<CheckResult> => {
      const lag = await lagOf(context, group, flags.topic);
      const members = flags.membersMin === undefined ? undefined : await membersOf(context, group);
      const tooFew = members !== undefined && members < (flags.membersMin ?? 0);
      const figures: readonly Figure[] = [
        { name: "lag", value: lag.count, unit: "", warn: flags.lagWarn, crit: flags.lagCrit },
        {
          name: "age",
          value: lag.ageSeconds,
          unit: "s",
          warn: seconds(flags.ageWarn),
          crit: seconds(flags.ageCrit),
        },
        ...(members === undefined ? [] : [{ name: "members", value: members, unit: "" } as const]),
      ];
      const few = tooFew ? `, ${members} of ${flags.membersMin} members` : "";
      return {
        status: worst([statusOf(figures), tooFew ? "critical" : "ok"]),
        subject: group,
        message: `${formatCount(lag.count)} behind, the oldest for ${lag.ageSeconds} s${few}`,
        figures,
      };
    });
  },
});

interface Lag {
  readonly count: number;
  readonly ageSeconds: number;
}

async function lagOf(
  context: CommandContext,
  group: string,
  topic: string | undefined,
): Promise<Lag> {
  const { admin, pull } = context.client();
  const { answers, failures } = await gather(await chosenBrokers(context.client()), ({ address }) =>
    admin.groups.progress(address, group, topic),
  );
  const [failure] = failures;
  if (failure !== undefined) {
    throw failure.error;
  }
  const rows = answers.flatMap(({ value }) => value).sort(byQueue);
  if (rows.length === 0 && !(await admin.groups.isKnown(group))) {
    throw notFound(`group '${group}' is not known`);
  }
  const nowMs = context.environment.clock.nowMs();
  let count = 0;
  let oldestMs = nowMs;
  for (const [queue, { brokerOffset, consumerOffset }] of rows) {
    const behind = Math.max(0, brokerOffset - consumerOffset);
    count += behind;
    if (behind > 0) {
      const result = await pull.pull({
        group: toolsGroup,
        queue,
        offset: Math.max(0, consumerOffset),
        countMax: 1,
        holdMs: 0,
      });
      const [next] = result.kind === "found" ? result.messages : [];
      oldestMs = Math.min(oldestMs, next?.storeTimestampMs ?? nowMs);
    }
  }
  return { count, ageSeconds: Math.max(0, Math.round((nowMs - oldestMs) / 1_000)) };
}

async function membersOf(context: CommandContext, group: string): Promise<number> {
  const { admin } = context.client();
  const brokers = await chosenBrokers(context.client());
  return (await groupMembers(admin, group, brokers)).members.length;
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}
