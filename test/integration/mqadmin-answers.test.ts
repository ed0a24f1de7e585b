/** Every subcommand of `mq mqadmin`, once, against a broker: it succeeds, and says so in strict JSON. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { subcommands } from "../../cli/mqadmin/subcommand-list.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import { heartBeat } from "../../src/protocol/remoting/requests/member.ts";
import { type CommandCluster, startCommandCluster } from "../support/command-cluster.ts";
import { runMq } from "../support/mq-command.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { WireClient } from "../support/wire-client.ts";

setDefaultTimeout(120_000);

/** In this order; `$B` is the broker's address, `$D` a folder, `$I` the id of the message that was sent. */
const lines: readonly string[] = [
  "updateTopic -b $B -t a -r 1 -w 1",
  "updateTopicList -b $B -f $D/topics.json",
  "updateTopicPerm -b $B -t b -p 4",
  "updateOrderConf -t b -m put -v broker-a:1",
  "updateSubGroup -b $B -g g",
  "updateSubGroupList -b $B -f $D/groups.json",
  "sendMessage -t a -p hello -k key -c tag",
  "topicList",
  "topicRoute -t a",
  "topicStatus -t a",
  "topicClusterList -t a",
  "queryMsgById -t a -i $I",
  "queryMsgByUniqueKey -t a -i $I",
  "queryMsgByKey -t a -k key",
  "queryMsgByOffset -t a -b broker-a -i 0 -o 0",
  "queryMsgTraceById -t a -i key",
  "printMsg -t a",
  "printMsgByQueue -t a -a broker-a -i 0 -p true",
  "consumeMessage -t a",
  "queryCq -t a -q 0 -i 0",
  "consumerConnection -g online -b $B",
  "producerConnection -g makers -t a",
  "producer -b $B",
  "resetOffsetByTime -g g -t a -s 0",
  "skipAccumulatedMessage -g g -t a",
  "cloneGroupOffset -s online -d h -t a",
  "consumerProgress -g g -t a",
  "getConsumerConfig -g g",
  "brokerConsumeStats -b $B",
  "statsAll",
  "allocateMQ -t a -i one,two",
  "checkMsgSendRT -t a -a 2",
  "sendMsgStatus -b broker-a -c 1",
  "clusterList",
  "brokerStatus -b $B",
  "haStatus -b $B",
  "getBrokerConfig -b $B",
  "updateBrokerConfig -b $B -k defaultTopicQueueNums -v 4",
  "getNamesrvConfig",
  "updateNamesrvConfig -k orderMessageEnable -v true",
  "updateKvConfig -s space -k name -v value",
  "deleteKvConfig -s space -k name",
  "wipeWritePerm -b broker-a",
  "addWritePerm -b broker-a",
  "cleanExpiredCQ",
  "cleanUnusedTopic -c DefaultCluster",
  "deleteExpiredCommitLog -b $B",
  "exportMetadata -c DefaultCluster -f $D",
  "exportConfigs -c DefaultCluster -f $D",
  "exportMetrics -c DefaultCluster -f $D",
  "deleteSubGroup -b $B -g h",
  "deleteTopic -t b -c DefaultCluster",
];

/** Those that need a client of Java, or never end: test/interop asks them, or their own test. */
const elsewhere: readonly string[] = [
  "consumerStatus",
  "clusterRT",
  "startMonitoring",
  "remappingStaticTopic",
  "dumpCompactionLog",
];

/**
 * What `mq`'s brokers do not do, or `mq` itself, and part of the reason that is given. RocketMQ's brokers are asked in
 * test/interop.
 */
const refused: readonly (readonly [line: string, reason: string])[] = [
  ["setConsumeMode -b $B -t a -g g -m POP", "have no POP"],
  ["getColdDataFlowCtrInfo -b $B", "slow no group down"],
  ["updateColdDataFlowCtrGroupConfig -c DefaultCluster -g g -v 5", "slow no group down"],
  ["removeColdDataFlowCtrGroupConfig -b $B -g g", "slow no group down"],
  ["setCommitLogReadAheadMode -c DefaultCluster -m 1", "leave reading ahead to the system"],
  ["resetMasterFlushOffset -b $B -o 0", "have no replicas"],
  ["switchTimerEngine -b $B -e F", "have delay levels and no timer"],
  ["exportPopRecord -b $B", "keep nothing in RocksDB"],
  ["checkRocksdbCqWriteProgress -c DefaultCluster", "keep nothing in RocksDB"],
  ["rocksDBConfigToJson -b $B", "keep nothing in RocksDB"],
  ["rocksDBConfigToJson -p $D -t topics", "needs a native library"],
  ["updateStaticTopic -b broker-a -t fixed -qn 2", "spread over brokers by a table"],
  ["exportMetadataInRocksDB -p $D -t topics", "needs a native library"],
  // mqadmin-scripted.test.ts asks all of these of a server that answers.
  ["createUser -b $B -u u -p p", "have no users"],
  ["updateUser -c DefaultCluster -u u -s disable", "have no users"],
  ["deleteUser -b $B -u u", "have no users"],
  ["getUser -b $B -u u", "have no users"],
  ["listUser -b $B", "have no users"],
  ["copyUser -f $B -t $B", "have no users"],
  ["createAcl -b $B -s User:u -r Topic:a -a Pub -d Allow", "have no access rules"],
  ["updateAcl -b $B -s User:u -r Topic:a -a Pub -d Allow", "have no access rules"],
  ["deleteAcl -b $B -s User:u", "have no access rules"],
  ["getAcl -b $B -s User:u", "have no access rules"],
  ["listAcl -c DefaultCluster", "have no access rules"],
  ["copyAcl -f $B -t $B -s User:u", "have no access rules"],
  ["getSyncStateSet -a $B -b broker-a", "no controllers"],
  ["getBrokerEpoch -c DefaultCluster", "no controllers"],
  ["getControllerMetaData -a $B", "no controllers"],
  ["getControllerConfig -a $B", "no controllers"],
  ["updateControllerConfig -a $B -k k -v v", "no controllers"],
  ["electMaster -a $B -b 1 -bn broker-a -c DefaultCluster", "no controllers"],
  ["cleanBrokerMetadata -a $B -bn broker-a -l", "no controllers"],
  ["addBroker -c $B -b /tmp/broker.conf", "is one broker"],
  ["removeBroker -c $B -b DefaultCluster:broker-b:0", "is one broker"],
  ["getBrokerLiteInfo -b $B", "have no lite topics"],
  ["getParentTopicInfo -p a", "have no lite topics"],
  ["getLiteTopicInfo -p a -l small", "have no lite topics"],
  ["getLiteClientInfo -p a -g g -c one", "have no lite topics"],
  ["getLiteGroupInfo -p a -g g", "have no lite topics"],
  ["triggerLiteDispatch -p a -g g", "have no lite topics"],
];

