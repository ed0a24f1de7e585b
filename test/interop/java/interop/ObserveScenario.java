// What a server answers at the edges: missing and illegal names, sizes, queues and offsets out of range. Nothing is
// judged here; the harness compares the answers with those of a real RocketMQ.
package interop;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;

final class ObserveScenario implements Scenario {
    private static final int BODY_MAX = 4 * 1024 * 1024;
    private static final int MESSAGES = 3;

    private Context context;
    private Report report;
    private DefaultMQProducer producer;
    private String topic;
    private String group;
    private Wire wire;
    private Wire nameserver;

    @Override
    public String name() {
        return "observe";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        report = given.report;
        producer = context.producer("observe-producer");
        producer.setRetryTimesWhenSendFailed(0);
        producer.setMaxMessageSize(2 * BODY_MAX);
        topic = context.createTopic(producer, "observe", 4);
        group = context.name("observe-group");
        MessageQueue queue = producer.fetchPublishMessageQueues(topic).get(0);
        for (int number = 0; number < MESSAGES; number++) {
            producer.send(Sender.message(topic, "TagA", "observe-" + number),
                new MessageQueue(topic, queue.getBrokerName(), 1));
        }
        Await.must("what was sent is there",
            () -> producer.maxOffset(new MessageQueue(topic, queue.getBrokerName(), 1)) == MESSAGES);
        // The client knows the broker's address since it has sent to it.
        wire = new Wire(producer,
            producer.getDefaultMQProducerImpl().getMqClientFactory().findBrokerAddressInPublish(queue.getBrokerName()));
        nameserver = new Wire(producer, producer.getNamesrvAddr());
        sends();
        names();
        sizes();
        pulls();
        offsets();
        members();
        topics();
    }

    private void sends() {
        report.observe("send", send());
        report.observe("send with short names", wire.observe(310, Wire.text("x"), "a", "p", "b", topic, "c", "TBW102",
            "d", 4, "e", 0, "f", 0, "g", 1, "h", 0, "i", ""));
        report.observe("send without a queue id", send("queueId", null));
        report.observe("send with a text as queue id", send("queueId", "two"));
        report.observe("send without a topic", send("topic", null));
        report.observe("send to a queue out of range", send("queueId", 4));
        report.observe("send to a queue far out of range", send("queueId", 2_000_000_000));
        report.observe("send from a producer group without a name", send("producerGroup", "", "queueId", 0));
        report.observe("send to a missing topic of an unknown template",
            send("topic", context.name("missing"), "defaultTopic", context.name("no-template")));
        report.observe("send by the client to a missing topic", Shapes.of(() -> {
            producer.setCreateTopicKey(context.name("no-template"));
            try {
                return producer.send(Sender.message(context.name("missing"), "TagA", "x")).getSendStatus().name();
            } finally {
                producer.setCreateTopicKey("TBW102");
            }
        }));
        report.observe("send that makes a topic", send("topic", context.name("made"), "queueId", 0));
        report.observe("send that wants 16 queues", send("topic", context.name("sixteen"), "defaultTopicQueueNums", 16));
        report.observe("queues of a topic whose first send wanted 16",
            Shapes.of(() -> producer.fetchPublishMessageQueues(context.name("sixteen")).size()));
        report.observe("batch flag with a broken body", wire.observe(320, Wire.text("no batch"), "a", "p", "b", topic,
            "c", "TBW102", "d", 4, "e", 0, "f", 0, "g", 1, "h", 0, "i", "", "m", true));
        report.observe("unknown request", wire.observe(9_999, null));
        report.observe("unknown request to the nameserver", nameserver.observe(9_999, null));
    }

    private void names() {
        for (String name : new String[] {"", " ", "two words", "sla/sh", "dot.dot", "umläut",
            "TBW102", "SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", "RMQ_SYS_TRACE_TOPIC", "SELF_TEST_TOPIC",
            "OFFSET_MOVED_EVENT", "DefaultCluster", "broker-a", "rmq_sys_wheel_timer"}) {
            // Other clients send there too, so the place is not compared.
            report.observe("send to topic '" + name + "'", Shapes.of(() -> ((Map<?, ?>) send("topic", name, "queueId", 0)).get("code")));
        }
        report.observe("send to a topic with a percent sign and a bar", send("topic", context.name("per%cent|")));
        report.observe("send to a topic of 127 characters", send("topic", pad(127)));
        report.observe("send to a topic of 128 characters", send("topic", pad(128)));
        report.observe("send by the client to an illegal topic",
            Shapes.of(() -> producer.send(Sender.message("two words", "TagA", "x")).getSendStatus().name()));
    }

