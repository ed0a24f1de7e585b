/** `mq cluster elect-master`: makes a replica the leader of its broker. */
import { defineCommand } from "../../command.ts";
import { notFound } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { address, flag, wholeNumber } from "../../flag.ts";
import { askRocketmq } from "../../rocketmq-only.ts";
import { brokerProcesses } from "../broker/one-broker.ts";
import { controllerDetails, controllersLack, replicasOf, syncStateOf } from "./controllers.ts";

export const command = defineCommand({
  spec: {
    path: ["cluster", "elect-master"],
    summary: "make a replica the leader of its broker",
    description:
      "Asks RocketMQ's controllers for it (1002). Senders learn of the new leader when they ask for routes again, official\nclients within 30 seconds. The controllers refuse a replica that is not in step, unless they are told to elect unclean\nleaders: what such a one had not read yet is lost then.",
    arguments: [{ name: "BROKER", about: "name of the broker", completes: "broker" }],
    flags: {
      controller: flag(address(), controllerDetails),
      id: flag(wholeNumber(0), {
        about:
          "the replica, by its id at the controllers: mq cluster replicas --controller shows it",
        value: "ID",
      }),
    },
    output: (z) =>
      z.object({
        cluster: z.string(),
        broker: z.string(),
        from: z.number().nullable(),
        to: z.number(),
        address: z.string(),
        epoch: z.number().nullable(),
        outcome: z.enum(["elected", "would be elected", "leads already"]),
      }),
    examples: [
      "mq cluster elect-master broker-a --id 2 --controller 10.0.3.5:9878 --dry-run",
      "mq cluster elect-master broker-a --id 2 --controller 10.0.3.5:9878 --yes",
    ],
  },
  async run(context, { arguments: [name = ""], flags: { controller, id } }) {
    const client = context.client();
    const [{ clusterName, brokerName }] = await brokerProcesses(client, name);
    const state = await askRocketmq(
      controller,
      controllersLack,
      syncStateOf(client, controller, brokerName),
    );
    const replicas = replicasOf(state);
    const chosen = replicas.find((replica) => replica.id === id);
    if (chosen === undefined) {
      const known = replicas.map((replica) => `${replica.id} (${replica.address})`).join(", ");
      throw notFound(`broker '${brokerName}' has no replica ${id}`, `it has ${known}`);
    }
    const item = {
      ...{ cluster: clusterName, broker: brokerName, from: state.leaderId ?? null, to: id },
      ...{ address: chosen.address ?? "", epoch: state.leaderEpoch },
    };
    const tell = (more: { outcome: string; address?: string; epoch?: number | null }) =>
      context.output.item("Election", { ...item, ...more }, { text: textOf({ ...item, ...more }) });
    if (chosen.isLeader) {
      tell({ outcome: "leads already" });
      return undefined;
    }
    if (context.global.dryRun) {
      tell({ outcome: "would be elected" });
      return undefined;
    }
    const risk = chosen.isInSync
      ? ""
      : " It is not in step: what it has not read yet is lost then.";
    const question = `Make replica ${id} (${chosen.address}) the leader of broker '${brokerName}'?${risk}`;
    if (!(await context.confirm(question))) {
      context.output.note("nothing changed");
      return exitCode.precondition;
    }
    const { leaderAddress, leaderEpoch } = await client.admin.controllers.elect(controller, {
      ...{ clusterName, brokerName, brokerId: id },
    });
    tell({
      outcome: "elected",
      address: leaderAddress ?? item.address,
      epoch: leaderEpoch ?? null,
    });
    return undefined;
  },
});

function textOf(item: {
  readonly broker: string;
  readonly from: number | null;
  readonly to: number;
  readonly address: string;
  readonly epoch: number | null;
  readonly outcome: string;
}): string {
  const { broker, to, address, epoch, outcome } = item;
  const led = outcome === "would be elected" ? ` instead of ${item.from ?? "nobody"}` : "";
  return `${broker}: replica ${to} (${address}) ${outcome}${led}, epoch ${epoch ?? "-"}\n`;
}
