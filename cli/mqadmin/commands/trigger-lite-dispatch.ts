/** `mqadmin triggerLiteDispatch`: wakes the members of a group, as if each lite topic of theirs had a message. */
import { atEach, brokersOfParent, parentOption } from "../lite.ts";
import { option, required } from "../option.ts";
import { lacks, needs } from "../rocketmq-only.ts";
import type { Subcommand } from "../subcommand.ts";

const row = "%-30s %-12s%n";

export const subcommand: Subcommand = {
  options: [
    parentOption,
    required("g", "group", "the consumer group"),
    option("c", "clientId", "one member; all without it"),
    option("b", "brokerName", "one broker by its name; all without it"),
  ],
  spelling: () => undefined,
  run: needs(lacks.lite, async (call) => {
    const { client, line, printer } = call;
    const [topic, group] = [line.text("p"), line.text("g")];
    const brokers = await brokersOfParent(call, topic);
    printer.print("Group And Topic Info: [%s] [%s]%n%n", group, topic);
    return await atEach(
      brokers.filter(({ name }) => !line.has("b") || name === line.text("b")),
      async ({ name, address }) => {
        await client.admin.lite.dispatch(address, group, line.value("c"));
        printer.item({ broker: name, dispatched: true });
        printer.print(row, name, "dispatched");
      },
      (name) => {
        printer.item({ broker: name, dispatched: false });
        printer.print(row, name, "error");
      },
    );
  }),
};
