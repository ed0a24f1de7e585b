// Broadcast consumers: each is given everything, and each keeps its own offsets.
package interop;

import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

final class BroadcastScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int MESSAGES = 60 * Context.SCALE;
    private static final int LATER = 20 * Context.SCALE;

    @Override
    public String name() {
        return "broadcast";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("broadcast-producer");
        String topic = context.createTopic(producer, "broadcast", QUEUES);
        Inbox one = new Inbox();
        Inbox other = new Inbox();
        DefaultMQPushConsumer first = context.pushConsumer("broadcast");
        start(first, topic, one);
        start(context.pushConsumer("broadcast"), topic, other);
        Sender sender = new Sender(producer, topic);
        sender.send(MESSAGES);
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        report.check("each send is acknowledged", sender.failures.isEmpty(), sender.failures);
        Await.holds(() -> one.hasAll(keys) && other.hasAll(keys));
        report.check("each broadcast consumer is given every message", one.hasAll(keys) && other.hasAll(keys),
            one.missing(keys) + " and " + other.missing(keys));
        report.equal("and each message once", 0, one.repeats() + other.repeats());

        Await.must("the first consumer's offsets", () -> Progress.of(first, topic) == keys.size());
        first.shutdown();
        sender.send(LATER);
        Set<String> later = new TreeSet<>(sender.acknowledged.keySet());
        later.removeAll(keys);
        // Its offsets lie in a file of this client's name.
        DefaultMQPushConsumer same = context.pushConsumer("broadcast");
        same.setInstanceName(first.getInstanceName());
        Inbox afterwards = new Inbox();
        start(same, topic, afterwards);
        Await.holds(() -> afterwards.hasAll(later));
        report.check("a broadcast consumer that comes back goes on where it stopped",
            afterwards.hasAll(later) && afterwards.beyond(later).isEmpty(),
            "missing " + afterwards.missing(later) + ", again " + afterwards.beyond(later));
    }

    private static void start(DefaultMQPushConsumer consumer, String topic, Inbox inbox) throws Exception {
        Context.broadcast(consumer);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
    }
}
