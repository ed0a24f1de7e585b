/** What both tools are asked of a RocketMQ with a controller, and of a server whose answers never change. */
import type { CompatStep } from "./compat-step.ts";

const users: readonly CompatStep[] = [
  { command: "createUser -b $BROKER -u $X-root -p secret -t Super" },
  { command: "createUser -n $NS -c DefaultCluster -u $X-u -p one" },
  { command: "createUser -b $BROKER -u $X-root -p secret", fails: true },
  { command: "createUser -b $BROKER -u $X-v -p two -t Nobody" },
  { command: "updateUser -b $BROKER -u $X-u -p other" },
  { command: "updateUser -n $NS -c DefaultCluster -u $X-u -s disable" },
  { command: "updateUser -b $BROKER -u nobody -t Normal", fails: true },
  { command: "getUser -b $BROKER -u $X-u" },
  { command: "getUser -n $NS -c DefaultCluster -u $X-root" },
  { command: "getUser -b $BROKER -u nobody", fails: true },
  { command: "getUser -b $BROKER", fails: true },
  { command: "listUser -b $BROKER" },
  { command: "listUser -n $NS -c DefaultCluster -f $X-r" },
  { command: "listUser -b $BROKER -f nobody" },
  { command: "copyUser -f $BROKER -t $REPLICA" },
  { command: "copyUser -f $BROKER -t $REPLICA -u $X-root,$X-u" },
  { command: "listUser -b $REPLICA" },
];

const rules: readonly CompatStep[] = [
  {
    command:
      "createAcl -b $BROKER -s User:$X-u -r Topic:orders,Group:* -a Pub,Sub -i 10.0.0.0/8,::1 -d Allow",
  },
  {
    command: "createAcl -n $NS -c DefaultCluster -s User:$X-root -r Cluster:* -a All -d Allow",
  },
  { command: "createAcl -b $BROKER -s User:nobody -r Topic:a -a Pub -d Allow", fails: true },
  { command: "createAcl -b $BROKER -s User:$X-u -r Topic:a -a Fly -d Allow", fails: true },
  { command: "updateAcl -b $BROKER -s User:$X-u -r Topic:orders -a Pub -d Deny" },
  { command: "updateAcl -n $NS -c DefaultCluster -s User:$X-root -r Topic:more -a Sub -d Deny" },
  { command: "updateAcl -b $BROKER -s User:nobody -r Topic:a -a Pub -d Allow", fails: true },
  { command: "getAcl -b $BROKER -s User:$X-u" },
  { command: "getAcl -n $NS -c DefaultCluster -s User:$X-root" },
  { command: "getAcl -b $BROKER -s User:nobody", fails: true },
  { command: "listAcl -b $BROKER" },
  { command: "listAcl -n $NS -c DefaultCluster -s $X-root -r Cluster" },
  { command: "listAcl -b $BROKER -s nobody" },
  { command: "copyAcl -f $BROKER -t $REPLICA" },
  { command: "copyAcl -f $BROKER -t $REPLICA -s User:$X-root" },
  { command: "listAcl -b $REPLICA" },
  { command: "deleteAcl -b $BROKER -s User:$X-u -r Topic:orders" },
  { command: "deleteAcl -n $NS -c DefaultCluster -s User:$X-u" },
  { command: "deleteUser -b $BROKER -u $X-u" },
  { command: "deleteUser -n $NS -c DefaultCluster -u $X-u" },
  { command: "deleteUser -b $BROKER -u $X-u" },
];

const controllers: readonly CompatStep[] = [
  { command: "getControllerMetaData -a $CONTROLLER" },
  { command: "getControllerMetaData -a 127.0.0.1:1", fails: true },
  {
    command: "getSyncStateSet -n $NS -a $CONTROLLER -b broker-a",
    until: /SyncStateSetNums\t2/,
  },
  { command: "getSyncStateSet -n $NS -a $CONTROLLER -c DefaultCluster" },
  { command: "getSyncStateSet -n $NS -a $CONTROLLER -c Nowhere", fails: true },
  { command: "getBrokerEpoch -n $NS -b broker-a" },
  { command: "getBrokerEpoch -n $NS -c DefaultCluster" },
  {
    command: "mq cluster replicas broker-a -n $NS --controller $CONTROLLER -o json",
    says: /"role": ?"leader","id": ?1,"address": ?"[\d.:]+","isInSync": ?true.*"role": ?"replica","id": ?2,"address": ?"[\d.:]+","isInSync": ?true,"behindBytes": ?null,"isAlive": ?true/,
  },
  {
    command: "mq cluster replicas broker-a -n $NS -o json",
    says: /"role": ?"leader","id": ?0,.*"isInSync": ?true,"behindBytes": ?0.*"role": ?"replica","id": ?2,"address": ?"[\d.:]+","isInSync": ?true,"behindBytes": ?0/,
  },
  {
    command: "mq cluster epoch -n $NS -o json",
    says: /"epoch": ?1,"startOffset": ?0,"endOffset": ?\d+,"isLasting": ?true/,
  },
  {
    command: "mq cluster elect-master broker-a --id 1 -n $NS --controller $CONTROLLER -o json",
    says: /leads already/,
  },
  { command: "getControllerConfig -a $CONTROLLER" },
  { command: "updateControllerConfig -a $CONTROLLER -k enableElectUncleanMaster -v false" },
  { command: "updateControllerConfig -a $CONTROLLER -k configStorePath -v /tmp", fails: true },
  { command: "electMaster -a $CONTROLLER -b 9 -bn broker-a -c DefaultCluster", fails: true },
  { command: "electMaster -a $CONTROLLER -b 1 -bn broker-z -c DefaultCluster", fails: true },
  { command: "cleanBrokerMetadata -a $CONTROLLER -bn broker-a -b 7 -c DefaultCluster" },
  { command: "cleanBrokerMetadata -a $CONTROLLER -bn broker-z -c DefaultCluster", fails: true },
  { command: "cleanBrokerMetadata -a $CONTROLLER -bn broker-a", fails: true },
  { command: "addBroker -c $BROKER -b /tmp/broker.conf", fails: true },
  { command: "removeBroker -c $BROKER -b DefaultCluster:broker-a:1", fails: true },
];

