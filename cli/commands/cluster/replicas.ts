/** `mq cluster replicas`: who leads each broker, and which replicas are in step. */
import { type CommandContext, defineCommand } from "../../command.ts";
import { address, flag } from "../../flag.ts";
import { formatBytes } from "../../render/format.ts";
import type { Column, MissingPart } from "../../render/listing.ts";
import { brokerChoiceFlags, chosenProcesses, exitFor } from "./chosen-brokers.ts";
import { controllerDetails } from "./controllers.ts";
import { type ReplicaRow, toldByController, toldByLeaders } from "./replica-rows.ts";

const yesNo = (value: unknown): string => (value === true ? "yes" : value === false ? "no" : "-");
const columns: readonly Column[] = [
  { key: "broker", head: "BROKER" },
  { key: "role", head: "ROLE" },
  { key: "id", head: "ID", align: "right" },
  { key: "address", head: "ADDRESS" },
  { key: "isInSync", head: "IN STEP", show: yesNo },
  {
    key: "behindBytes",
    head: "BEHIND",
    align: "right",
    show: (value) => (typeof value === "number" ? formatBytes(value) : "-"),
  },
  { key: "isAlive", head: "ALIVE", isWide: true, show: yesNo },
  { key: "epoch", head: "EPOCH", align: "right", isWide: true },
];

export const command = defineCommand({
  spec: {
    path: ["cluster", "replicas"],
    summary: "show who leads each broker, and which replicas are in step",
    description:
      "As each leader tells it (907): the replicas that read from it, and how far they are behind. One that is registered\nand does not read is not in step. With --controller as RocketMQ's controllers know it (1006): ids are theirs then,\nand -o wide shows who is alive, and the leader's epoch. Exit code 7 when a leader does not answer.",
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
      controller: flag(address().optional(), controllerDetails),
    },
    output: (z) =>
      z.object({
        broker: z.string(),
        role: z.enum(["leader", "replica"]),
        id: z.number().nullable(),
        address: z.string(),
        isInSync: z.boolean().nullable(),
        behindBytes: z.number().nullable(),
        isAlive: z.boolean().nullable(),
        epoch: z.number().nullable(),
      }),
    examples: [
      "mq cluster replicas",
      "mq cluster replicas broker-a --controller 10.0.3.5:9878 -o wide",
    ],
  },
  async run(context, { arguments: [broker], flags: { cluster, controller } }) {
    const client = context.client();
    const processes = await chosenProcesses(client, { broker, cluster });
    if (controller === undefined) {
      const { rows, missing } = await toldByLeaders(client, processes);
      return await print(context, rows, missing);
    }
    const names = [...new Set(processes.map(({ brokerName }) => brokerName))];
    return await print(context, await toldByController(client, controller, names), []);
  },
});

async function print(
  context: CommandContext,
  rows: readonly ReplicaRow[],
  missing: readonly MissingPart[],
) {
  const replicas = rows.filter(({ role }) => role === "replica");
  const late = replicas.filter(({ isInSync }) => isInSync === false).length;
  const leaders = rows.length - replicas.length;
  await context.output.list({
    kind: "ClusterReplicas",
    noun: "broker",
    nameKey: "address",
    columns,
    items: rows.map((row) => ({ ...row })),
    summary: `${leaders} leaders, ${replicas.length} replicas${late === 0 ? "" : `, ${late} not in step`}`,
    missing,
  });
  return exitFor(missing);
}
