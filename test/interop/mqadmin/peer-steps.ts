/**
 * What both tools are asked of a real RocketMQ, because `mq`'s brokers do not do it: how the store works below, and
 * static topics. In the words of compat-step.ts.
 */
import type { CompatStep } from "./compat-step.ts";

const consumption: readonly CompatStep[] = [
  { command: "updateTopic -n $NS -b $BROKER -t $P-t -r 2 -w 2", until: /success/ },
  { command: "updateSubGroup -n $NS -b $BROKER -g $P-g" },
  { command: "setConsumeMode -n $NS -b $BROKER -t $P-t -g $P-g -m POP -q 3" },
  { command: "setConsumeMode -n $NS -c DefaultCluster -t $P-t -g $P-g -m PULL" },
  { command: "setConsumeMode -n $NS -b $BROKER -t $P-t -g $P-g -m PUSH", fails: true },
  { command: "setConsumeMode -n $NS -b $BROKER -t $P-none -g $P-g -m POP", fails: true },
  { command: "setConsumeMode -n $NS -b $BROKER -t %RETRY%$P-g -g $P-g -m POP", fails: true },
];

const coldData: readonly CompatStep[] = [
  { command: "getColdDataFlowCtrInfo -n $NS -b $BROKER" },
  { command: "updateColdDataFlowCtrGroupConfig -n $NS -b $BROKER -g $P-g -v 1000" },
  { command: "updateColdDataFlowCtrGroupConfig -n $NS -c DefaultCluster -g $P-other -v 2000" },
  { command: "getColdDataFlowCtrInfo -n $NS -c DefaultCluster" },
  { command: "removeColdDataFlowCtrGroupConfig -n $NS -b $BROKER -g $P-g" },
  { command: "removeColdDataFlowCtrGroupConfig -n $NS -c DefaultCluster -g $P-other" },
  { command: "getColdDataFlowCtrInfo -n $NS -b $BROKER" },
  { command: "updateColdDataFlowCtrGroupConfig -n $NS -b 127.0.0.1:1 -g $P-g -v 1", fails: true },
];

const store: readonly CompatStep[] = [
  { command: "setCommitLogReadAheadMode -n $NS -b $BROKER -m 1" },
  { command: "setCommitLogReadAheadMode -n $NS -c DefaultCluster -m 0" },
  { command: "setCommitLogReadAheadMode -n $NS -b $BROKER -m 7", fails: true },
  { command: "resetMasterFlushOffset -n $NS -b $BROKER -o 100" },
  { command: "switchTimerEngine -n $NS -b $BROKER -e F" },
  { command: "switchTimerEngine -n $NS -c DefaultCluster -e F" },
  { command: "switchTimerEngine -n $NS -b $BROKER -e R", fails: true },
  { command: "switchTimerEngine -n $NS -b $BROKER -e X", fails: true },
  { command: "exportPopRecord -n $NS -b $BROKER" },
  { command: "exportPopRecord -n $NS -c DefaultCluster" },
  { command: "checkRocksdbCqWriteProgress -n $NS -c DefaultCluster" },
  { command: "checkRocksdbCqWriteProgress -n $NS -c DefaultCluster -t $P-t -cf 1700000000000" },
  { command: "rocksDBConfigToJson -n $NS -c DefaultCluster" },
  { command: "rocksDBConfigToJson -b $BROKER -t topics;subscriptionGroups" },
];

/** Both write what they found and what they made of it. */
const printedFiles = /\/\S+\.(before|after)$/gm;

const staticTopics: readonly CompatStep[] = [
  { command: "updateStaticTopic -n $NS -b broker-a -t $X-static -qn 3", printedFiles },
  { command: "updateStaticTopic -n $NS -c DefaultCluster -t $X-static -qn 5", printedFiles },
  { command: "topicRoute -n $NS -t $X-static" },
  { command: "remappingStaticTopic -n $NS -b broker-a -t $X-static", printedFiles },
  { command: "topicStatus -n $NS -t $X-static" },
  { command: "topicRoute -n $NS -t $X-static" },
  { command: "updateStaticTopic -n $NS -b broker-a -t $X-static -qn 5", fails: true },
  { command: "updateStaticTopic -n $NS -b broker-a -t $P-t -qn 9", fails: true },
  { command: "remappingStaticTopic -n $NS -b broker-a -t $X-none", fails: true },
];

export const peerSteps: readonly CompatStep[] = [
  ...consumption,
  ...coldData,
  ...store,
  ...staticTopics,
];
