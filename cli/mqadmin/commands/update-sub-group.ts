/** `mqadmin updateSubGroup`: creates or changes a consumer group on a broker or in a cluster. */
import { type GroupConfig, groupDefaults } from "../../../src/client/index.ts";
import type { CommandLine } from "../command-line.ts";
import { groupText } from "../group-text.ts";
import { option, required } from "../option.ts";
import { retryPolicyOf } from "../retry-policy.ts";
import type { Subcommand } from "../subcommand.ts";
import { chosenLeaders } from "../targets.ts";
import { attributes, truth, wholeNumber } from "../values.ts";

export const subcommand: Subcommand = {
  options: [
    option("b", "brokerAddr", "the broker, HOST:PORT"),
    option("c", "clusterName", "all brokers of a cluster"),
    required("g", "groupName", "name of the group"),
    option("s", "consumeEnable", "whether it may consume, true or false"),
    option("m", "consumeFromMinEnable", "whether it may begin at the first message"),
    option("d", "consumeBroadcastEnable", "whether members may broadcast"),
    option("o", "consumeMessageOrderly", "whether it consumes in order"),
    option("q", "retryQueueNums", "queues of its retry topic"),
    option("r", "retryMaxTimes", "failed attempts until a message becomes a dead letter"),
    option("p", "groupRetryPolicy", "how long failed messages rest, as JSON"),
    option("i", "brokerId", "id of the replica that it reads from"),
    option(
      "w",
      "whichBrokerWhenConsumeSlowly",
      "id of the replica that it reads old messages from",
    ),
    option("a", "notifyConsumerIdsChanged", "whether members are told of each other"),
    option(undefined, "attributes", "+name=value sets one, -name removes it; separated by commas"),
  ],
  spelling: (line) =>
    [
      `group create ${line.text("g")}`,
      ...(line.has("r") ? [`--retry-max-times ${line.text("r")}`] : []),
      line.has("b") ? `--broker ${line.text("b")}` : `--cluster ${line.text("c")}`,
    ].join(" "),
  async run(call) {
    const { client, line, printer } = call;
    const config = configOf(line);
    for (const broker of await chosenLeaders(call)) {
      await client.admin.groups.update(broker, config);
      printer.item({ group: config.group, broker });
      printer.print("create subscription group to %s success.%n", broker);
    }
    printer.print("%s", groupText(config));
    return undefined;
  },
};

/** What is not given is as the official tool has it, which differs from what a broker gives a new group. */
function configOf(line: CommandLine): GroupConfig {
  const defaults = groupDefaults(line.text("g"));
  const policy = line.value("p");
  return {
    ...defaults,
    consumeEnable: truth(line, "s", defaults.consumeEnable),
    consumeFromMinEnable: truth(line, "m", false),
    consumeBroadcastEnable: truth(line, "d", false),
    consumeMessageOrderly: truth(line, "o", defaults.consumeMessageOrderly),
    retryQueueCount: wholeNumber(line, "q", defaults.retryQueueCount),
    retryTimesMax: wholeNumber(line, "r", defaults.retryTimesMax),
    retryPolicy: policy === undefined ? defaults.retryPolicy : retryPolicyOf(policy),
    brokerId: wholeNumber(line, "i", defaults.brokerId),
    whichBrokerWhenConsumeSlowly: wholeNumber(line, "w", defaults.whichBrokerWhenConsumeSlowly),
    notifyConsumerIdsChangedEnable: truth(line, "a", defaults.notifyConsumerIdsChangedEnable),
    attributes: attributes(line.value("attributes")),
  };
}
