// A paused push consumer stays in its group, takes no more than was under way, and goes on with the rest.
package interop;

import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

final class PauseScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int BEFORE = 20;
    private static final int MESSAGES = 200 * Context.SCALE;

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("pause-producer");
        String topic = context.createTopic(producer, "pause", QUEUES);
        Sender sender = new Sender(producer, topic);
        sender.send(BEFORE);
        Inbox paused = new Inbox();
        DefaultMQPushConsumer consumer = start(context, "pause", topic, paused);
        Inbox other = new Inbox();
        start(context, "pause-other", topic, other);
        Await.must("the consumer is at work", () -> paused.hasAll(sender.acknowledged.keySet()));

        consumer.suspend();
        sender.send(MESSAGES);
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        Await.must("another group has all", () -> other.hasAll(keys));
        int missing = paused.missing(keys).size();
        report.check("a paused consumer is not given what comes", missing > 0, missing + " of " + keys.size() + " held back");
        consumer.resume();
        Await.holds(() -> paused.hasAll(keys));
        report.check("and all of it when it goes on", paused.hasAll(keys) && paused.beyond(keys).isEmpty(),
            "missing " + paused.missing(keys));
        report.equal("nothing twice", 0, paused.repeats());
    }

    private static DefaultMQPushConsumer start(Context context, String group, String topic, Inbox inbox)
        throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer(group);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        return consumer;
    }
}