const document = z.strictObject({
  apiVersion: z.literal("mq/v1"),
  kind: z.literal("Mqadmin"),
  subcommand: z.string(),
  items: z.array(z.record(z.string(), z.unknown())),
});

let cluster: CommandCluster;
let broker = "";
let member: WireClient;
const folder = tempFolder();

beforeAll(async () => {
  cluster = await startCommandCluster();
  broker = (await cluster.client.admin.cluster.brokers())[0]?.address ?? "";
  const [host = "", port] = broker.split(":");
  const environment = createBunEnvironment({ level: "error", format: "text" });
  member = await WireClient.connect(environment, { host, port: Number(port) });
  const body = {
    clientID: "127.0.0.1@one",
    consumerDataSet: [
      {
        consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
        consumeType: "CONSUME_PASSIVELY",
        groupName: "online",
        messageModel: "CLUSTERING",
        subscriptionDataSet: [],
        unitMode: false,
      },
    ],
    producerDataSet: [{ groupName: "makers" }],
  };
  await member.call(heartBeat, {}, { body: Buffer.from(JSON.stringify(body)) });
  writeFileSync(
    join(folder, "topics.json"),
    JSON.stringify([{ topicName: "b", readQueueNums: 1, writeQueueNums: 1, perm: 6 }]),
  );
  writeFileSync(join(folder, "groups.json"), JSON.stringify([{ groupName: "h" }]));
});

afterAll(async () => {
  member.close();
  await cluster.stop();
});

test("each subcommand answers in strict JSON", async () => {
  let sentId = "";
  for (const line of lines) {
    const filled = line.replaceAll("$B", broker).replaceAll("$D", folder).replaceAll("$I", sentId);
    const { environment } = cluster;
    const done = await runMq(["mqadmin", ...filled.split(" "), "-o", "json"], { environment });
    expect([line, done.exitCode, done.stderr]).toEqual([line, 0, ""]);
    const { subcommand, items } = document.parse(JSON.parse(done.stdout));
    expect(subcommand).toBe(line.split(" ")[0] ?? "");
    if (subcommand === "sendMessage") {
      sentId = String(items[0]?.["id"]);
    }
  }
  const metadata = JSON.parse(await Bun.file(join(folder, "metadata.json")).text());
  expect(metadata.topicConfigTable.a.writeQueueNums).toBe(1);
  expect(Object.keys(metadata.topicConfigTable).sort()).toEqual(["a", "b"]);
  expect(Object.keys(metadata.subscriptionGroupTable).sort()).toEqual(["g", "h", "online"]);
});

test("an export that says nothing of what it is for, or cannot be written, is refused", async () => {
  const code = async (line: string): Promise<number> => {
    const words = line.replaceAll("$B", broker).split(" ");
    return (await runMq(["mqadmin", ...words], { environment: cluster.environment })).exitCode;
  };
  expect(await code("exportMetadata -b $B")).toBe(2);
  expect(await code("exportMetadata")).toBe(2);
  expect(await code("exportConfigs -c nowhere")).toBe(3);
  expect(await code("exportMetadata -c DefaultCluster -f /dev/null")).toBe(1);
});

test("what cannot be done is refused with the reason and what to do instead", async () => {
  for (const [line, reason] of refused) {
    const filled = line.replaceAll("$B", broker).replaceAll("$D", folder);
    // Plans of static topics are written before anybody is asked to follow them.
    const environment = { ...cluster.environment, TMPDIR: folder };
    const { exitCode, stderr } = await runMq(["mqadmin", ...filled.split(" ")], { environment });
    const spelling = /^mqadmin \w+ → mq [a-z].*\n/;
    const [error, hint, ...others] = stderr.replace(spelling, "").split("\n");
    expect([line, exitCode, others]).toEqual([line, 1, [""]]);
    expect(error).toStartWith("error[MQ-E-UNSUPPORTED]: ");
    expect(error).toContain(reason);
    expect(hint).toStartWith("hint: ");
  }
});

test("no subcommand is left out", () => {
  const asked = [...lines, ...refused.map(([line]) => line)].map(
    (line) => line.split(" ")[0] ?? "",
  );
  const supported = subcommands.map(({ name }) => name);
  expect([...new Set([...asked, ...elsewhere])].sort()).toEqual([...supported].sort());
});

test("the document names each of them", async () => {
  const text = await Bun.file("docs/mqadmin.md").text();
  const supported = subcommands.map(({ name }) => name);
  expect(supported.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});
