// The offsets of a group are set back while its consumers are on line: they are told, and begin again.
package interop;

import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

final class ResetScenario implements Scenario {
    private static final int MESSAGES = 60 * Context.SCALE;
    private static final int RESET_OFFSET = 222;

    @Override
    public String name() {
        return "reset";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("reset-producer");
        String topic = context.createTopic(producer, "reset", 4);
        Sender sender = new Sender(producer, topic);
        sender.send(MESSAGES);
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer = context.pushConsumer("reset");
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        Await.must("everything is consumed", () -> inbox.hasAll(keys) && Progress.of(consumer, topic) == keys.size());

        Wire wire = new Wire(producer, context.brokerAddress(producer, topic));
        RemotingCommand answer = wire.ask(RESET_OFFSET, null, "topic", topic, "group", context.name("reset"),
            "timestamp", 0, "isForce", true);
        report.equal("the reset is accepted", 0, answer.getCode());
        Await.holds(() -> inbox.times.values().stream().allMatch(times -> times.get() >= 2));
        report.check("a consumer on line is given everything again",
            inbox.times.values().stream().allMatch(times -> times.get() >= 2), inbox.repeats() + " again of " + keys.size());
        sender.send(MESSAGES);
        Set<String> all = new TreeSet<>(sender.acknowledged.keySet());
        Await.holds(() -> inbox.hasAll(all));
        report.check("and what comes afterwards", inbox.hasAll(all) && inbox.beyond(all).isEmpty(), inbox.missing(all));
    }
}
