// A topic that a real broker and one of mq serve together, while nameservers and brokers go and come back.
//
// The harness does what the words say and then says them; the answer is an event with the same words.
package interop;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

final class MixedScenario implements Scenario {
    private static final String REAL = "broker-r";
    private static final String OURS = "broker-m";
    private static final int POLL_MS = 1_000;
    private static final int SENDS_LOOKED_AT = 40;
    private static final long PAUSE_MS = 5;

    @Override
    public String name() {
        return "mixed";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        String topic = context.name("mixed");
        DefaultMQProducer producer = context.unstartedProducer("mixed-producer");
        producer.setPollNameServerInterval(POLL_MS);
        producer.setHeartbeatBrokerInterval(POLL_MS);
        producer.start();
        Sender sender = new Sender(producer, topic);
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer consumer = context.pushConsumer("mixed-consumer");
        consumer.setPollNameServerInterval(POLL_MS);
        consumer.setHeartbeatBrokerInterval(POLL_MS);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        sender.startFlow(PAUSE_MS);
        expect(context, sender, "all is there", REAL, OURS);
        expect(context, sender, "the first nameserver is gone", REAL, OURS);
        expect(context, sender, "the second nameserver is gone", REAL, OURS);
        expect(context, sender, "the write permission is wiped", OURS);
        expect(context, sender, "the write permission is added", REAL, OURS);
        expect(context, sender, "the real broker is gone", OURS);
        expect(context, sender, "the real broker is back", REAL, OURS);
        expect(context, sender, "our broker is gone", REAL);
        expect(context, sender, "our broker is back", REAL, OURS);
        sender.stopFlow();
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        report.check("no send fails for good", sender.failures.isEmpty(), sender.failures);
        Await.holds(() -> inbox.hasAll(keys));
        report.check("one group is given every message of both brokers", inbox.hasAll(keys), inbox.missing(keys));
        report.check("and nothing else", inbox.beyond(keys).isEmpty(), inbox.beyond(keys));
        report.event("messages", keys.size() + ", given again " + inbox.repeats());
    }

    /** Waits for the words, then until sends go to these brokers, all of them and no other. */
    private static void expect(Context context, Sender sender, String words, String... brokers) throws Exception {
        Await.must(words, () -> context.control.hasHeard(words));
        Set<String> wanted = Set.of(brokers);
        Set<String> seen = new HashSet<>();
        boolean isSo = Await.holds(() -> {
            Set<String> before = new HashSet<>(sender.acknowledged.keySet());
            Await.must("sends", () -> sender.acknowledged.size() >= before.size() + SENDS_LOOKED_AT);
            seen.clear();
            seen.addAll(sender.acknowledged.entrySet().stream().filter(sent -> !before.contains(sent.getKey()))
                .map(sent -> sent.getValue().getMessageQueue().getBrokerName()).collect(Collectors.toSet()));
            return seen.equals(wanted);
        });
        context.report.check(words + ": sends go to " + new TreeSet<>(wanted), isSo, seen);
        context.report.event(words, "");
    }
}
