/**
 * What the official mqadmin 5.5.0 and `mq mqadmin` are both asked, in this order, of the same cluster. The topic and
 * the groups are filled once; what changes the cluster is asked twice, of things of each tool's own.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompatStep } from "./compat-step.ts";

const topics: readonly CompatStep[] = [
  { command: "updateTopic -n $NS -b $BROKER -t $P-t -r 4 -w 4", until: /success/ },
  { command: "updateTopic -n $NS -c DefaultCluster -t $P-u -r2 -w=2 -s true" },
  {
    command: "UPDATETOPIC --namesrvAddr=$NS -b $BROKER -t $P-fifo -a +message.type=FIFO -o true",
    complains: true,
  },
  { command: "updateTopic -n $NS -c DefaultCluster -t $P-ord -w 3 -o true" },
  { command: "topicRoute -n $NS -t $P-t" },
  { command: "topicRoute -n$NS -lt $P-u" },
  { command: "topicRoute -n $NS -t $P-ord" },
  { command: "topicRoute -n $NS -t $P-missing", fails: true },
  { command: "topicStatus -n $NS -t $P-t" },
  { command: "topicStatus -n $NS -t $P-missing", fails: true },
  { command: "topicClusterList -namesrvAddr $NS -topic $P-t" },
  { command: "updateTopicPerm -n $NS -b $BROKER -t $P-fifo -p 6" },
  { command: "updateTopicPerm -n $NS -b 127.0.0.1:1 -t $P-fifo -p 4", fails: true },
  { command: "updateTopic -n $NS -b $BROKER -t $X-t" },
  { command: "updateTopicPerm -n $NS -c DefaultCluster -t $X-t -p 4" },
  { command: "updateTopicPerm -n $NS -b $BROKER -t $X-t -p 2" },
  { command: "updateTopic -n $NS -b $BROKER -t $P-u2 -r 1 -w 1" },
];

const groups: readonly CompatStep[] = [
  { command: "updateSubGroup -n $NS -b $BROKER -g $P-on -r 5 -q 1 -d true" },
  { command: "updateSubGroup -n $NS -c DefaultCluster -g $P-off --attributes +priority.factor=80" },
  {
    command:
      'updateSubGroup -n $NS -b $BROKER -g $P-slow -p {"type":"EXPONENTIAL","exponentialRetryPolicy":{"initial":5000,"max":7200000,"multiplier":2}}',
  },
  { command: "@produce $P-pg $P-t 0 5" },
  { command: "@produce $P-pg $P-t 1 3" },
  { command: "@consume $P-on $P-t one" },
  { command: "@consumed $P-on", until: /^8$/m },
  {
    command: "consumerProgress -n $NS -g $P-on",
    until: /^\S+-t .* 1 +3 +3 +0 /m,
  },
  { command: "consumerProgress -n $NS -g $P-on -t $P-t -s true" },
  { command: "consumerProgress -n $NS -g $P-none", fails: true },
  { command: "consumerProgress -n $NS" },
  { command: "topicStatus -n $NS -t $P-t" },
  { command: "topicList -n $NS -c" },
  { command: "topicList -n $NS" },
];

const clients: readonly CompatStep[] = [
  { command: "consumerConnection -n $NS -g $P-on" },
  { command: "consumerConnection -n $NS -g $P-on -b $BROKER" },
  { command: "consumerConnection -n $NS -g $P-none", fails: true },
  { command: "consumerStatus -n $NS -g $P-on" },
  { command: "consumerStatus -n $NS -g $P-on -i 127.0.0.1@one" },
  { command: "producerConnection -n $NS -g $P-pg -t $P-t", until: /^0001/m },
  { command: "producerConnection -n $NS -g $P-none -t $P-t", fails: true },
  { command: "producer -b $BROKER" },
  { command: "getConsumerConfig -n $NS -g $P-on" },
  { command: "getConsumerConfig -n $NS -g $P-slow" },
  { command: "brokerConsumeStats -n $NS -b $BROKER" },
  { command: "statsAll -n $NS -t $P-t" },
  { command: "statsAll -n $NS" },
  { command: "allocateMQ -n $NS -t $P-t -i 10.0.0.1,10.0.0.2,10.0.0.3" },
];

/** How long a send took, and which queue it went to when nobody said which. */
const elapsed = /(?<=rt=)\d+|\d+$|(?<=Avg RT: ).*|(?<=queueId=|queueOffset=)\d+/gm;