    private void sizes() {
        report.observe("body of 4 MiB", sized(BODY_MAX));
        report.observe("body of 4 MiB and a byte", sized(BODY_MAX + 1));
        report.observe("body too large by the client", Shapes.of(() -> {
            Message message = new Message(topic, new byte[BODY_MAX + 1]);
            producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
            return producer.send(message).getSendStatus().name();
        }));
        report.observe("properties of 32767 characters", send("properties", "k\u0001" + "v".repeat(32_767 - 3) + "\u0002"));
        report.observe("properties of 40000 characters", send("properties", "k\u0001" + "v".repeat(40_000) + "\u0002"));
        report.observe("properties without separators", send("properties", "nothing"));
    }

    private void pulls() {
        report.observe("pull", pull());
        report.observe("pull as lite pull", pullWith(361));
        report.observe("pull at the end", pull("queueOffset", MESSAGES));
        report.observe("pull beyond the end", pull("queueOffset", MESSAGES + 7));
        report.observe("pull before the beginning", pull("queueOffset", -1));
        report.observe("pull from an empty queue", pull("queueId", 2, "queueOffset", 0));
        report.observe("pull beyond an empty queue", pull("queueId", 2, "queueOffset", 5));
        report.observe("pull from a queue out of range", pull("queueId", 4));
        report.observe("pull from queue -1", pull("queueId", -1));
        report.observe("pull from a missing topic", pull("topic", context.name("nowhere")));
        report.observe("pull of no messages", pull("maxMsgNums", 0));
        report.observe("pull without a subscription by a group unknown here",
            pull("consumerGroup", context.name("stranger"), "sysFlag", 0));
        report.observe("pull by an illegal group name", pull("consumerGroup", "two words"));
        report.observe("pull with a broken tag expression", pull("subscription", "TagA ||"));
        report.observe("pull without an offset", pull("queueOffset", null));
    }

    private void offsets() {
        report.observe("offset of an unknown group", offset(14, "consumerGroup", context.name("unknown")));
        report.observe("offset of an unknown group, zero not wanted",
            offset(14, "consumerGroup", context.name("unknown"), "setZeroIfNotFound", false));
        report.observe("offset of a queue out of range", offset(14, "consumerGroup", group, "queueId", 9));
        report.observe("store an offset of an unknown group",
            offset(15, "consumerGroup", context.name("unknown-too"), "commitOffset", 2));
        pull("consumerGroup", group);
        report.observe("store an offset", offset(15, "consumerGroup", group, "commitOffset", 2));
        report.observe("read it", offset(14, "consumerGroup", group));
        report.observe("store an offset beyond the end", offset(15, "consumerGroup", group, "commitOffset", 999));
        report.observe("read the offset beyond the end", offset(14, "consumerGroup", group));
        report.observe("store a negative offset", offset(15, "consumerGroup", group, "commitOffset", -3));
        report.observe("store an offset of a missing topic",
            offset(15, "consumerGroup", group, "commitOffset", 1, "topic", context.name("nowhere")));
        report.observe("store no offset", offset(15, "consumerGroup", group));
        report.observe("last offset", offset(30));
        report.observe("first offset", offset(31));
        report.observe("last offset of a queue out of range", offset(30, "queueId", 77));
        report.observe("first offset of a queue out of range", offset(31, "queueId", 77));
        report.observe("last offset of a missing topic", offset(30, "topic", context.name("nowhere")));
        report.observe("first offset of an empty queue", offset(31, "queueId", 3));
        report.observe("offset by time of a missing topic", offset(29, "topic", context.name("nowhere"), "timestamp", 5));
        report.observe("offset by time long ago", offset(29, "timestamp", 5));
        report.observe("offset by time far ahead", offset(29, "timestamp", 4_000_000_000_000L));
    }

