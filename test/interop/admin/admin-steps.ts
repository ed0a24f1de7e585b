/**
 * What operators do with mqadmin, step by step: the smoke test of remoting 16, item 15, and what RocketMQ's admin
 * client does without a command. Each step's output becomes an observation.
 */

export interface AdminStep {
  readonly label: string;
  /** Words of the command, with `$NS`, `$BROKER`, `$P` (prefix), `$ID` and `$KEY` (first message's ids) put in. */
  readonly command: string;
  /** Only lines that fit count. */
  readonly keep?: RegExp;
  /** What is cut out of each line: values that are the server's own. */
  readonly cut?: RegExp;
  /** Lines of the keeping whose order means nothing are put in order. */
  readonly isUnordered?: boolean;
  /** Asked again until a line fits: what the step waits for takes its time. */
  readonly until?: RegExp;
  /** Does not become an observation: it only brings others about. */
  readonly isSilent?: boolean;
  /** Versions of the tool that have the command; all when absent. */
  readonly versions?: readonly string[];
}

const newer = ["5.5.0"] as const;
const older = ["4.9.7"] as const;

/** Whether a group has an offset in its retry topic yet is a matter of moments. */
const besideRetries = /^(?!%RETRY%)/;

const topics: readonly AdminStep[] = [
  {
    label: "make a topic",
    command: "updateTopic -n $NS -b $BROKER -t $P-t -r 4 -w 4",
    // The first request of all may take its time on a busy machine.
    until: /^create topic to /,
  },
  {
    label: "make a topic in a cluster",
    command: "updateTopic -n $NS -c DefaultCluster -t $P-u -r 2 -w 2",
  },
  {
    label: "make a topic with attributes",
    command: "updateTopic -n $NS -b $BROKER -t $P-fifo -r 1 -w 1 -a +message.type=FIFO",
    versions: newer,
  },
  {
    label: "make a topic with an unknown attribute",
    command: "updateTopic -n $NS -b $BROKER -t $P-bad -a +colour=red",
    versions: newer,
  },
  { label: "make a system topic", command: "updateTopic -n $NS -b $BROKER -t SELF_TEST_TOPIC" },
  { label: "change a permission", command: "updateTopicPerm -n $NS -b $BROKER -t $P-u -p 4" },
  { label: "route", command: "topicRoute -n $NS -t $P-t" },
  { label: "route of a missing topic", command: "topicRoute -n $NS -t $P-missing" },
  { label: "status of an empty topic", command: "topicStatus -n $NS -t $P-t", isUnordered: true },
  { label: "clusters of a topic", command: "topicClusterList -n $NS -t $P-t" },
  { label: "list of topics", command: "topicList -n $NS", keep: /^P-/, isUnordered: true },
  { label: "queues for two clients", command: "allocateMQ -n $NS -t $P-t -i 10.0.0.1,10.0.0.2" },
];