/** What Java's clients send of a message that was sent, and consumed by two groups. */
const tracedId = "7F000001000118B4AAC2000000000000";
const traceBody = [
  ["Pub", "1700000000000", "DefaultRegion", "pg", "t", tracedId, "TagA", "key"]
    .concat(["127.0.0.1:10911", "5", "3", "0", "OFFSETID", "true", "127.0.0.1"])
    .join("\u0001"),
  ["SubAfter", "request", tracedId, "12", "true", "key", "0", "1700000000500", "one", ""].join(
    "\u0001",
  ),
  ["SubAfter", "request", tracedId, "7", "false", "key", "1", "1700000000700", "two"].join(
    "\u0001",
  ),
  ["SubAfter", "request", "another", "7", "true", "key", "1", "1700000000700", "two"].join(
    "\u0001",
  ),
  "",
].join("\u0002");

const messages: readonly CompatStep[] = [
  { command: "queryMsgById -n $NS -t $P-t -i $ID" },
  { command: "queryMsgById -n $NS -t $P-t -i $KEY -f UTF-8" },
  { command: "queryMsgById -n $NS -t $P-t -i $ID -g $P-on -d 127.0.0.1@one", mask: /\d+(?=\]$)/ },
  { command: "queryMsgById -n $NS -t $P-t -i 00000000000000000000000000000000", fails: true },
  { command: "queryMsgByKey -n $NS -t $P-t -k key-1" },
  { command: "queryMsgByKey -n $NS -t $P-t -k nothing", fails: true },
  { command: "queryMsgByUniqueKey -n $NS -t $P-t -i $KEY" },
  { command: "queryMsgByOffset -n $NS -t $P-t -b broker-a -i 0 -o 1 -f UTF-8" },
  { command: "queryMsgByOffset -n $NS -t $P-t -b broker-a -i 0 -o 99" },
  { command: "printMsg -n $NS -t $P-t -d true" },
  { command: "printMsg -n $NS -t $P-t -s TagZ --printBody false" },
  { command: "printMsgByQueue -n $NS -t $P-t -a broker-a -i 1 -p true -d true" },
  { command: "printMsgByQueue -n $NS -t $P-t -a broker-a -i 0 -f true" },
  { command: "consumeMessage -n $NS -t $P-t -c 3 -b broker-a -i 0" },
  { command: "consumeMessage -n $NS -t $P-t -b broker-a -i 0 -o 4" },
  { command: "consumeMessage -n $NS -t $P-t -c 6" },
  { command: "consumeMessage -n $NS -t $P-t -i 0", fails: true },
  { command: "queryCq -n $NS -t $P-t -q 0 -i 0 -c 2 -b $BROKER" },
  { command: "queryCq -n $NS -t $P-t -q 0 -i 4 -g $P-on" },
  { command: "+sendMessage -n $NS -t $P-fifo -p hello -k sent -c TagB -b broker-a -i 0" },
  { command: "queryMsgById -n $NS -t $P-t -i $ID -s true", mask: elapsed },
  { command: "checkMsgSendRT -n $NS -t $P-fifo -a 3", mask: elapsed },
  { command: "sendMsgStatus -n $NS -b broker-a -c 2", mask: elapsed },
  { command: `+sendMessage -n $NS -t $P-u2 -k ${tracedId} -p ${traceBody}`, mask: elapsed },
  { command: `queryMsgTraceById -n $NS -t $P-u2 -i ${tracedId}` },
  { command: "QueryMsgTraceById -n $NS -t $P-u2 -i nobody", fails: true },
  { command: "updateTopicList -n $NS -b $BROKER -f $DIR/topics.json" },
  { command: "updateTopicList -n $NS -b $BROKER -f $DIR/nothing.json", fails: true },
  { command: "updateSubGroupList -n $NS -b $BROKER -f $DIR/groups.json" },
  { command: "topicRoute -n $NS -t $P-listed -l" },
  { command: "getConsumerConfig -n $NS -g $P-listed" },
];

const packedBody = "packed-and-unpacked ".repeat(400).trim();

/** Bodies that `mq` packs are unpacked by the official client. */
const packed: readonly CompatStep[] = [
  { command: "updateTopic -n $NS -b $BROKER -t $P-packed -r 1 -w 1" },
  { command: "mq topic produce $P-packed --file $DIR/packed.txt --compress zlib -n $NS" },
  { command: "mq topic produce $P-packed --file $DIR/packed.txt --compress lz4 -n $NS" },
  { command: "mq topic produce $P-packed --file $DIR/packed.txt --compress zstd -n $NS" },
  {
    command: "printMsg -n $NS -t $P-packed -d true",
    says: new RegExp(`(?:BODY: ${packedBody}\\s[^]*){3}`),
  },
  { command: "queryMsgByOffset -n $NS -t $P-packed -b broker-a -i 0 -o 0 -f UTF-8" },
  { command: "queryMsgByOffset -n $NS -t $P-packed -b broker-a -i 0 -o 1" },
];