    private void members() {
        report.observe("members of a group that nobody is in", wire.observe(38, null, "consumerGroup", context.name("empty")));
        report.observe("leave without having come", wire.observe(35, null, "clientID", "nobody", "producerGroup", "p"));
        report.observe("heartbeat without a body", wire.observe(34, null));
        report.observe("heartbeat with a broken body", wire.observe(34, Wire.text("{\"clientID\":")));
        report.observe("heartbeat of nobody", wire.observe(34,
            Wire.text("{\"clientID\":\"n@1\",\"consumerDataSet\":[],\"producerDataSet\":[]}")));
        report.observe("lock of queues", wire.observe(41, Wire.text("{\"consumerGroup\":\"" + group
            + "\",\"clientId\":\"n@1\",\"mqSet\":[{\"topic\":\"" + topic + "\",\"brokerName\":\"broker-a\",\"queueId\":0}]}")));
        report.observe("unlock of queues", wire.observe(42, Wire.text("{\"consumerGroup\":\"" + group
            + "\",\"clientId\":\"n@1\",\"mqSet\":[{\"topic\":\"" + topic + "\",\"brokerName\":\"broker-a\",\"queueId\":0}]}")));
        report.observe("connections of a group that nobody is in",
            wire.observe(203, null, "consumerGroup", context.name("empty")));
    }

    private void topics() {
        report.observe("route of a topic", nameserver.observe(105, null, "topic", topic));
        report.observe("route of a missing topic", nameserver.observe(105, null, "topic", context.name("nowhere")));
        report.observe("route of a topic without a name", nameserver.observe(105, null, "topic", ""));
        report.observe("list of all topics", nameserver.observe(206, null));
        report.observe("cluster", nameserver.observe(106, null));
        report.observe("configuration of a topic", wire.observe(351, null, "topic", topic));
        report.observe("configuration of a missing topic", wire.observe(351, null, "topic", context.name("nowhere")));
        report.observe("statistics of a topic", wire.observe(202, null, "topic", topic));
        report.observe("statistics of a missing topic", wire.observe(202, null, "topic", context.name("nowhere")));
        for (String name : new String[] {"two words", "SCHEDULE_TOPIC_XXXX", "DefaultCluster"}) {
            report.observe("make topic '" + name + "'", makeTopic("topic", name));
        }
        report.observe("make a topic of no queues", makeTopic("readQueueNums", 0, "writeQueueNums", 0));
        report.observe("make a topic again", makeTopic());
        report.observe("make a topic without a permission", makeTopic("perm", 0));
    }

    private Object send(Object... changes) {
        return sendBody(Wire.text("x"), changes);
    }

    private Object sized(int bytes) {
        return sendBody(new byte[bytes]);
    }

    private Object sendBody(byte[] body, Object... changes) {
        return wire.observe(10, body, changed(changes, "producerGroup", context.name("observe-producer"), "topic", topic,
            "defaultTopic", "TBW102", "defaultTopicQueueNums", 4, "queueId", 3, "sysFlag", 0, "bornTimestamp", 1, "flag", 0,
            "properties", "", "reconsumeTimes", 0, "unitMode", false, "batch", false));
    }

    private Object pull(Object... changes) {
        return pullWith(11, changes);
    }

    /** Sets neither "commit" nor "wait": bit 4 says that the request carries its subscription. */
    private Object pullWith(int code, Object... changes) {
        return wire.observe(code, null, changed(changes, "consumerGroup", group, "topic", topic, "queueId", 1,
            "queueOffset", 0, "maxMsgNums", 32, "sysFlag", 4, "commitOffset", 0, "suspendTimeoutMillis", 0,
            "subscription", "*", "subVersion", 0, "expressionType", "TAG"));
    }

    private Object offset(int code, Object... changes) {
        return wire.observe(code, null, changed(changes, "topic", topic, "queueId", 1));
    }

    private Object makeTopic(Object... changes) {
        return wire.observe(17, null, changed(changes, "topic", context.name("observe-made"), "defaultTopic", "TBW102",
            "readQueueNums", 4, "writeQueueNums", 4, "perm", 6, "topicFilterType", "SINGLE_TAG", "topicSysFlag", 0,
            "order", false));
    }

    private String pad(int length) {
        String start = context.name("long-");
        return start + "x".repeat(length - start.length());
    }

    private static Object[] changed(Object[] changes, Object... fields) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int at = 0; at < fields.length; at += 2) {
            map.put(fields[at], fields[at + 1]);
        }
        for (int at = 0; at < changes.length; at += 2) {
            map.put(changes[at], changes[at + 1]);
        }
        Object[] pairs = new Object[map.size() * 2];
        int at = 0;
        for (Map.Entry<Object, Object> entry : map.entrySet()) {
            pairs[at++] = entry.getKey();
            pairs[at++] = entry.getValue();
        }
        return pairs;
    }
}
