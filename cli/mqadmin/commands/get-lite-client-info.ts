/** `mqadmin getLiteClientInfo`: what each broker knows of a member of a group that reads lite topics. */
import { atEach, brokersOfParent, errorLine, parentOption, timeOr } from "../lite.ts";
import { required, toggled } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";
import { setText } from "../values.ts";

const row = "%-30s %-20s %-30s %-30s %n";

export const subcommand: Subcommand = {
  options: [
    parentOption,
    required("g", "group", "the consumer group"),
    required("c", "clientId", "the member"),
    toggled("s", "showDetail", "name its lite topics"),
  ],
  spelling: () => undefined,
  run: needs(lacks.lite, async (call) => {
    const { client, line, printer } = call;
    const names = {
      parentTopic: line.text("p"),
      group: line.text("g"),
      clientId: line.text("c"),
    };
    const brokers = await brokersOfParent(call, names.parentTopic);
    printer.print("Lite Client Info: [%s] [%s] [%s]%n", ...Object.values(names));
    printer.print(row, "#Broker", "#LiteTopicCount", "#LastAccessTime", "#LastConsumeTime");
    return await atEach(
      brokers,
      async ({ name, address }) => {
        const found = await client.admin.lite.client(address, names);
        const { liteTopicCount, lastAccessMs, lastConsumeMs, liteTopics } = found;
        printer.item({ broker: name, ...found });
        printer.print(
          row,
          ...[name, liteTopicCount > 0 ? liteTopicCount : "N/A"],
          ...[timeOr(lastAccessMs, "N/A"), timeOr(lastConsumeMs, "N/A")],
        );
        if (line.has("s") && liteTopics !== undefined) {
          printer.print("Lite Topics: %s%n%n", setText(liteTopics));
        }
      },
      errorLine(call),
    );
  }),
};