const offsets: readonly CompatStep[] = [
  { command: "resetOffsetByTime -n $NS -g $P-on -t $P-t -s 0" },
  { command: "@leave $P-on" },
  { command: "resetOffsetByTime -n $NS -g $P-on -t $P-t -s 2020-01-01#00:00:00:000" },
  { command: "resetOffsetByTime -n $NS -g $P-on -t $P-t -s 0 -b $BROKER -q 0 -o 3" },
  { command: "skipAccumulatedMessage -n $NS -g $P-on -t $P-t" },
  { command: "skipAccumulatedMessage -n $NS -g $P-slow -t $P-t" },
  { command: "cloneGroupOffset -n $NS -s $P-on -d $P-off -t $P-t" },
];

/** What a broker counts by itself goes on between two questions. */
const countedOn = /(?<=(timer|dispatch|remain|runtime|Tps)\w* +: ).+$/gm;

/** Queues of the broker's threads, and how far it is with delayed messages. */
const loads = /( +[\d#.]+\(\d+,\d+ms[^)]*\))|(\d+-\d+\([^)]*\) +)/g;

const servers: readonly CompatStep[] = [
  { command: "clusterList -n $NS", mask: loads },
  { command: "clusterList -n $NS -m -c DefaultCluster" },
  { command: "brokerStatus -n $NS -b $BROKER", mask: countedOn },
  { command: "brokerStatus -n $NS -c DefaultCluster", mask: countedOn },
  { command: "getBrokerConfig -n $NS -b $BROKER" },
  { command: "getBrokerConfig -n $NS -c DefaultCluster" },
  { command: "updateBrokerConfig -n $NS -b $BROKER -k defaultTopicQueueNums -v 6" },
  { command: "updateBrokerConfig -n $NS -c DefaultCluster -k defaultTopicQueueNums -v 8" },
  { command: "updateBrokerConfig -n $NS -b $BROKER -k rocketmqHome -v /tmp", fails: true },
  { command: "haStatus -n $NS -b $BROKER" },
  { command: "getNamesrvConfig -n $NS" },
  { command: "updateNamesrvConfig -n $NS -k orderMessageEnable -v true" },
  { command: "updateKvConfig -n $NS -s $P -k $X -v value" },
  { command: "deleteKvConfig -n $NS -s $P -k $X" },
  { command: "updateOrderConf -n $NS -t $X-t -m put -v broker-a:4" },
  { command: "updateOrderConf -n $NS -t $X-t -m get" },
  { command: "updateOrderConf -n $NS -t $X-t -m delete" },
  { command: "updateOrderConf -n $NS -t $X-t -m get", fails: true },
  { command: "wipeWritePerm -n $NS -b broker-a" },
  { command: "addWritePerm -n $NS -b broker-a" },
  { command: "wipeWritePerm -n $NS -b nobody" },
  { command: "cleanExpiredCQ -n $NS -b $BROKER" },
  { command: "cleanExpiredCQ -n $NS -c DefaultCluster" },
  { command: "deleteExpiredCommitLog -n $NS -b $BROKER" },
  { command: "cleanUnusedTopic -n $NS" },
];

/** Rates go on between two questions, and how full a disk is. */
const measured = /(?<=(Tps|Ratio|AverageSize)":"?)[\d#.]+/g;

const exports: readonly CompatStep[] = [
  { command: "updateTopicList -n $NS -b $BROKER -f $DIR/many-topics.json" },
  { command: "updateSubGroupList -n $NS -b $BROKER -f $DIR/many-groups.json" },
  { command: "exportConfigs -n $NS -c DefaultCluster -f $DIR/$X", files: ["$DIR/$X/configs.json"] },
  {
    command: "exportMetadata -n $NS -c DefaultCluster -f $DIR/$X",
    files: ["$DIR/$X/metadata.json"],
  },
  {
    command: "exportMetadata -n $NS -c DefaultCluster -t -s -f $DIR/$X",
    files: ["$DIR/$X/topic.json"],
  },
  {
    command: "exportMetadata -n $NS -c DefaultCluster -g -f $DIR/$X",
    files: ["$DIR/$X/subscriptionGroup.json"],
  },
  { command: "exportMetadata -n $NS -b $BROKER -t -f $DIR/$X", files: ["$DIR/$X/topic.json"] },
  {
    command: "exportMetadata -n $NS -b $BROKER -g -f $DIR/$X",
    files: ["$DIR/$X/subscriptionGroup.json"],
  },
  {
    command: "exportMetrics -n $NS -c DefaultCluster -f $DIR/$X",
    files: ["$DIR/$X/metrics.json"],
    mask: measured,
  },
];

const removals: readonly CompatStep[] = [
  { command: "updateSubGroup -n $NS -b $BROKER -g $X-g" },
  { command: "deleteSubGroup -n $NS -b $BROKER -g $X-g -r true" },
  { command: "updateSubGroup -n $NS -b $BROKER -g $X-g" },
  { command: "deleteSubGroup -n $NS -c DefaultCluster -g $X-g" },
  { command: "deleteTopic -n $NS -c DefaultCluster -t $X-t" },
];

const files: readonly CompatStep[] = [
  { command: "dumpCompactionLog -f $DIR/records.bin" },
  { command: "dumpCompactionLog -f $DIR/nothing.bin", fails: true },
];

export const compatSteps: readonly CompatStep[] = [
  ...topics,
  ...groups,
  ...clients,
  ...messages,
  ...packed,
  ...servers,
  ...exports,
  ...files,
  ...offsets,
  ...removals,
];

/** Of a real broker. The official tool takes what it prints for a pattern, and fails at the first percent sign. */
function recordsWithoutPercent(): Buffer {
  const records = readFileSync(join(import.meta.dir, "../../fixtures/records/5.5.0.bin"));
  let end = 0;
  while (end < records.length) {
    const bytes = records.readInt32BE(end);
    if (records.subarray(end, end + bytes).includes("%RETRY%")) {
      break;
    }
    end += bytes;
  }
  return records.subarray(0, end);
}

function numbered(prefix: string): readonly string[] {
  return Array.from({ length: 40 }, (_, index) => `${prefix}-${index}`);
}

/** What mq's brokers do not have: the official tool says so in a stack, ours in one line. */
export const refusedSteps: readonly CompatStep[] = [
  "createUser -b $BROKER -u u -p p",
  "updateUser -b $BROKER -u u -p p",
  "deleteUser -b $BROKER -u u",
  "getUser -b $BROKER -u u",
  "listUser -n $NS -c DefaultCluster",
  "copyUser -f $BROKER -t $BROKER",
  "createAcl -b $BROKER -s User:u -r Topic:a -a Pub -d Allow",
  "updateAcl -b $BROKER -s User:u -r Topic:a -a Pub -d Allow",
  "deleteAcl -b $BROKER -s User:u",
  "getAcl -b $BROKER -s User:u",
  "listAcl -b $BROKER",
  "copyAcl -f $BROKER -t $BROKER",
  "getSyncStateSet -n $NS -a $NS -b broker-a",
  "getBrokerEpoch -n $NS -b broker-a",
  "getControllerMetaData -a $NS",
  "getControllerConfig -a $NS",
  "updateControllerConfig -a $NS -k k -v v",
  "electMaster -a $NS -b 1 -bn broker-a -c DefaultCluster",
  "cleanBrokerMetadata -a $NS -bn broker-a -c DefaultCluster",
  "addBroker -c $BROKER -b /tmp/broker.conf",
  "removeBroker -c $BROKER -b DefaultCluster:broker-a:1",
  "getBrokerLiteInfo -b $BROKER",
  "getBrokerLiteInfo -n $NS -c DefaultCluster -d",
  "getParentTopicInfo -n $NS -p $P-t",
  "getLiteTopicInfo -n $NS -p $P-t -l small",
  "getLiteClientInfo -n $NS -p $P-t -g $P-on -c one",
  "triggerLiteDispatch -n $NS -p $P-t -g $P-on",
  "getLiteGroupInfo -n $NS -p $P-t -g $P-on -k 3",
].map((command) => ({ command, fails: true, mask: /\d+ \(\d+ s ago\)/ }));

/** Files that steps read, by their names. */
export const compatFiles: Readonly<Record<string, string | Buffer>> = {
  // So many that Java's tables grow and share buckets.
  "many-topics.json": JSON.stringify(numbered("cmp-topic").map((topicName) => ({ topicName }))),
  "many-groups.json": JSON.stringify(numbered("cmp-group").map((groupName) => ({ groupName }))),
  "packed.txt": packedBody,
  "records.bin": recordsWithoutPercent(),
  "topics.json": JSON.stringify([
    { topicName: "cmp-listed", readQueueNums: 3, writeQueueNums: 5, perm: 6 },
    { topicName: "cmp-plain", attributes: { "+message.type": "NORMAL" } },
  ]),
  "groups.json": JSON.stringify([
    { groupName: "cmp-listed", retryMaxTimes: 3, consumeMessageOrderly: true },
  ]),
};
