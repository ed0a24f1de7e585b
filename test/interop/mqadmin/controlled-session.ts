/** `mq mqadmin` beside the official one where a controller, users, containers or lite topics are needed. */
import { join } from "node:path";
import { startControlledRocketmq } from "../../../scripts/peer/controlled-rocketmq.ts";
import { startScriptedBroker } from "../../support/scripted-broker.ts";
import type { Tally } from "../tally.ts";
import { peerVersion } from "../target.ts";
import { runCompatSession } from "./compat-session.ts";
import { controlledSteps, scriptedSteps } from "./controlled-steps.ts";
import { runElection } from "./election.ts";

/** Both tools ask a RocketMQ with a controller and users, and then a server with fixed answers. */
export async function runControlled(options: {
  readonly executable: string;
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly tally: Tally;
  readonly note: (text: string) => void;
}): Promise<void> {
  const { executable, cacheFolder, runFolder, tally, note } = options;
  note("mqadmin compared on a cluster with a controller: starting");
  const common = { executable, cacheFolder, tally, note };
  const cluster = await startControlledRocketmq(peerVersion);
  try {
    const [leader, replica] = cluster.brokers;
    const folder = join(runFolder, "mqadmin-controlled");
    await runCompatSession({
      title: "mqadmin compared, controller",
      folder,
      target: { nameserver: cluster.nameserver, broker: leader },
      names: { $CONTROLLER: cluster.controller, $REPLICA: replica },
      steps: controlledSteps,
      ...common,
    });
    await runElection(cluster, { executable, folder, tally });
  } finally {
    await cluster.stop();
  }
  const server = startScriptedBroker();
  await runCompatSession({
    title: "mqadmin compared, fixed answers",
    folder: join(runFolder, "mqadmin-scripted"),
    target: { nameserver: server.address, broker: server.address },
    steps: scriptedSteps,
    sent: () => server.takeSent(),
    ...common,
  });
}
