/** Replicas, epochs and elections: `mq`'s brokers have none, so leaders and a controller with fixed answers tell of them. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { startLoopbackNameserver, type ToldBroker } from "../support/loopback-nameserver.ts";
import { type Finished, runMq } from "../support/mq-command.ts";
import { startScriptedBroker } from "../support/scripted-broker.ts";

setDefaultTimeout(60_000);

const scripted = startScriptedBroker();
const controller = scripted.address;

const connection = { inSync: true, slaveAckOffset: 5_000, diff: 0, transferredByteInSecond: 0 };
const status = {
  ...{ master: true, masterCommitLogMaxOffset: 5_000, inSyncSlaveNums: 2 },
  haConnectionInfo: [
    { ...connection, addr: "127.0.0.1:40112" },
    { ...connection, addr: "10.0.0.77:5000", slaveAckOffset: 904, diff: 4_096, inSync: false },
  ],
};
const told: ToldBroker[] = [];
const leader = startLoopbackNameserver(
  createBunEnvironment({ level: "error", format: "text" }),
  { brokers: told, topics: [] },
  ({ code }) =>
    code === 907 ? { body: Buffer.from(JSON.stringify(status)) } : { code: 3, remark: "not known" },
);
told.push({
  brokerName: "broker-a",
  addresses: [
    [0, leader.address],
    [1, "127.0.0.1:5"],
    [2, "10.9.9.9:10911"],
  ],
});
told.push({ brokerName: "broker-b", addresses: [[3, "10.9.9.10:10911"]] });

function ask(words: string, nameserver = controller): Promise<Finished> {
  return runMq(words.split(" "), { environment: { MQ_NAMESERVER: nameserver } });
}

describe("replicas", () => {
  test("who reads from the leader, who is registered and does not, and who reads unregistered", async () => {
    const { stdout, exitCode } = await ask("cluster replicas -o json", leader.address);
    const unknown = { isAlive: null, epoch: null };
    const row = (broker: string, id: number | null, address: string, isInSync: boolean | null) => ({
      ...{ broker, role: id === 0 ? "leader" : "replica", id, address, isInSync, ...unknown },
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).items).toEqual([
      { ...row("broker-a", 0, leader.address, true), behindBytes: 0 },
      { ...row("broker-a", 1, "127.0.0.1:5", true), behindBytes: 0 },
      { ...row("broker-a", 2, "10.9.9.9:10911", false), behindBytes: null },
      { ...row("broker-a", null, "10.0.0.77:5000", false), behindBytes: 4_096 },
      { ...row("broker-b", 3, "10.9.9.10:10911", null), behindBytes: null },
    ]);
    const table = await ask("cluster replicas broker-a -o table", leader.address);
    expect(table.stdout).toMatch(/broker-a +replica +- +10\.0\.0\.77:5000 +no +4\.0 KiB/);
    const byAddress = await ask("cluster replicas 10.9.9.9:10911 -o table", leader.address);
    expect(byAddress.stdout).toBe(table.stdout);
    expect((await ask("cluster replicas broker-x", leader.address)).exitCode).toBe(3);
  });

  test("a leader of before RocketMQ 5 does not tell, and its replicas are listed all the same", async () => {
    const { stdout } = await ask("cluster replicas broker-a -o json");
    expect(JSON.parse(stdout).items).toMatchObject([{ id: 0, isInSync: null, behindBytes: null }]);
  });

  test("as the controllers know them, with who is alive", async () => {
    const words = `cluster replicas broker-a --controller ${controller} -o json`;
    const { items } = JSON.parse((await ask(words)).stdout);
    const ofA = items.filter(({ broker }: { broker: string }) => broker === "broker-a");
    expect(ofA).toMatchObject([
      { id: 1, role: "replica", isInSync: true, isAlive: true, epoch: 7 },
      { id: 2, role: "leader", address: "10.0.0.2:10911", isInSync: true, isAlive: true },
      { id: 3, role: "replica", isInSync: false, isAlive: false },
    ]);
  });
});

test("the epochs of a log, the last of which ends where the log does", async () => {
  const { stdout } = await ask("cluster epoch broker-b -o json");
  expect(JSON.parse(stdout).items).toEqual(
    [
      { epoch: 1, startOffset: 0, endOffset: 4_096, isLasting: false },
      { epoch: 2, startOffset: 4_096, endOffset: 8_192, isLasting: false },
      { epoch: 5, startOffset: 8_192, endOffset: 123_456, isLasting: true },
    ].map((row) => ({ broker: "broker-b", id: 2, address: controller, ...row })),
  );
});

describe("an election", () => {
  const elect = `cluster elect-master broker-a --controller ${controller}`;

  test("is shown first, then asked for, and the controller's answer printed", async () => {
    const planned = await ask(`${elect} --id 1 --dry-run -o table`);
    expect(planned.stdout).toBe(
      "broker-a: replica 1 (10.0.0.1:10911) would be elected instead of 2, epoch 7\n",
    );
    scripted.takeSent();
    expect((await ask(`${elect} --id 1`)).exitCode).toBe(6);
    expect(scripted.takeSent()).not.toContain("1002 ");
    const done = await ask(`${elect} --id 1 --yes -o json`);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ...{ cluster: "c", broker: "broker-a", from: 2, to: 1, epoch: 8, outcome: "elected" },
    });
    expect(scripted.takeSent()).toContain(
      "1002 brokerId=1 brokerName=broker-a clusterName=c designateElect=true",
    );
  });

  test("of who leads already changes nothing; of one not in step, the question says what it costs", async () => {
    expect((await ask(`${elect} --id 2 --yes -o table`)).stdout).toContain("leads already");
    expect((await ask(`${elect} --id 3`)).stderr).toContain("lost then");
    const none = await ask(`${elect} --id 9 --yes`);
    expect([none.exitCode, none.stderr.includes("it has 1 (10.0.0.1:10911), 2 (")]).toEqual([
      3,
      true,
    ]);
    const missing = await ask("cluster elect-master broker-a --id 1");
    expect([missing.exitCode, missing.stderr.includes("--controller is missing")]).toEqual([
      2,
      true,
    ]);
  });
});
