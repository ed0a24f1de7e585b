// The concurrent push consumer: everything once, tags chosen by the broker, and offsets kept between its lives.
package interop;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;

final class PushScenario implements Scenario {
    private static final int MESSAGES = 200 * Context.SCALE;
    private static final int LATER = 50 * Context.SCALE;
    private static final String[] TAGS = {"TagA", "TagB", "TagC", "TagD"};

    @Override
    public String name() {
        return "push";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("push-producer");
        String topic = context.createTopic(producer, "push", 4);
        Sender sender = new Sender(producer, topic);
        Inbox everything = new Inbox();
        DefaultMQPushConsumer first = start(context, "push-all", topic, "*", everything);
        Inbox chosen = new Inbox();
        start(context, "push-tags", topic, "TagA || TagC", chosen);
        for (int sent = 0; sent < MESSAGES; sent++) {
            sender.send(number -> TAGS[number % TAGS.length]);
        }
        report.check("each send is acknowledged", sender.failures.isEmpty(), sender.failures);
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());

        Await.holds(() -> everything.hasAll(keys));
        report.check("a push consumer is given every message", everything.hasAll(keys), everything.missing(keys));
        report.check("and nothing else", everything.beyond(keys).isEmpty(), everything.beyond(keys));
        report.equal("no message is given twice", 0, everything.repeats());
        MessageExt one = everything.messages.get(topic + "-0");
        report.equal("a message is given as it was sent", "body of " + topic + "-0", Reader.body(one));
        report.observe("delivery of a message", one.getReconsumeTimes() + " " + one.getTags() + " "
            + one.getProperties().keySet().stream().sorted().collect(Collectors.joining(",")));

        Set<String> wanted = keys.stream().filter(key -> {
            int tag = Integer.parseInt(key.substring(topic.length() + 1)) % TAGS.length;
            return tag == 0 || tag == 2;
        }).collect(Collectors.toSet());
        Await.holds(() -> chosen.hasAll(wanted));
        report.check("a consumer of two tags is given each of their messages", chosen.hasAll(wanted),
            chosen.missing(wanted));
        report.check("and none of another tag", chosen.beyond(wanted).isEmpty(), chosen.beyond(wanted));

        Await.must("the first consumer's offsets", () -> Progress.of(first, topic) == keys.size());
        first.shutdown();
        sender.send(LATER);
        Set<String> later = new TreeSet<>(sender.acknowledged.keySet());
        later.removeAll(keys);
        Inbox afterwards = new Inbox();
        start(context, "push-all", topic, "*", afterwards);
        Await.holds(() -> afterwards.hasAll(later));
        report.check("the next consumer of a group goes on where the last one stopped",
            afterwards.hasAll(later) && afterwards.beyond(later).isEmpty(),
            "missing " + afterwards.missing(later) + ", again " + afterwards.beyond(later));
    }

    private static DefaultMQPushConsumer start(
        Context context, String group, String topic, String tags, Inbox inbox) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer(group);
        consumer.subscribe(topic, tags);
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        return consumer;
    }
}
