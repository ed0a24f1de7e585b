/** All subcommands of RocketMQ's mqadmin 5.5.0, in its order, with how ours are loaded. */
import type { Subcommand } from "./subcommand.ts";

export interface SubcommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly subcommand: Subcommand }>;
}

function entry(
  name: string,
  summary: string,
  load: () => Promise<{ readonly subcommand: Subcommand }>,
): SubcommandEntry {
  return { name, summary, load };
}

export const subcommands: readonly SubcommandEntry[] = [
  entry("updateTopic", "create or change a topic", () => import("./commands/update-topic.ts")),
  entry(
    "updateTopicList",
    "create or change the topics of a file",
    () => import("./commands/update-topic-list.ts"),
  ),
  entry("deleteTopic", "delete a topic", () => import("./commands/delete-topic.ts")),
  entry(
    "updateSubGroup",
    "create or change a consumer group",
    () => import("./commands/update-sub-group.ts"),
  ),
  entry(
    "updateSubGroupList",
    "create or change the consumer groups of a file",
    () => import("./commands/update-sub-group-list.ts"),
  ),
  entry(
    "setConsumeMode",
    "choose between pulling and popping",
    () => import("./commands/set-consume-mode.ts"),
  ),
  entry(
    "deleteSubGroup",
    "delete a consumer group",
    () => import("./commands/delete-sub-group.ts"),
  ),
  entry(
    "updateBrokerConfig",
    "change a setting of a broker",
    () => import("./commands/update-broker-config.ts"),
  ),
  entry(
    "updateTopicPerm",
    "change who may use a topic",
    () => import("./commands/update-topic-perm.ts"),
  ),
  entry("topicRoute", "show where a topic's queues are", () => import("./commands/topic-route.ts")),
  entry(
    "topicStatus",
    "show the offsets of a topic's queues",
    () => import("./commands/topic-status.ts"),
  ),
  entry(
    "topicClusterList",
    "show the clusters of a topic",
    () => import("./commands/topic-cluster-list.ts"),
  ),
  entry("addBroker", "add a broker to a container", () => import("./commands/add-broker.ts")),
  entry(
    "removeBroker",
    "take a broker out of a container",
    () => import("./commands/remove-broker.ts"),
  ),
  entry(
    "resetMasterFlushOffset",
    "set the offset up to which a leader has written",
    () => import("./commands/reset-master-flush-offset.ts"),
  ),
  entry(
    "brokerStatus",
    "show what a broker says of itself",
    () => import("./commands/broker-status.ts"),
  ),
  entry(
    "queryMsgById",
    "show the message with an id",
    () => import("./commands/query-msg-by-id.ts"),
  ),
  entry(
    "queryMsgByKey",
    "show the messages with a key",
    () => import("./commands/query-msg-by-key.ts"),
  ),
  entry(
    "queryMsgByUniqueKey",
    "show the message with its producer's id",
    () => import("./commands/query-msg-by-unique-key.ts"),
  ),
  entry(
    "queryMsgByOffset",
    "show the message at a queue's offset",
    () => import("./commands/query-msg-by-offset.ts"),
  ),
  entry(
    "queryMsgTraceById",
    "show what became of a message",
    () => import("./commands/query-msg-trace-by-id.ts"),
  ),
  entry("printMsg", "print the messages of a topic", () => import("./commands/print-msg.ts")),
  entry(
    "printMsgByQueue",
    "print the messages of a queue",
    () => import("./commands/print-msg-by-queue.ts"),
  ),
  entry(
    "sendMsgStatus",
    "send messages to a broker and show how long each took",
    () => import("./commands/send-msg-status.ts"),
  ),
  entry(
    "brokerConsumeStats",
    "show how far all groups of a broker are behind",
    () => import("./commands/broker-consume-stats.ts"),
  ),
  entry(
    "producerConnection",
    "show who is in a producer group",
    () => import("./commands/producer-connection.ts"),
  ),
  entry(
    "consumerConnection",
    "show who is in a consumer group",
    () => import("./commands/consumer-connection.ts"),
  ),
  entry(
    "consumerProgress",
    "show how far a consumer group is behind",
    () => import("./commands/consumer-progress.ts"),
  ),
  entry(
    "consumerStatus",
    "show what the members of a consumer group say of themselves",
    () => import("./commands/consumer-status.ts"),
  ),
  entry(
    "cloneGroupOffset",
    "give a group the offsets of another",
    () => import("./commands/clone-group-offset.ts"),
  ),
  entry("producer", "show all producers of a broker", () => import("./commands/producer.ts")),
  entry(
    "clusterList",
    "list the brokers of all clusters",
    () => import("./commands/cluster-list.ts"),
  ),
  entry("topicList", "list topics", () => import("./commands/topic-list.ts")),
  entry(
    "updateKvConfig",
    "set a value in a nameserver's table",
    () => import("./commands/update-kv-config.ts"),
  ),
  entry(
    "deleteKvConfig",
    "delete a value from a nameserver's table",
    () => import("./commands/delete-kv-config.ts"),
  ),
  entry(
    "wipeWritePerm",
    "let nobody write to a broker",
    () => import("./commands/wipe-write-perm.ts"),
  ),
  entry(
    "addWritePerm",
    "let clients write to a broker again",
    () => import("./commands/add-write-perm.ts"),
  ),
  entry(
    "resetOffsetByTime",
    "move a consumer group to a time",
    () => import("./commands/reset-offset-by-time.ts"),
  ),
  entry(
    "skipAccumulatedMessage",
    "move a consumer group to the end",
    () => import("./commands/skip-accumulated-message.ts"),
  ),
  entry(
    "updateOrderConf",
    "set or show the order settings of a topic",
    () => import("./commands/update-order-conf.ts"),
  ),
  entry(
    "cleanExpiredCQ",
    "remove queue entries of messages that are gone",
    () => import("./commands/clean-expired-cq.ts"),
  ),
  entry(
    "deleteExpiredCommitLog",
    "remove segments that are past their time",
    () => import("./commands/delete-expired-commit-log.ts"),
  ),
  entry(
    "cleanUnusedTopic",
    "remove the queues of deleted topics",
    () => import("./commands/clean-unused-topic.ts"),
  ),
  entry("startMonitoring", "watch consumer groups", () => import("./commands/start-monitoring.ts")),
  entry("statsAll", "show rates and lag of all topics", () => import("./commands/stats-all.ts")),
  entry(
    "allocateMQ",
    "show which client would get which queue",
    () => import("./commands/allocate-mq.ts"),
  ),
  entry(
    "checkMsgSendRT",
    "measure how long sending to a topic takes",
    () => import("./commands/check-msg-send-rt.ts"),
  ),
  entry(
    "clusterRT",
    "measure how long sending to a cluster takes",
    () => import("./commands/cluster-rt.ts"),
  ),
  entry(
    "getNamesrvConfig",
    "show the settings of nameservers",
    () => import("./commands/get-namesrv-config.ts"),
  ),
  entry(
    "updateNamesrvConfig",
    "change a setting of nameservers",
    () => import("./commands/update-namesrv-config.ts"),
  ),
  entry(
    "getBrokerConfig",
    "show the settings of a broker",
    () => import("./commands/get-broker-config.ts"),
  ),
  entry(
    "getConsumerConfig",
    "show the settings of a consumer group",
    () => import("./commands/get-consumer-config.ts"),
  ),
  entry("queryCq", "show the entries of a queue", () => import("./commands/query-cq.ts")),
  entry("sendMessage", "send a message", () => import("./commands/send-message.ts")),
  entry("consumeMessage", "read messages", () => import("./commands/consume-message.ts")),
  entry(
    "updateStaticTopic",
    "create or change a static topic",
    () => import("./commands/update-static-topic.ts"),
  ),
  entry(
    "remappingStaticTopic",
    "move the queues of a static topic",
    () => import("./commands/remapping-static-topic.ts"),
  ),
  entry(
    "exportMetadata",
    "write topics and groups to a file",
    () => import("./commands/export-metadata.ts"),
  ),
  entry(
    "exportConfigs",
    "write the settings of a cluster to a file",
    () => import("./commands/export-configs.ts"),
  ),
  entry(
    "exportMetrics",
    "write the rates of a cluster to a file",
    () => import("./commands/export-metrics.ts"),
  ),
  entry(
    "exportMetadataInRocksDB",
    "show the settings that a RocksDB holds",
    () => import("./commands/export-metadata-in-rocks-db.ts"),
  ),
  entry(
    "exportPopRecord",
    "export the records of popped messages",
    () => import("./commands/export-pop-record.ts"),
  ),
  entry("haStatus", "show how far replicas are behind", () => import("./commands/ha-status.ts")),
  entry(
    "getSyncStateSet",
    "show which replicas are in step",
    () => import("./commands/get-sync-state-set.ts"),
  ),
  entry(
    "getBrokerEpoch",
    "show the epochs of a broker's log",
    () => import("./commands/get-broker-epoch.ts"),
  ),
  entry(
    "getControllerMetaData",
    "show what a controller says of its cluster",
    () => import("./commands/get-controller-meta-data.ts"),
  ),
  entry(
    "getControllerConfig",
    "show the settings of a controller",
    () => import("./commands/get-controller-config.ts"),
  ),
  entry(
    "updateControllerConfig",
    "change a setting of controllers",
    () => import("./commands/update-controller-config.ts"),
  ),
  entry("electMaster", "make a replica the leader", () => import("./commands/elect-master.ts")),
  entry(
    "cleanBrokerMetadata",
    "make a controller forget a broker",
    () => import("./commands/clean-broker-metadata.ts"),
  ),
  entry(
    "dumpCompactionLog",
    "show the records of a compaction log",
    () => import("./commands/dump-compaction-log.ts"),
  ),
  entry(
    "getColdDataFlowCtrInfo",
    "show who is slowed down while reading old messages",
    () => import("./commands/get-cold-data-flow-ctr-info.ts"),
  ),
  entry(
    "updateColdDataFlowCtrGroupConfig",
    "slow a group down that reads old messages",
    () => import("./commands/update-cold-data-flow-ctr-group-config.ts"),
  ),
  entry(
    "removeColdDataFlowCtrGroupConfig",
    "slow a group down no more",
    () => import("./commands/remove-cold-data-flow-ctr-group-config.ts"),
  ),
  entry(
    "setCommitLogReadAheadMode",
    "choose whether the log is read ahead",
    () => import("./commands/set-commit-log-read-ahead-mode.ts"),
  ),
  entry("createUser", "create a user", () => import("./commands/create-user.ts")),
  entry("updateUser", "change a user", () => import("./commands/update-user.ts")),
  entry("deleteUser", "delete a user", () => import("./commands/delete-user.ts")),
  entry("getUser", "show a user", () => import("./commands/get-user.ts")),
  entry("listUser", "list users", () => import("./commands/list-user.ts")),
  entry("copyUser", "copy users to another broker", () => import("./commands/copy-user.ts")),
  entry("createAcl", "create an access rule", () => import("./commands/create-acl.ts")),
  entry("updateAcl", "change an access rule", () => import("./commands/update-acl.ts")),
  entry("deleteAcl", "delete an access rule", () => import("./commands/delete-acl.ts")),
  entry("getAcl", "show an access rule", () => import("./commands/get-acl.ts")),
  entry("listAcl", "list access rules", () => import("./commands/list-acl.ts")),
  entry("copyAcl", "copy access rules to another broker", () => import("./commands/copy-acl.ts")),
  entry(
    "rocksDBConfigToJson",
    "show the settings that a RocksDB holds as JSON",
    () => import("./commands/rocks-db-config-to-json.ts"),
  ),
  entry(
    "checkRocksdbCqWriteProgress",
    "compare queues in RocksDB with those in files",
    () => import("./commands/check-rocksdb-cq-write-progress.ts"),
  ),
  entry(
    "switchTimerEngine",
    "choose how exact delays are kept",
    () => import("./commands/switch-timer-engine.ts"),
  ),
  entry(
    "getBrokerLiteInfo",
    "show the lite topics of a broker",
    () => import("./commands/get-broker-lite-info.ts"),
  ),
  entry(
    "getParentTopicInfo",
    "show the parent of lite topics",
    () => import("./commands/get-parent-topic-info.ts"),
  ),
  entry("getLiteTopicInfo", "show a lite topic", () => import("./commands/get-lite-topic-info.ts")),
  entry(
    "getLiteClientInfo",
    "show a client of lite topics",
    () => import("./commands/get-lite-client-info.ts"),
  ),
  entry(
    "getLiteGroupInfo",
    "show a group of lite topics",
    () => import("./commands/get-lite-group-info.ts"),
  ),
  entry(
    "triggerLiteDispatch",
    "wake the readers of lite topics",
    () => import("./commands/trigger-lite-dispatch.ts"),
  ),
];

/** By name, whatever its case. */
export function findSubcommand(name: string): SubcommandEntry | undefined {
  const wanted = name.toLowerCase();
  return subcommands.find((each) => each.name.toLowerCase() === wanted);
}
