// A consumer that is killed, in a process of its own: the others are told, and nothing that it had in hand is lost.
package interop;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

final class KilledScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final long FLOW_PAUSE_MS = 5;
    private static final int FLOW_MIN = 100 * Context.SCALE;
    /** Below the minute after which a client of this run looks for itself who else is there. */
    private static final long TOLD_MS = 45_000;

    private final Set<String> givenToTheKilled = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return "killed";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("killed-producer");
        String topic = context.createTopic(producer, "killed", QUEUES);
        Inbox inbox = new Inbox();
        DefaultMQPushConsumer survivor = context.pushConsumer("killed");
        survivor.subscribe(topic, "*");
        survivor.registerMessageListener(inbox.listener());
        survivor.start();
        Sender sender = new Sender(producer, topic);
        sender.startFlow(FLOW_PAUSE_MS);
        Process member = startMember(producer.getNamesrvAddr(), context.name("killed"), topic);
        try {
            report.check("a consumer in another process takes its share",
                Await.holds(TOLD_MS, () -> Progress.queues(survivor, topic) == QUEUES / 2), Progress.queues(survivor, topic));
            Await.must("the other one consumes", () -> givenToTheKilled.size() > 0);
            int before = sender.acknowledged.size();
            Await.must("more messages", () -> sender.acknowledged.size() >= before + FLOW_MIN);
        } finally {
            member.destroyForcibly().waitFor();
        }
        report.check("the one that is left is told that the other was killed",
            Await.holds(TOLD_MS, () -> Progress.queues(survivor, topic) == QUEUES), Progress.queues(survivor, topic));
        sender.stopFlow();
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        Await.holds(() -> missing(inbox, keys).isEmpty());
        report.check("every message is accounted for", missing(inbox, keys).isEmpty(), missing(inbox, keys));
        report.event("accounted", keys.size() + " messages, " + givenToTheKilled.size() + " given to the killed one");
    }

    private Set<String> missing(Inbox inbox, Set<String> keys) {
        Set<String> missing = inbox.missing(keys);
        missing.removeAll(givenToTheKilled);
        return missing;
    }

    /** The same program and options, with another main class; what it was given it says before it counts as consumed. */
    private Process startMember(String nameserver, String group, String topic) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(System.getProperty("java.home") + "/bin/java");
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Member.class.getName(), nameserver, group, topic));
        Process member = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread listener = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(member.getInputStream()))) {
                in.lines().forEach(givenToTheKilled::add);
            } catch (java.io.IOException | java.io.UncheckedIOException killed) {
                System.err.println("the member's words ended: " + killed);
            }
        }, "member");
        listener.setDaemon(true);
        listener.start();
        return member;
    }
}
