/** `mq mqadmin`: the subcommands of RocketMQ's mqadmin, word for word. The same as this executable named `mqadmin`. */
import { defineCommand } from "../command.ts";
import { runMqadmin } from "../mqadmin/mqadmin.ts";

export const command = defineCommand({
  spec: {
    path: ["mqadmin"],
    summary: "run a subcommand of RocketMQ's mqadmin",
    description:
      "Takes the words that mqadmin 5.5.0 takes and prints what it prints; says on standard error how mq itself would be\nasked. Exit codes are real; MQ_MQADMIN_EXIT0=1 keeps mqadmin's 0. Without words it lists the subcommands; `help NAME`\nshows what one takes.",
    arguments: [
      {
        name: "SUBCOMMAND",
        about: "its name and options; -o json for programs",
        isOptional: true,
        isMany: true,
      },
    ],
    flags: {},
    output: (z) =>
      z.object({ subcommand: z.string(), items: z.array(z.record(z.string(), z.unknown())) }),
    examples: [
      "mq mqadmin topicList -n 127.0.0.1:9876",
      "mq mqadmin consumerProgress -n 127.0.0.1:9876 -g billing",
      "mq mqadmin topicStatus -t orders -o json",
    ],
    isVerbatim: true,
  },
  run: (context, { arguments: words }) => runMqadmin(context, words),
});
