// Messages sent with a delay level: given once, never early, and as they were sent.
package interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

final class DelayScenario implements Scenario {
    private static final int PER_LEVEL = 10 * Context.SCALE;
    /** As the harness configures both servers. A level beyond the last counts as the last. */
    private static final Map<Integer, Long> LEVEL_MS = new TreeMap<>(Map.of(0, 0L, 1, 1_000L, 2, 2_000L, 3, 3_000L, 99, 1_000L));
    private static final long LATE_MS = 30_000;
    private static final int HEARTBEAT_MS = 3_000;

    private final Map<String, Long> sentAt = new ConcurrentHashMap<>();
    private final Map<String, Long> arrivedAt = new ConcurrentHashMap<>();
    private final Inbox inbox = new Inbox();

    @Override
    public String name() {
        return "delay";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("delay-producer");
        String topic = context.createTopic(producer, "delay", 4);
        start(context, topic);
        Inbox tagged = new Inbox();
        DefaultMQPushConsumer chooser = context.pushConsumer("delay-tags");
        chooser.subscribe(topic, "Tag2");
        chooser.registerMessageListener(tagged.listener());
        chooser.start();
        List<Integer> longestFirst = List.of(3, 2, 99, 1, 0);
        for (int number = 0; number < PER_LEVEL; number++) {
            for (int level : longestFirst) {
                Message message = Sender.message(topic, "Tag" + level, level + "/" + number);
                if (level > 0) {
                    message.setDelayTimeLevel(level);
                }
                sentAt.put(message.getKeys(), System.currentTimeMillis());
                producer.send(message);
            }
        }
        Await.holds(() -> inbox.hasAll(sentAt.keySet()));
        report.check("every delayed message is given", inbox.hasAll(sentAt.keySet()), inbox.missing(sentAt.keySet()));
        report.equal("no delayed message is given twice", 0, inbox.repeats());
        report.equal("none comes before its time", List.of(), beyond(0, -1));
        report.equal("nor long after it", List.of(), beyond(LATE_MS, 1));
        MessageExt one = inbox.messages.get("2/0");
        report.equal("a delayed message is given as it was sent", List.of(topic, "body of 2/0", "Tag2", 2, 0),
            List.of(one.getTopic(), Reader.body(one), one.getTags(), one.getDelayTimeLevel(), one.getReconsumeTimes()));
        report.observe("properties of a delayed message", one.getProperties().keySet().stream().sorted()
            .collect(Collectors.toList()));
        report.observe("level of a message beyond the last level", inbox.messages.get("99/0").getDelayTimeLevel());
        java.util.Set<String> wanted = sentAt.keySet().stream().filter(key -> key.startsWith("2/")).collect(Collectors.toSet());
        Await.holds(() -> tagged.hasAll(wanted));
        report.check("a consumer of its tag is given it, and no other", tagged.hasAll(wanted) && tagged.beyond(wanted).isEmpty(),
            tagged.missing(wanted) + ", besides " + tagged.beyond(wanted));
        report.event("latest", latest());
    }

    /** Messages that came earlier (-1) or later (1) than their delay and so many milliseconds. */
    private List<String> beyond(long marginMs, int direction) {
        List<String> found = new ArrayList<>();
        arrivedAt.forEach((key, at) -> {
            long late = at - sentAt.get(key) - delayOf(key);
            if (direction < 0 ? late < marginMs : late > marginMs) {
                found.add(key + " by " + late + " ms");
            }
        });
        return found;
    }

    private Map<Integer, Long> latest() {
        Map<Integer, Long> worst = new LinkedHashMap<>();
        arrivedAt.forEach((key, at) -> worst.merge(levelOf(key), at - sentAt.get(key), Math::max));
        return worst;
    }

    private static int levelOf(String key) {
        return Integer.parseInt(key.substring(0, key.indexOf('/')));
    }

    private static long delayOf(String key) {
        return LEVEL_MS.get(levelOf(key));
    }

    private void start(Context context, String topic) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer("delay");
        // Its rebalance makes a new version of what it wants, and drops the heartbeat that tells it when another one is being
        // sent. Brokers refuse its pulls until the next one, half a minute later by default, which is what LATE_MS is for.
        consumer.setHeartbeatBrokerInterval(HEARTBEAT_MS);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((List<MessageExt> batch,
            org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext turn) -> {
            long now = System.currentTimeMillis();
            batch.forEach(message -> arrivedAt.putIfAbsent(message.getKeys(), now));
            inbox.add(batch);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
    }
}
