/**
 * Elections on a real cluster by `mq` alone: the official tool dies of the controller's answer, so that there is nothing to
 * hold `mq mqadmin electMaster` against but what a reader of the official tool's source expects.
 */
import type { ControlledRocketmq } from "../../../scripts/peer/controlled-rocketmq.ts";
import type { Tally } from "../tally.ts";
import { ourText } from "./our-tool.ts";

const giveUpMs = 60_000;
const askAgainMs = 200;

/** The second replica leads when this begins, then the first one, and the second one again when it ends. */
export async function runElection(
  cluster: ControlledRocketmq,
  options: { readonly executable: string; readonly folder: string; readonly tally: Tally },
): Promise<void> {
  const { executable, folder, tally } = options;
  const { controller, nameserver } = cluster;
  const ask = (words: string) => ourText([executable, ...words.split(" ")], folder);
  const whenLed = async (id: number) => {
    const state = `mqadmin getSyncStateSet -n ${nameserver} -a ${controller} -b broker-a`;
    const isReady = new RegExp(`MasterBrokerId\t${id}\n(.|\n)*SyncStateSetNums\t2`);
    const giveUpAt = performance.now() + giveUpMs;
    let shown = await ask(state);
    while (!isReady.test(shown.text) && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      shown = await ask(state);
    }
    return shown;
  };
  const shown = await whenLed(2);
  const done = await ask(
    `mqadmin electMaster -a ${controller} -b 1 -bn broker-a -c DefaultCluster`,
  );
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
  const before = await whenLed(1);
  const ours = await ask(
    `cluster elect-master broker-a --id 2 --controller ${controller} -n ${nameserver} --yes -o json`,
  );
  tally.count("mqadmin, election", {
    what: "mq cluster elect-master makes the second one the leader",
    isOk:
      ours.code === 0 &&
      new RegExp(
        `"from":\\s*1,\\s*"to":\\s*2,\\s*"address":\\s*"${second}",\\s*"epoch":\\s*4`,
      ).test(ours.text),
    detail: `${JSON.stringify(ours)} after ${JSON.stringify(before)}`,
  });
  const after = await whenLed(2);
  const replicas = await ask(
    `cluster replicas broker-a --controller ${controller} -n ${nameserver} -o json`,
  );
  tally.count("mqadmin, election", {
    what: "mq cluster replicas shows it",
    isOk: /"leader",\s*"id":\s*2,[^}]*"epoch":\s*4/.test(replicas.text),
    detail: `${JSON.stringify(replicas)} after ${JSON.stringify(after)}`,
  });
}
