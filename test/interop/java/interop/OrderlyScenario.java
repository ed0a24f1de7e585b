// The orderly push consumer: each queue in its order, one message at a time, and its locks handed on.
package interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.MessageExt;

final class OrderlyScenario implements Scenario {
    private static final int SHARDS = 6;
    private static final int MESSAGES = 120 * Context.SCALE;
    /** Below the minute after which a lock runs out by itself: whoever has it earlier was given it. */
    private static final long HANDED_ON_MS = 45_000;
    private static final int LATER = 60 * Context.SCALE;

    private final Map<Integer, List<String>> sent = new HashMap<>();
    private final Map<Integer, ConcurrentLinkedQueue<String>> given = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> overlaps = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicInteger> atWork = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "orderly";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("orderly-producer");
        String topic = context.createTopic(producer, "orderly", 4);
        DefaultMQPushConsumer first = start(context, topic);
        send(producer, topic, 0, MESSAGES);
        Await.holds(() -> given().equals(sent));
        report.equal("an orderly consumer is given each queue in its order", sent, given());
        Await.must("the first consumer's offsets", () -> Progress.of(first, topic) == MESSAGES);
        first.shutdown();
        send(producer, topic, MESSAGES, LATER);
        start(context, topic);
        Await.holds(HANDED_ON_MS, () -> given().equals(sent));
        report.equal("the next one takes over the locks and goes on in order", sent, given());
        report.check("a queue is worked on by one thread at a time", overlaps.isEmpty(), overlaps);
    }

    private void send(DefaultMQProducer producer, String topic, int from, int count) throws Exception {
        for (int number = from; number < from + count; number++) {
            String key = number % SHARDS + "/" + number;
            SendResult result = producer.send(Sender.message(topic, "TagA", key),
                (queues, message, argument) -> queues.get((Integer) argument % queues.size()), number % SHARDS);
            sent.computeIfAbsent(result.getMessageQueue().getQueueId(), id -> new ArrayList<>()).add(key);
        }
    }

    private DefaultMQPushConsumer start(Context context, String topic) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer("orderly");
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(
            (List<MessageExt> batch, org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyContext turn) -> {
                int queueId = turn.getMessageQueue().getQueueId();
                AtomicInteger busy = atWork.computeIfAbsent(queueId, id -> new AtomicInteger());
                if (busy.incrementAndGet() > 1) {
                    overlaps.add("queue " + queueId);
                }
                batch.forEach(message -> given.computeIfAbsent(queueId, id -> new ConcurrentLinkedQueue<>())
                    .add(message.getKeys()));
                busy.decrementAndGet();
                return ConsumeOrderlyStatus.SUCCESS;
            });
        consumer.start();
        return consumer;
    }

    private Map<Integer, List<String>> given() {
        Map<Integer, List<String>> lists = new HashMap<>();
        given.forEach((id, keys) -> lists.put(id, new ArrayList<>(keys)));
        return lists;
    }
}
