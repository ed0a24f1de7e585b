/** `mq cluster epoch`: whose reign each part of the brokers' logs is from. */
import { gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import { askRocketmq } from "../../rocketmq-only.ts";
import { brokerChoiceFlags, chosenProcesses, exitFor, missingParts } from "./chosen-brokers.ts";
import { controllersLack } from "./controllers.ts";

export const command = defineCommand({
  spec: {
    path: ["cluster", "epoch"],
    summary: "show the epochs in the logs of brokers and their replicas",
    description:
      "Each election begins an epoch (1007): where the logs of a broker's replicas differ in one, messages were cut off.\nThe last epoch ends where the log does now. Only RocketMQ's brokers in controller mode keep them.",
    arguments: [
      {
        name: "BROKER",
        about: "one broker, by name or address",
        isOptional: true,
        completes: "broker",
      },
    ],
    flags: {
      cluster: brokerChoiceFlags.cluster,
    },
    output: (z) =>
      z.object({
        broker: z.string(),
        id: z.number(),
        address: z.string(),
        epoch: z.number(),
        startOffset: z.number(),
        endOffset: z.number(),
        isLasting: z.boolean(),
      }),
    examples: ["mq cluster epoch broker-a", "mq cluster epoch --cluster DefaultCluster -o json"],
  },
  async run(context, { arguments: [broker], flags: { cluster } }) {
    const client = context.client();
    const processes = await chosenProcesses(client, { broker, cluster });
    const { answers, failures } = await gather(processes, ({ address }) =>
      askRocketmq(address, controllersLack, client.admin.controllers.epochs(address)),
    );
    const missing = missingParts(failures);
    await context.output.list({
      kind: "ClusterEpochs",
      noun: "broker",
      nameKey: "address",
      columns: [
        { key: "broker", head: "BROKER" },
        { key: "id", head: "ID", align: "right" },
        { key: "address", head: "ADDRESS" },
        { key: "epoch", head: "EPOCH", align: "right" },
        { key: "startOffset", head: "FROM", align: "right" },
        { key: "endOffset", head: "TO", align: "right" },
      ],
      items: answers.flatMap(({ broker: { brokerName, brokerId, address }, value }) =>
        value.epochs.map(({ epoch, startOffset, endOffset }, index) => {
          const isLasting = index === value.epochs.length - 1;
          return {
            ...{ broker: brokerName, id: brokerId, address, epoch, startOffset },
            ...{ endOffset: isLasting ? value.maxOffset : Number(endOffset), isLasting },
          };
        }),
      ),
      summary: `${answers.length} logs`,
      missing,
    });
    return exitFor(missing);
  },
});