/** A parent with no lite topics below it: they come with the messages of clients that no tool is. */
const lite: readonly CompatStep[] = [
  {
    command:
      "updateTopic -n $NS -b $BROKER -t $P-parent -a +message.type=LITE,+lite.topic.expiration=60",
    complains: true,
  },
  { command: "topicRoute -n $NS -t $P-parent", until: /broker-a/ },
  { command: "getBrokerLiteInfo -b $BROKER" },
  { command: "getBrokerLiteInfo -n $NS -c DefaultCluster -d" },
  { command: "getBrokerLiteInfo -b 127.0.0.1:1", fails: true },
  { command: "getParentTopicInfo -n $NS -p $P-parent" },
  { command: "getParentTopicInfo -n $NS -p $P-nothing", fails: true },
  { command: "getParentTopicInfo -n $NS -p TBW102", fails: true },
  { command: "getLiteTopicInfo -n $NS -p $P-parent -l small -s" },
  { command: "getLiteClientInfo -n $NS -p $P-parent -g nobody -c one -s", fails: true },
  { command: "getLiteGroupInfo -n $NS -p $P-parent -g nobody", fails: true, mask: /\d+ \(.*/ },
  { command: "triggerLiteDispatch -n $NS -p $P-parent -g nobody", fails: true },
];

/**
 * The official tool succeeds with the first and then dies of its answer, whose numbers without quotes its library does not
 * read: nothing is printed that could be compared. See election.ts.
 */
const elections: readonly CompatStep[] = [
  { command: "electMaster -a $CONTROLLER -b 2 -bn broker-a -c DefaultCluster", fails: true },
];

export const controlledSteps: readonly CompatStep[] = [
  ...users,
  ...rules,
  ...controllers,
  ...lite,
  ...elections,
];

const ago = /\(\d+ s ago\)/;

/** Besides what is printed, what is sent is the same. */
export const scriptedSteps: readonly CompatStep[] = [
  { command: "addBroker -c $BROKER -b /etc/broker-b.conf" },
  { command: "removeBroker -c $BROKER -b c:broker-a:1" },
  { command: "getControllerMetaData -a $BROKER" },
  { command: "getSyncStateSet -n $NS -a $BROKER;10.0.0.9:9878 -c c" },
  { command: "getSyncStateSet -n $NS -a $BROKER -b broker-a" },
  { command: "getBrokerEpoch -n $NS -b broker-b" },
  { command: "getBrokerEpoch -n $NS -c c" },
  { command: "getControllerConfig -a $BROKER" },
  { command: "updateControllerConfig -a $BROKER;$BROKER -k listenPort -v 1" },
  { command: "electMaster -a $BROKER -b 3 -bn broker-a -c c" },
  { command: "cleanBrokerMetadata -a $BROKER -b 1;2 -bn broker-a -c c" },
  { command: "cleanBrokerMetadata -a $BROKER -bn broker-a -l" },
  { command: "createUser -b $BROKER -u alice -p secret" },
  { command: "createUser -n $NS -c c -u alice -p secret -t Super" },
  { command: "updateUser -b $BROKER -u alice -s disable" },
  { command: "deleteUser -b $BROKER -u alice" },
  { command: "getUser -b $BROKER -u alice" },
  { command: "listUser -b $BROKER -f a" },
  { command: "copyUser -f $BROKER -t $BROKER -u alice,bob" },
  { command: "createAcl -b $BROKER -s User:alice -r Topic:a,Topic:b -a Pub,Sub -i ::1 -d Allow" },
  { command: "updateAcl -b $BROKER -s User:alice -r Topic:a -a Pub -d Deny" },
  { command: "deleteAcl -b $BROKER -s User:alice -r Topic:a" },
  { command: "deleteAcl -b $BROKER -s User:alice" },
  { command: "getAcl -b $BROKER -s User:alice" },
  { command: "listAcl -b $BROKER -s User -r Topic" },
  { command: "copyAcl -f $BROKER -t $BROKER" },
  { command: "getBrokerLiteInfo -b $BROKER -d" },
  { command: "getBrokerLiteInfo -n $NS -c c" },
  { command: "getParentTopicInfo -n $NS -p lite" },
  { command: "getLiteTopicInfo -n $NS -p lite -l small" },
  { command: "getLiteTopicInfo -n $NS -p lite -l small -s" },
  { command: "getLiteClientInfo -n $NS -p lite -g g -c one" },
  { command: "getLiteClientInfo -n $NS -p lite -g g -c one -s" },
  { command: "getLiteGroupInfo -n $NS -p lite -g g", mask: ago },
  { command: "getLiteGroupInfo -n $NS -p lite -g g -l small -k 5", mask: ago },
  { command: "triggerLiteDispatch -n $NS -p lite -g g -c one" },
  { command: "triggerLiteDispatch -n $NS -p lite -g g -b broker-b" },
];
