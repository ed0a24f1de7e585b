/**
 * `mq mqadmin electMaster` on a real cluster, by itself: the official tool dies of the controller's answer, so that there is
 * nothing to hold it against but what a reader of the official tool's source expects.
 */
import type { ControlledRocketmq } from "../../../scripts/peer/controlled-rocketmq.ts";
import type { Tally } from "../tally.ts";
import { ourText } from "./our-tool.ts";

const giveUpMs = 60_000;
const askAgainMs = 200;

/** The second replica leads when this begins, and the first one when it ends. */
export async function runElection(
  cluster: ControlledRocketmq,
  options: { readonly executable: string; readonly folder: string; readonly tally: Tally },
): Promise<void> {
  const { executable, folder, tally } = options;
  const { controller, nameserver } = cluster;
  const ask = (words: string) => ourText([executable, "mqadmin", ...words.split(" ")], folder);
  const state = `getSyncStateSet -n ${nameserver} -a ${controller} -b broker-a`;
  const isReady = /MasterBrokerId\t2\n(.|\n)*SyncStateSetNums\t2/;
  const giveUpAt = performance.now() + giveUpMs;
  let shown = await ask(state);
  while (!isReady.test(shown.text) && performance.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    shown = await ask(state);
  }
  const done = await ask(`electMaster -a ${controller} -b 1 -bn broker-a -c DefaultCluster`);
  const [first, second] = cluster.brokers;
  const expected = new RegExp(
    `^\n#ClusterName\tDefaultCluster\n#BrokerName\tbroker-a\n#BrokerMasterAddr\t${first}\n` +
      `#MasterEpoch\t3\n#SyncStateSetEpoch\t\\d+\n\t#Broker\t1\t${first}\n\t#Broker\t2\t${second}\n$`,
  );
  tally.count("mqadmin, election", {
    what: "electMaster makes the first replica the leader again",
    isOk: expected.test(done.text) && done.code === 0,
    detail: `${JSON.stringify(done)} after ${JSON.stringify(shown)}`,
  });
}