const online: readonly AdminStep[] = [
  { label: "five messages", command: "@produce $P-pg $P-t 0 5", isSilent: true },
  { label: "three messages", command: "@produce $P-pg $P-t 1 3", isSilent: true },
  {
    label: "make a group",
    command: "updateSubGroup -n $NS -b $BROKER -g $P-on -r 5 -q 1 -d true",
  },
  { label: "a consumer joins", command: "@consume $P-on $P-t one", isSilent: true },
  { label: "it consumes", command: "@consumed $P-on", until: /^8$/ },
  { label: "status of a topic", command: "topicStatus -n $NS -t $P-t", isUnordered: true },
  {
    label: "list of topics with groups",
    command: "topicList -n $NS -c",
    keep: /P-on/,
    isUnordered: true,
  },
  {
    label: "consumer connections",
    command: "consumerConnection -n $NS -g $P-on",
    isUnordered: true,
  },
  {
    label: "producer connections",
    command: "producerConnection -n $NS -g $P-pg -t $P-t",
    until: /producer-P-pg/,
  },
  {
    label: "all producers",
    command: "producer -b $BROKER",
    keep: /P-pg/,
    versions: newer,
  },
  { label: "consumer status", command: "consumerStatus -n $NS -g $P-on" },
  {
    label: "status of one consumer",
    command: "consumerStatus -n $NS -g $P-on -i 127.0.0.1@one",
    keep: /^(#|P-t broker-a [01] |PROP_CONSUME_TYPE|messageModel)/,
    isUnordered: true,
  },
  {
    label: "its offsets arrive",
    command: "consumerProgress -n $NS -g $P-on",
    until: /^P-t broker-a 0 5 5 0 /,
    isSilent: true,
  },
  {
    label: "progress on line",
    command: "consumerProgress -n $NS -g $P-on",
    keep: besideRetries,
    until: /^P-t broker-a 1 3 3 0 /,
    isUnordered: true,
  },
  { label: "progress of all groups", command: "consumerProgress -n $NS", keep: /^P-on/ },
  { label: "progress of a missing group", command: "consumerProgress -n $NS -g $P-none" },
  {
    label: "statistics of a topic",
    command: "statsAll -n $NS -t $P-t",
    keep: /^P-t/,
    cut: / \d+ \d+$/,
  },
  {
    label: "progress of a broker",
    command: "brokerConsumeStats -n $NS -b $BROKER",
    keep: /^P-t/,
    isUnordered: true,
  },
  {
    label: "running info of a consumer",
    command: "@runningInfo $P-on 127.0.0.1@one",
    keep: /^(#|P-t broker-a [01] |PROP_CONSUME_TYPE|messageModel)/,
    isUnordered: true,
  },
  { label: "running info of a missing consumer", command: "@runningInfo $P-on nobody" },
  {
    label: "where a consumer stands",
    command: "@consumeStatus $P-t $P-on 127.0.0.1@one",
    keep: /@one [01] /,
  },
  { label: "time spans", command: "@timeSpan $P-t $P-on" },
  { label: "a message for one consumer", command: "@consumeDirectly $P-on 127.0.0.1@one $P-t $ID" },
];

const messages: readonly AdminStep[] = [
  { label: "message by id", command: "queryMsgById -n $NS -t $P-t -i $ID", versions: newer },
  { label: "message by id alone", command: "queryMsgById -n $NS -i $ID", versions: older },
  { label: "messages by key", command: "queryMsgByKey -n $NS -t $P-t -k key-1", isUnordered: true },
  { label: "message by unique key", command: "queryMsgByUniqueKey -n $NS -t $P-t -i $KEY" },
  { label: "message by offset", command: "queryMsgByOffset -n $NS -t $P-t -b broker-a -i 0 -o 1" },
  { label: "print messages", command: "printMsg -n $NS -t $P-t -d true", isUnordered: true },
  {
    label: "print messages of a queue",
    command: "printMsgByQueue -n $NS -t $P-t -a broker-a -i 1 -p true -d true",
  },
  { label: "consume messages", command: "consumeMessage -n $NS -t $P-t -c 3 -b broker-a -i 0" },
  {
    label: "send a message",
    command: "+sendMessage -n $NS -t $P-t -p hello -k sent -c TagB -b broker-a -i 3",
  },
  { label: "entries of a queue", command: "queryCq -n $NS -t $P-t -q 0 -i 0 -c 2 -b $BROKER" },
  {
    label: "entries with a filter",
    command: "queryCq -n $NS -t $P-t -q 0 -i 4 -c 1 -b $BROKER -g $P-on",
  },
];

const offsets: readonly AdminStep[] = [
  { label: "settings of a group", command: "getConsumerConfig -n $NS -g $P-on" },
  {
    label: "reset on line",
    command: "resetOffsetByTime -n $NS -g $P-on -t $P-t -s 0",
    isUnordered: true,
  },
  {
    label: "it consumes again",
    command: "@consumed $P-on",
    until: /^1[789]$/,
    // What was on its way when the offsets were set may come once more.
    cut: /^1[789]$/,
  },
  { label: "it leaves", command: "@leave $P-on", isSilent: true },
  { label: "consumer connections off line", command: "consumerConnection -n $NS -g $P-on" },
  {
    label: "reset off line",
    command: "resetOffsetByTime -n $NS -g $P-on -t $P-t -s 0",
    isUnordered: true,
  },
  {
    label: "progress off line",
    command: "consumerProgress -n $NS -g $P-on",
    keep: besideRetries,
    isUnordered: true,
  },
  {
    label: "skip what is left",
    command: "skipAccumulatedMessage -n $NS -g $P-on -t $P-t",
    isUnordered: true,
  },
  {
    label: "make another group",
    command: "updateSubGroup -n $NS -b $BROKER -g $P-copy",
    isSilent: true,
  },
  { label: "clone offsets", command: "cloneGroupOffset -n $NS -s $P-on -d $P-copy -t $P-t" },
  { label: "its consumer joins", command: "@consume $P-copy $P-t two", isSilent: true },
  {
    label: "progress of the clone",
    command: "consumerProgress -n $NS -g $P-copy",
    keep: besideRetries,
    until: /^P-t broker-a 0 5 5 0/,
    isUnordered: true,
  },
  { label: "it consumed nothing", command: "@consumed $P-copy" },
  { label: "delete its topic", command: "deleteTopic -n $NS -c DefaultCluster -t $P-t" },
  { label: "route of the deleted topic", command: "topicRoute -n $NS -t $P-t" },
  { label: "the other leaves", command: "@leave $P-copy", isSilent: true },
  { label: "delete a group", command: "deleteSubGroup -n $NS -b $BROKER -g $P-copy -r true" },
  {
    label: "delete a group in a cluster",
    command: "deleteSubGroup -n $NS -c DefaultCluster -g $P-on -r true",
  },
  { label: "retry topics left", command: "topicList -n $NS", keep: /^%\w+%P-/, isUnordered: true },
];

/** Settings whose value is the same wherever nobody changed it. */
const settings =
  /^(autoCreateTopicEnable|autoCreateSubscriptionGroup|brokerClusterName|brokerId|brokerName|brokerPermission|brokerRole|defaultTopicQueueNums|longPollingEnable|maxMessageSize|regionId|traceTopicEnable|traceOn|slaveReadEnable|useServerSideResetOffset) /;
/** Names that mqadmin and dashboards read. */
const runtimeNames =
  /^(brokerVersionDesc|brokerActive|bootTimestamp|runtime|putTps|getTransferredTps|getFoundTps|getMissTps|getTotalTps|sendThreadPoolQueueSize|pullThreadPoolQueueSize|sendThreadPoolQueueHeadWaitTimeMills|pullThreadPoolQueueHeadWaitTimeMills|pageCacheLockTimeMills|earliestMessageTimeStamp|commitLogDiskRatio|consumeQueueDiskRatio|commitLogMinOffset|commitLogMaxOffset|msg[PG]etTotal\w+|msgPutTotal\w+|putMessage\w+|putLatency\d+|dispatchBehindBytes|remainHowManyDataToFlush|startAcceptSendRequestTimeStamp)\s*:/;

const brokers: readonly AdminStep[] = [
  { label: "list of clusters", command: "clusterList -n $NS" },
  {
    label: "names of the status",
    command: "brokerStatus -n $NS -b $BROKER",
    keep: runtimeNames,
    cut: /:.*/,
  },
  {
    label: "settings",
    command: "getBrokerConfig -n $NS -b $BROKER",
    keep: settings,
    isUnordered: true,
  },
  {
    label: "change a setting",
    command: "updateBrokerConfig -n $NS -b $BROKER -k defaultTopicQueueNums -v 6",
    versions: newer,
  },
  {
    label: "the setting",
    command: "getBrokerConfig -n $NS -b $BROKER",
    keep: /^defaultTopicQueueNums /,
    versions: newer,
  },
  {
    label: "change it back",
    command: "updateBrokerConfig -n $NS -b $BROKER -k defaultTopicQueueNums -v 8",
    isSilent: true,
    versions: newer,
  },
  {
    label: "change a forbidden setting",
    command: "updateBrokerConfig -n $NS -b $BROKER -k rocketmqHome -v /tmp",
  },
  {
    label: "change a setting that is not there",
    command: "updateBrokerConfig -n $NS -b $BROKER -k noSuchSetting -v 1",
  },
  { label: "replicas", command: "haStatus -n $NS -b $BROKER", versions: newer },
  { label: "clean unused topics", command: "cleanUnusedTopic -n $NS -b $BROKER" },
];

export const adminSteps: readonly AdminStep[] = [
  ...topics,
  ...online,
  ...messages,
  ...offsets,
  ...brokers,
];
