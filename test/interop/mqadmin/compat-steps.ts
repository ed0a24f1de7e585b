/**
 * What the official mqadmin 5.5.0 and `mq mqadmin` are both asked, in this order, of the same cluster. The topic and
 * the groups are filled once; what changes the cluster is asked twice, of things of each tool's own.
 */

export interface CompatStep {
  /**
   * Words with `$NS`, `$BROKER` and `$P` (names of both), `$X` (names of the one tool that is asked), `$ID` and `$KEY`
   * (ids of the first message) put in. What begins with `@` is the Java program's own and asked once.
   */
  readonly command: string;
  /** What the steps below need has come about when this fits what the official tool printed. */
  readonly until?: RegExp;
  /** The official tool fails as well; only what it prints besides its errors is compared. */
  readonly fails?: true;
  /** The official tool prints errors on its way to success; they are not compared. */
  readonly complains?: true;
  /** Parts that the brokers may answer differently from one moment to the next. */
  readonly mask?: RegExp;
}

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

const removals: readonly CompatStep[] = [
  { command: "@leave $P-on" },
  { command: "updateSubGroup -n $NS -b $BROKER -g $X-g" },
  { command: "deleteSubGroup -n $NS -b $BROKER -g $X-g -r true" },
  { command: "updateSubGroup -n $NS -b $BROKER -g $X-g" },
  { command: "deleteSubGroup -n $NS -c DefaultCluster -g $X-g" },
  { command: "deleteTopic -n $NS -c DefaultCluster -t $X-t" },
];

export const compatSteps: readonly CompatStep[] = [...topics, ...groups, ...removals];
