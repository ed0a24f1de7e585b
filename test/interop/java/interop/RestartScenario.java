// The broker is killed and started again while clients work: what was acknowledged is there, and so are the offsets.
package interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

@SuppressWarnings("deprecation")
final class RestartScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int BEFORE = 80 * Context.SCALE;
    private static final int AFTER_MIN = 50 * Context.SCALE;
    private static final long FLOW_PAUSE_MS = 10;
    private static final int SEND_TIMEOUT_MS = 5_000;
    private static final int QUERY_OFFSET = 14;
    private static final int HEARTBEAT_MS = 3_000;

    private final Map<MessageQueue, Long> committed = new HashMap<>();
    private Context context;
    private Report report;
    private DefaultMQProducer producer;
    private String topic;

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        report = given.report;
        producer = context.producer("restart-producer");
        // A 4.9 client waits so long for the answer to what it had sent when the broker was killed.
        producer.setSendMsgTimeout(SEND_TIMEOUT_MS);
        topic = context.createTopic(producer, "restart", QUEUES);
        Sender sender = new Sender(producer, topic);
        sender.send(BEFORE);
        Set<String> before = new TreeSet<>(sender.acknowledged.keySet());
        report.check("each send before the kill is acknowledged", sender.failures.isEmpty(), sender.failures);

        consumeAndLeave(before);
        DefaultMQPullConsumer keeper = context.pullConsumer("restart-keeper");
        commitHalf(keeper);
        Inbox throughout = new Inbox();
        start("restart-throughout", throughout);
        Survivors survivors = new Survivors(context, producer, topic);
        survivors.start();
        sender.startFlow(FLOW_PAUSE_MS);
        Await.must("the flow of messages", () -> sender.acknowledged.size() > BEFORE);

        report.event("ready to be killed", sender.acknowledged.size());
        while (!context.control.hasHeard("restarted")) {
            Thread.sleep(20);
        }
        int atRestart = sender.acknowledged.size();
        report.check("sends are acknowledged again after the restart",
            Await.holds(() -> sender.acknowledged.size() >= atRestart + AFTER_MIN), sender.acknowledged.size() - atRestart);
        sender.stopFlow();
        report.event("sent", sender.acknowledged.size() + " acknowledged, " + sender.failures.size() + " failed");

        offsetsAreKept(keeper);
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        acknowledgedIsReadable(sender);
        Await.holds(() -> throughout.hasAll(keys));
        report.check("a consumer that lived through it is given every acknowledged message", throughout.hasAll(keys),
            "missing " + throughout.missing(keys));
        Set<String> later = new TreeSet<>(keys);
        later.removeAll(before);
        Inbox next = new Inbox();
        start("restart-once", next);
        Await.holds(() -> next.hasAll(later));
        report.check("the next consumer of a group is given what came later", next.hasAll(later),
            "missing " + next.missing(later));
        Set<String> again = new TreeSet<>(next.times.keySet());
        again.retainAll(before);
        report.check("and nothing that was consumed before the kill", again.isEmpty(), again);
        survivors.judge(keys);
    }

    private void consumeAndLeave(Set<String> before) throws Exception {
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer = start("restart-once", inbox);
        Await.must("everything before the kill is consumed", () -> inbox.hasAll(before));
        Await.must("the consumer's offsets", () -> Progress.of(consumer, topic) == BEFORE);
        consumer.shutdown();
        // Its offsets were sent one-way before it said goodbye on the same connection.
        Wire wire = new Wire(producer, context.brokerAddress(producer, topic));
        Await.must("the offsets of the consumer that left", () -> {
            long sum = 0;
            for (int queueId = 0; queueId < QUEUES; queueId++) {
                RemotingCommand answer = wire.ask(QUERY_OFFSET, null,
                    "consumerGroup", context.name("restart-once"), "topic", topic, "queueId", queueId);
                sum += answer.getCode() == 0 ? Long.parseLong(answer.getExtFields().get("offset")) : 0;
            }
            return sum == BEFORE;
        });
    }

    private void commitHalf(DefaultMQPullConsumer keeper) throws Exception {
        for (MessageQueue queue : keeper.fetchSubscribeMessageQueues(topic)) {
            keeper.pull(queue, "*", 0, 1);
            long half = BEFORE / QUEUES / 2 + queue.getQueueId();
            Offsets.commit(keeper, queue, half);
            Await.must("the offset of " + queue, () -> Offsets.committed(keeper, queue) == half);
            committed.put(queue, half);
        }
    }

    private void offsetsAreKept(DefaultMQPullConsumer keeper) throws Exception {
        Map<MessageQueue, Long> found = new HashMap<>();
        Await.holds(() -> {
            for (MessageQueue queue : committed.keySet()) {
                found.put(queue, Offsets.committed(keeper, queue));
            }
            return found.equals(committed);
        });
        report.equal("offsets stand where they were committed", committed, found);
    }

    private void acknowledgedIsReadable(Sender sender) throws Exception {
        Reader reader = new Reader(context.pullConsumer("restart-reader"));
        Map<Integer, List<MessageExt>> all = reader.readAll(topic, sender.acknowledged.size());
        Map<String, MessageExt> byPlace = new HashMap<>();
        all.values().forEach(list -> list.forEach(
            message -> byPlace.put(message.getQueueId() + "@" + message.getQueueOffset(), message)));
        List<String> lost = new ArrayList<>();
        sender.acknowledged.forEach((key, result) -> {
            MessageExt message = byPlace.get(place(result));
            if (message == null || !message.getKeys().equals(key)) {
                lost.add(key + " at " + place(result));
            }
        });
        report.check("every acknowledged message stands at its queue and offset", lost.isEmpty(), lost);
        report.check("queue offsets have no gaps after the restart", Reader.firstGap(all) == null, Reader.firstGap(all));
    }

    private static String place(SendResult result) {
        return result.getMessageQueue().getQueueId() + "@" + result.getQueueOffset();
    }

    private DefaultMQPushConsumer start(String group, Inbox inbox) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer(group);
        consumer.setHeartbeatBrokerInterval(HEARTBEAT_MS);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        return consumer;
    }
}
