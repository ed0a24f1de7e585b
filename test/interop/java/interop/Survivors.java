// Consumers that live through a kill of the broker in other ways than the plain one: in order, giving messages back, and
// waiting for messages that were promised for later.
package interop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

final class Survivors {
    private static final int HEARTBEAT_MS = 3_000;
    private static final int DELAYED = 20 * Context.SCALE;
    /** Four seconds, as the harness configures both servers: they end when the broker is back. */
    private static final int DELAY_LEVEL = 4;

    private final Inbox ordered = new Inbox();
    private final Inbox retried = new Inbox();
    private final Inbox later = new Inbox();
    private final Set<String> delayedKeys = new TreeSet<>();
    private final Map<Integer, Long> lastFirst = new HashMap<>();
    private final ConcurrentLinkedQueue<String> disorder = new ConcurrentLinkedQueue<>();
    private final Context context;
    private final DefaultMQProducer producer;
    private final String topic;

    Survivors(Context context, DefaultMQProducer producer, String topic) {
        this.context = context;
        this.producer = producer;
        this.topic = topic;
    }

    void start() throws Exception {
        DefaultMQPushConsumer orderly = consumer("restart-orderly", topic);
        orderly.registerMessageListener(this::consumeInOrder);
        orderly.start();
        DefaultMQPushConsumer retrying = consumer("restart-retrying", topic);
        retrying.registerMessageListener(this::consumeOnSecondTry);
        retrying.start();
        String delayedTopic = context.createTopic(producer, "restart-later", 2);
        DefaultMQPushConsumer waiting = consumer("restart-later", delayedTopic);
        waiting.registerMessageListener(later.listener());
        waiting.start();
        for (int number = 0; number < DELAYED; number++) {
            Message message = Sender.message(delayedTopic, "TagA", "later-" + number);
            message.setDelayTimeLevel(DELAY_LEVEL);
            producer.send(message);
            delayedKeys.add(message.getKeys());
        }
    }

    void judge(Set<String> keys) throws Exception {
        Report report = context.report;
        Await.holds(() -> later.hasAll(delayedKeys));
        report.check("messages for later come after the restart", later.hasAll(delayedKeys), later.missing(delayedKeys));
        Await.holds(() -> retried.hasAll(keys));
        report.check("a consumer that gives messages back is given every acknowledged message", retried.hasAll(keys),
            retried.missing(keys));
        Await.holds(() -> ordered.hasAll(keys));
        report.check("and so is an orderly one", ordered.hasAll(keys), ordered.missing(keys));
        report.check("in order", disorder.isEmpty(), disorder);
    }

    private DefaultMQPushConsumer consumer(String group, String from) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer(group);
        consumer.setHeartbeatBrokerInterval(HEARTBEAT_MS);
        consumer.subscribe(from, "*");
        return consumer;
    }

    /** Messages may come again after the kill; those that come for the first time come in the order of their offsets. */
    private synchronized ConsumeOrderlyStatus consumeInOrder(List<MessageExt> batch, ConsumeOrderlyContext turn) {
        for (MessageExt message : batch) {
            if (!ordered.times.containsKey(message.getKeys())) {
                Long last = lastFirst.put(message.getQueueId(), message.getQueueOffset());
                if (last != null && last > message.getQueueOffset()) {
                    disorder.add(message.getKeys() + " at " + message.getQueueOffset() + " after " + last);
                }
            }
        }
        ordered.add(batch);
        return ConsumeOrderlyStatus.SUCCESS;
    }

    /** Each tenth message is given back once: its retry is under way while the broker is killed. */
    private ConsumeConcurrentlyStatus consumeOnSecondTry(List<MessageExt> batch, ConsumeConcurrentlyContext turn) {
        MessageExt message = batch.get(0);
        if (message.getKeys().endsWith("0") && message.getReconsumeTimes() == 0) {
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        retried.add(batch);
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    }
}
