// The lite pull consumer: subscribed and assigned, seeking, pausing, and its offsets kept.
package interop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageQueue;

final class LitePullScenario implements Scenario {
    private static final int MESSAGES = 80 * Context.SCALE;
    private static final int LATER = 30 * Context.SCALE;
    private static final int QUEUES = 4;
    private static final long POLL_MS = 200;
    private static final int PULL_THREADS = 8;
    /** Longer than a broker lets a pull wait (20 s). */
    private static final long SEEK_PATIENCE_MS = 30_000;

    private Context context;
    private Report report;
    private DefaultMQProducer producer;

    @Override
    public String name() {
        return "litepull";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        report = given.report;
        producer = context.producer("lite-producer");
        String topic = context.createTopic(producer, "lite", QUEUES);
        Sender sender = new Sender(producer, topic);
        for (int sent = 0; sent < MESSAGES; sent++) {
            sender.send(number -> number % 2 == 0 ? "TagA" : "TagB");
        }
        subscribed(topic, sender);
        tagged(topic);
        assigned(topic);
    }

    private void subscribed(String topic, Sender sender) throws Exception {
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        DefaultLitePullConsumer first = subscribe("lite", topic, "*");
        Set<String> read = poll(first, keys);
        report.equal("a lite pull consumer is given every message", keys, read);
        first.commitSync();
        long committed = 0;
        for (MessageQueue queue : first.fetchMessageQueues(topic)) {
            committed += first.committed(queue);
        }
        report.equal("committed offsets stand at the end", (long) MESSAGES, committed);
        first.shutdown();
        sender.send(LATER);
        Set<String> later = new TreeSet<>(sender.acknowledged.keySet());
        later.removeAll(keys);
        DefaultLitePullConsumer next = subscribe("lite", topic, "*");
        report.equal("the next one goes on from there", later, poll(next, later));
    }

    private void tagged(String topic) throws Exception {
        DefaultLitePullConsumer consumer = subscribe("lite-tags", topic, "TagB");
        Set<String> wanted = new TreeSet<>();
        for (int number = 1; number < MESSAGES; number += 2) {
            wanted.add(topic + "-" + number);
        }
        report.equal("a lite pull consumer of a tag is given that tag", wanted, poll(consumer, wanted));
    }

    private void assigned(String topic) throws Exception {
        DefaultLitePullConsumer consumer = consumer("lite-assigned");
        consumer.setAutoCommit(false);
        consumer.start();
        Collection<MessageQueue> queues = consumer.fetchMessageQueues(topic);
        report.equal("all queues are found", QUEUES, queues.size());
        MessageQueue queue = queues.stream().filter(each -> each.getQueueId() == 1).findFirst().orElseThrow();
        long end = producer.maxOffset(queue);
        consumer.assign(List.of(queue));
        consumer.seek(queue, 3);
        sought("after a seek the messages from that offset on are given", consumer, offsets(3, end),
            () -> consumer.seek(queue, 3));
        consumer.seekToBegin(queue);
        // A pull that waits at the end would hold up what was sought until it is answered.
        producer.send(Sender.message(topic, "TagA", "awaited"), queue);
        end++;
        sought("after a seek to the beginning all are given", consumer, offsets(0, end),
            () -> consumer.seekToBegin(queue));
        consumer.seekToEnd(queue);
        producer.send(Sender.message(topic, "TagA", "behind the end"), queue);
        end++;
        given("after a seek to the end what comes is given", consumer, offsets(end - 1, end));
        consumer.pause(List.of(queue));
        producer.send(Sender.message(topic, "TagA", "while paused"), queue);
        consumer.resume(List.of(queue));
        given("a resumed queue goes on", consumer, offsets(end, end + 1));
        report.check("an offset is found by time", consumer.offsetForTimestamp(queue, 1_000L) == 0,
            consumer.offsetForTimestamp(queue, 1_000L));
        report.observe("seek beyond the end", Shapes.of(() -> {
            consumer.seek(queue, MESSAGES + LATER + 1_000);
            return "accepted";
        }));
    }

    private void given(String what, DefaultLitePullConsumer consumer, List<Long> wanted) throws Exception {
        report.equal(what, wanted, poll(Await.PATIENCE_MS, consumer, wanted));
    }

    /**
     * What a seek must bring. A pull task of the client that the seek cancels between its start and its look at the
     * sought offset takes that offset with it (PullTaskImpl.run of 4.9 and 5.x: nextPullOffset comes before the look
     * at the cancellation), and its successor pulls on from the old place: the seek is lost in the client, and is
     * asked for once more.
     */
    private void sought(String what, DefaultLitePullConsumer consumer, List<Long> wanted, Action again) throws Exception {
        List<Long> read = poll(SEEK_PATIENCE_MS, consumer, wanted);
        if (!read.equals(wanted)) {
            report.event("a seek was lost in the client, and is asked for again: saw", read);
            again.run();
            read = poll(Await.PATIENCE_MS, consumer, wanted);
        }
        report.equal(what, wanted, read);
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Not started: it is subscribed or assigned first. */
    private DefaultLitePullConsumer consumer(String group) {
        DefaultLitePullConsumer consumer = new DefaultLitePullConsumer(context.name(group));
        context.configure(consumer);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        // A thread is held by each pull that waits: with fewer threads than queues, quiet ones hold up the others.
        consumer.setPullThreadNums(PULL_THREADS);
        context.atEnd(consumer::shutdown);
        return consumer;
    }

    private DefaultLitePullConsumer subscribe(String group, String topic, String tags) throws Exception {
        DefaultLitePullConsumer consumer = consumer(group);
        consumer.subscribe(topic, tags);
        consumer.start();
        return consumer;
    }

    /** Polls until all keys were given, or patience ends; what came besides is returned too. */
    private static Set<String> poll(DefaultLitePullConsumer consumer, Set<String> wanted) throws Exception {
        Set<String> read = new TreeSet<>();
        Await.holds(() -> {
            consumer.poll(POLL_MS).forEach(message -> read.add(message.getKeys()));
            return read.containsAll(wanted);
        });
        return read;
    }

    /**
     * Polls until the last messages given are the wanted ones, and returns the last so many. A pull that was
     * under way during a seek still hands out what it brought, before the others.
     */
    private static List<Long> poll(long patienceMs, DefaultLitePullConsumer consumer, List<Long> wanted) throws Exception {
        List<Long> read = new ArrayList<>();
        Await.holds(patienceMs, () -> {
            consumer.poll(POLL_MS).forEach(message -> read.add(message.getQueueOffset()));
            return last(read, wanted.size()).equals(wanted);
        });
        return last(read, wanted.size());
    }

    private static List<Long> last(List<Long> all, int count) {
        return new ArrayList<>(all.subList(Math.max(0, all.size() - count), all.size()));
    }

    private static List<Long> offsets(long from, long to) {
        List<Long> offsets = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            offsets.add(offset);
        }
        return offsets;
    }
}
