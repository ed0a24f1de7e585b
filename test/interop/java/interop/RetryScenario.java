// Messages that a consumer cannot process come again, later each time, and at last lie among the dead letters.
package interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;

final class RetryScenario implements Scenario {
    private static final int RETRIES = 2;
    /** Of a group whose members do not say how often: the client of the MetaQ 3 era cannot. */
    private static final int RETRIES_BY_DEFAULT = 16;
    /** The first retry has level 3, the next one level 4, as the harness configures them. */
    private static final List<Long> GAPS_MS = List.of(3_000L, 4_000L);
    private static final long GIVEN_AGAIN_MS = 100;

    private record Delivery(int reconsumeTimes, long atMs, MessageExt message) {
    }

    private final Map<String, List<Delivery>> deliveries = new ConcurrentHashMap<>();
    private Context context;
    private Report report;
    private DefaultMQProducer producer;

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        report = given.report;
        producer = context.producer("retry-producer");
        boolean isLimited = concurrently();
        if (isLimited) {
            orderly();
        } else {
            report.skip("an orderly consumer's dead letters", "this client has no limit to set");
        }
    }

    private boolean concurrently() throws Exception {
        String topic = context.createTopic(producer, "retry", 2);
        DefaultMQPushConsumer consumer = context.pushConsumer("retry");
        int retries = limit(consumer, RETRIES) ? RETRIES : RETRIES_BY_DEFAULT;
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(this::consume);
        consumer.start();
        List<String> keys = List.of("good-0", "bad-1", "bad-2", "hopeless-3", "better-4", "good-5");
        for (String key : keys) {
            producer.send(Sender.message(topic, "TagA", key));
        }
        Map<String, List<Integer>> expected = new TreeMap<>();
        for (String key : keys) {
            int again = key.startsWith("bad") ? retries : key.startsWith("better") ? 1 : 0;
            expected.put(key, IntStream.rangeClosed(0, again).boxed().collect(Collectors.toList()));
        }
        Await.holds(() -> times().equals(expected));
        report.equal("each message comes as often as it was given back", expected, times());
        List<Long> gaps = gaps("bad-1");
        report.check("each time later than before", gaps.size() >= 2 && gaps.get(0) >= GAPS_MS.get(0)
            && gaps.get(1) >= GAPS_MS.get(1), gaps);
        Delivery again = deliveries.get("better-4").get(1);
        report.equal("a message comes again as it was sent", List.of(topic, "body of better-4", "TagA"),
            List.of(again.message.getTopic(), Reader.body(again.message), again.message.getTags()));
        report.observe("properties of a message given again", propertiesOf(again.message));

        Map<String, MessageExt> dead = deadLetters("retry", 3);
        report.equal("what is given back too often, or is given up, lies among the dead letters",
            Set.of("bad-1", "bad-2", "hopeless-3"), dead.keySet());
        report.equal("a dead letter is what was sent", "body of bad-1", Reader.body(dead.get("bad-1")));
        report.observe("properties of a dead letter", propertiesOf(dead.get("bad-1")));
        report.observe("properties of a dead letter that was given up at once", propertiesOf(dead.get("hopeless-3")));
        report.observe("times of dead letters", new TreeMap<>(dead).values().stream()
            .map(MessageExt::getReconsumeTimes).collect(Collectors.toList()));
        return retries == RETRIES;
    }

    private ConsumeConcurrentlyStatus consume(List<MessageExt> batch, ConsumeConcurrentlyContext turn) {
        MessageExt message = batch.get(0);
        remember(message);
        String key = message.getKeys();
        if (key.startsWith("hopeless")) {
            turn.setDelayLevelWhenNextConsume(-1);
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        boolean isDone = key.startsWith("good") || (key.startsWith("better") && message.getReconsumeTimes() > 0);
        return isDone ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS : ConsumeConcurrentlyStatus.RECONSUME_LATER;
    }

    /** An orderly consumer tries again by itself, and then sends the message to the retry topic as a new one. */
    private void orderly() throws Exception {
        deliveries.clear();
        String topic = context.createTopic(producer, "retry-orderly", 1);
        DefaultMQPushConsumer consumer = context.pushConsumer("retry-orderly");
        limit(consumer, 1);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((List<MessageExt> batch, ConsumeOrderlyContext turn) -> {
            remember(batch.get(0));
            turn.setSuspendCurrentQueueTimeMillis(GIVEN_AGAIN_MS);
            return batch.get(0).getKeys().startsWith("bad")
                ? ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT : ConsumeOrderlyStatus.SUCCESS;
        });
        consumer.start();
        for (String key : List.of("good-0", "bad-1", "good-2")) {
            producer.send(Sender.message(topic, "TagA", key));
        }
        Map<String, List<Integer>> expected = new TreeMap<>(Map.of("good-0", List.of(0), "bad-1", List.of(0, 1),
            "good-2", List.of(0)));
        Await.holds(() -> times().equals(expected));
        report.equal("an orderly consumer goes on behind a message that it gave up", expected, times());
        Map<String, MessageExt> dead = deadLetters("retry-orderly", 1);
        report.equal("which lies among the dead letters", Set.of("bad-1"), dead.keySet());
        report.observe("properties of an orderly consumer's dead letter", propertiesOf(dead.get("bad-1")));
    }

    private Map<String, MessageExt> deadLetters(String group, int count) throws Exception {
        String topic = "%DLQ%" + context.name(group);
        Reader reader = new Reader(context.pullConsumer(group + "-reader"));
        Await.must("dead letters", () -> {
            try {
                return reader.count(topic) >= count;
            } catch (org.apache.rocketmq.client.exception.MQClientException noneYet) {
                return false;
            }
        });
        return Reader.byKey(reader.readAll(topic, count));
    }

    private void remember(MessageExt message) {
        deliveries.computeIfAbsent(message.getKeys(), key -> new CopyOnWriteArrayList<>())
            .add(new Delivery(message.getReconsumeTimes(), System.currentTimeMillis(), message));
    }

    private Map<String, List<Integer>> times() {
        Map<String, List<Integer>> times = new TreeMap<>();
        deliveries.forEach((key, list) -> times.put(key,
            list.stream().map(Delivery::reconsumeTimes).collect(Collectors.toList())));
        return times;
    }

    private List<Long> gaps(String key) {
        List<Delivery> list = deliveries.get(key);
        List<Long> gaps = new ArrayList<>();
        for (int at = 1; at < list.size(); at++) {
            gaps.add(list.get(at).atMs - list.get(at - 1).atMs);
        }
        return gaps;
    }

    /** Names of all, and values where two servers can agree. */
    private static Map<String, Object> propertiesOf(MessageExt message) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("names", new ArrayList<>(new TreeSet<>(message.getProperties().keySet())));
        for (String name : List.of("DELAY", "RECONSUME_TIME", "MAX_RECONSUME_TIMES", "REAL_QID")) {
            shape.put(name, message.getProperty(name));
        }
        shape.put("reconsumeTimes", message.getReconsumeTimes());
        return shape;
    }

    private static boolean limit(DefaultMQPushConsumer consumer, int times) throws ReflectiveOperationException {
        try {
            DefaultMQPushConsumer.class.getMethod("setMaxReconsumeTimes", int.class).invoke(consumer, times);
            return true;
        } catch (NoSuchMethodException older) {
            return false;
        }
    }
}
