/** `mq nameserver drift`: where nameservers contradict each other. */
import { defineCommand } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { exitFor } from "../cluster/chosen-brokers.ts";
import { compareNameservers } from "./contradictions.ts";

const columns = [
  { key: "what", head: "WHAT" },
  { key: "name", head: "NAME" },
  { key: "nameserver", head: "NAMESERVER" },
  { key: "says", head: "SAYS" },
];

export const command = defineCommand({
  spec: {
    path: ["nameserver", "drift"],
    summary: "show where nameservers contradict each other",
    description:
      "Compares brokers with their addresses and every topic's route, as each nameserver tells them. A moment after a\nbroker or topic was made they may differ; what still differs half a minute later stays so. Exit code 10 when they\ndiffer, 7 when a nameserver does not answer.",
    flags: {},
    output: (z) =>
      z.object({
        what: z.enum(["broker", "topic"]),
        name: z.string(),
        nameserver: z.string(),
        says: z.string().nullable(),
      }),
    examples: ["mq nameserver drift -n ns1:9876,ns2:9876"],
  },
  async run(context) {
    const { contradictions, subjects, answered, missing } = await compareNameservers(
      context.client(),
    );
    if (answered < 2) {
      context.output.note("one nameserver has nobody to contradict");
    }
    await context.output.list({
      kind: "NameserverDrift",
      noun: "subject",
      nameKey: "name",
      columns,
      items: contradictions.flatMap(({ what, name, sayings }) =>
        sayings.map((saying) => ({ what, name, ...saying })),
      ),
      summary: `${subjects} brokers and topics at ${answered} nameservers, ${contradictions.length} differ`,
      missing,
    });
    return contradictions.length > 0 ? exitCode.unhealthy : exitFor(missing);
  },
});
