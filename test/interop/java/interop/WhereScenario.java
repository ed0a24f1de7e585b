// Where a consumer without offsets begins: at the first message, at the last, or at a time. Broadcast consumers ask for
// nothing but that; a group on a young topic is given everything in each case.
package interop;

import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

final class WhereScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int MESSAGES = 40 * Context.SCALE;

    private Context context;
    private String topic;

    @Override
    public String name() {
        return "where";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        Report report = given.report;
        DefaultMQProducer producer = context.producer("where-producer");
        topic = context.createTopic(producer, "where", QUEUES);
        Sender sender = new Sender(producer, topic);
        Set<String> early = send(sender);
        // The time is told in whole seconds: the next one begins behind everything that was sent so far.
        long second = System.currentTimeMillis() / 1_000;
        Await.must("the next second", () -> System.currentTimeMillis() / 1_000 > second);
        String time = new SimpleDateFormat("yyyyMMddHHmmss").format(new Date((second + 1) * 1_000));
        Set<String> late = send(sender);

        Inbox first = start("where-first", ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET, time, true);
        Inbox last = start("where-last", ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET, time, true);
        Inbox timed = start("where-time", ConsumeFromWhere.CONSUME_FROM_TIMESTAMP, time, true);
        Inbox young = start("where-young", ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET, time, false);
        Set<String> later = send(sender);
        Set<String> all = new TreeSet<>(early);
        all.addAll(late);
        all.addAll(later);
        Set<String> since = new TreeSet<>(late);
        since.addAll(later);
        given(report, "from the first offset everything is given", first, all);
        given(report, "from the last offset what comes is given", last, later);
        given(report, "from a time what was stored since is given", timed, since);
        given(report, "a group begins at the first offset of a young topic", young, all);
    }

    private static Set<String> send(Sender sender) {
        Set<String> before = new TreeSet<>(sender.acknowledged.keySet());
        sender.send(MESSAGES);
        Set<String> sent = new TreeSet<>(sender.acknowledged.keySet());
        sent.removeAll(before);
        return sent;
    }

    private static void given(Report report, String what, Inbox inbox, Set<String> keys) throws Exception {
        Await.holds(() -> inbox.hasAll(keys));
        report.check(what, inbox.hasAll(keys) && inbox.beyond(keys).isEmpty(),
            "missing " + inbox.missing(keys) + ", besides " + inbox.beyond(keys));
    }

    /** Returns once the consumer has chosen its offsets. */
    private Inbox start(String group, ConsumeFromWhere where, String time, boolean isBroadcast) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer(group);
        if (isBroadcast) {
            Context.broadcast(consumer);
        }
        consumer.setConsumeFromWhere(where);
        consumer.setConsumeTimestamp(time);
        consumer.subscribe(topic, "*");
        Inbox inbox = new Inbox();
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        Await.must("the offsets of " + group, () -> Progress.queues(consumer, topic) == QUEUES);
        return inbox;
    }
}
