// The pull consumer: each status it can be told, waiting pulls, tags, offsets by time, and its own offsets kept.
package interop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

@SuppressWarnings("deprecation")
final class PullScenario implements Scenario {
    private static final int MESSAGES = 40;
    /** A pull that is not woken by its message is answered after so long. */
    private static final long WAIT_MS = 80_000;
    private static final long AWAKENED_MS = 60_000;

    private Report report;
    private DefaultMQProducer producer;
    private DefaultMQPullConsumer consumer;
    private MessageQueue queue;

    @Override
    public String name() {
        return "pull";
    }

    @Override
    public void run(Context context) throws Exception {
        report = context.report;
        producer = context.producer("pull-producer");
        consumer = context.pullConsumer("pull");
        String topic = context.createTopic(producer, "pull", 1);
        queue = consumer.fetchSubscribeMessageQueues(topic).iterator().next();
        report.observe("pull from an empty queue", shape(consumer.pull(queue, "*", 0, 32)));
        for (int number = 0; number < MESSAGES; number++) {
            producer.send(Sender.message(topic, number % 4 == 0 ? "TagA" : "TagB", "pull-" + number), queue);
        }
        Await.must("all messages can be read", () -> consumer.maxOffset(queue) == MESSAGES);
        pullEach();
        pullByTag();
        pullBeyond();
        pullWaiting(context, topic);
        findByTime(topic);
        keepOffsets(context);
    }

    private void pullEach() throws Exception {
        PullResult some = consumer.pull(queue, "*", 10, 5);
        report.equal("a pull brings the messages from its offset on",
            List.of("pull-10", "pull-11", "pull-12", "pull-13", "pull-14"), keys(some));
        report.observe("pull of five messages", shape(some));
        report.observe("pull at the end of a queue", shape(consumer.pull(queue, "*", MESSAGES, 5)));
        int total = 0;
        long next = 0;
        while (next < MESSAGES) {
            PullResult result = consumer.pull(queue, "*", next, 32);
            total += result.getMsgFoundList() == null ? MESSAGES : result.getMsgFoundList().size();
            next = result.getNextBeginOffset();
        }
        report.equal("pulls one after another bring every message once", MESSAGES, total);
    }

    private void pullByTag() throws Exception {
        PullResult tagged = consumer.pull(queue, "TagA", 0, 5);
        report.equal("a pull with a tag skips the others",
            List.of("pull-0", "pull-4", "pull-8", "pull-12", "pull-16"), keys(tagged));
        report.observe("pull with a tag", shape(tagged));
        report.observe("pull with a tag that no message has", shape(consumer.pull(queue, "TagZ", 0, 32)));
        report.observe("pull with two tags", shape(consumer.pull(queue, "TagA || TagB", 0, 4)));
    }

    private void pullBeyond() throws Exception {
        report.observe("pull beyond the end", shape(consumer.pull(queue, "*", MESSAGES + 100, 32)));
        report.observe("pull one beyond the end", shape(consumer.pull(queue, "*", MESSAGES + 1, 32)));
        report.observe("pull at a negative offset", Shapes.of(() -> shape(consumer.pull(queue, "*", -5, 32))));
    }

    private void pullWaiting(Context context, String topic) throws Exception {
        DefaultMQPullConsumer patient = context.pullConsumer("pull");
        patient.setConsumerTimeoutMillisWhenSuspend(WAIT_MS + AWAKENED_MS);
        patient.setBrokerSuspendMaxTimeMillis(WAIT_MS);
        CompletableFuture<PullResult> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return patient.pullBlockIfNotFound(queue, "*", MESSAGES, 32);
            } catch (Exception thrown) {
                throw new IllegalStateException(thrown);
            }
        });
        // A second pull on the same connection is answered after the broker has seen the first.
        patient.pull(queue, "*", 0, 1);
        report.check("a pull at the end waits", !waiting.isDone(), waiting);
        producer.send(Sender.message(topic, "TagA", "pull-awaited"), queue);
        PullResult result = waiting.get(AWAKENED_MS, TimeUnit.MILLISECONDS);
        report.equal("a waiting pull is answered with the message that arrives", List.of("pull-awaited"), keys(result));
    }

    private void findByTime(String topic) throws Exception {
        PullResult all = consumer.pull(queue, "*", 0, 32);
        MessageExt tenth = all.getMsgFoundList().get(10);
        long found = consumer.searchOffset(queue, tenth.getStoreTimestamp());
        MessageExt there = all.getMsgFoundList().get((int) found);
        report.check("the offset of a time is that of the first message stored then",
            found <= 10 && there.getStoreTimestamp() == tenth.getStoreTimestamp(), found);
        report.observe("offset of a time before all messages", consumer.searchOffset(queue, 1_000));
        report.observe("offset of a time after all messages",
            consumer.searchOffset(queue, System.currentTimeMillis() + 3_600_000));
        report.observe("first and last offset", List.of(consumer.minOffset(queue), consumer.maxOffset(queue)));
    }

    private void keepOffsets(Context context) throws Exception {
        DefaultMQPullConsumer keeper = context.pullConsumer("pull-keeper");
        report.observe("offset of a group that has none", keeper.fetchConsumeOffset(queue, true));
        // The group is made by its first pull; an offset of an unknown group is refused.
        keeper.pull(queue, "*", 0, 1);
        Offsets.commit(keeper, queue, 17);
        DefaultMQPullConsumer next = context.pullConsumer("pull-keeper");
        Await.holds(() -> Offsets.committed(next, queue) == 17);
        report.equal("an offset that was stored is read by the next consumer", 17L, Offsets.committed(next, queue));
        Offsets.commit(keeper, queue, 4);
        Await.holds(() -> Offsets.committed(next, queue) == 4);
        report.equal("an offset may move back", 4L, Offsets.committed(next, queue));
    }

    private static List<String> keys(PullResult result) {
        return result.getPullStatus() == PullStatus.FOUND
            ? result.getMsgFoundList().stream().map(Message::getKeys).collect(Collectors.toList())
            : List.of();
    }

    private static Map<String, Object> shape(PullResult result) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("status", result.getPullStatus().name());
        shape.put("nextBeginOffset", result.getNextBeginOffset());
        shape.put("minOffset", result.getMinOffset());
        shape.put("maxOffset", result.getMaxOffset());
        shape.put("messages", keys(result));
        return shape;
    }
}
