// Consumers of one group come and go under load: each queue has one owner once settled, and nothing is lost.
package interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;

final class RebalanceScenario implements Scenario {
    private static final int QUEUES = 8;
    private static final int PER_STAGE = 50 * Context.SCALE;
    private static final long FLOW_PAUSE_MS = 5;
    /**
     * Below the minute after which a client of this run looks for itself (rocketmq.client.rebalance.waitInterval):
     * whoever settles in time was told by the broker.
     */
    private static final long TOLD_MS = 45_000;

    private final Inbox inbox = new Inbox();

    @Override
    public String name() {
        return "rebalance";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("rebalance-producer");
        String topic = context.createTopic(producer, "rebalance", QUEUES);
        Sender sender = new Sender(producer, topic);
        sender.startFlow(FLOW_PAUSE_MS);

        List<DefaultMQPushConsumer> members = new ArrayList<>();
        members.add(start(context, topic));
        members.add(start(context, topic));
        settle(report, "two consumers share the queues", topic, members, List.of(4, 4));
        flowOn(sender);
        members.add(start(context, topic));
        settle(report, "three consumers share the queues after one joined", topic, members, List.of(2, 3, 3));
        flowOn(sender);
        members.remove(0).shutdown();
        settle(report, "two consumers share the queues after one left", topic, members, List.of(4, 4));
        flowOn(sender);

        sender.stopFlow();
        Set<String> keys = new TreeSet<>(sender.acknowledged.keySet());
        report.check("each send was acknowledged", sender.failures.isEmpty() && keys.size() > QUEUES,
            keys.size() + " acknowledged, failed: " + sender.failures);
        Await.holds(() -> inbox.hasAll(keys));
        report.check("every message is accounted for", inbox.hasAll(keys), "missing " + inbox.missing(keys));
        report.check("and no other was given", inbox.beyond(keys).isEmpty(), inbox.beyond(keys));
        report.event("accounted", keys.size() + " messages, " + inbox.repeats() + " given again");
    }

    private DefaultMQPushConsumer start(Context context, String topic) throws Exception {
        DefaultMQPushConsumer consumer = context.pushConsumer("rebalance");
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(inbox.listener());
        consumer.start();
        return consumer;
    }

    /** Messages pass through the consumers as they now share the queues. */
    private static void flowOn(Sender sender) throws Exception {
        int before = sender.acknowledged.size();
        Await.must("more messages", () -> sender.acknowledged.size() >= before + PER_STAGE);
    }

    private static void settle(Report report, String what, String topic, List<DefaultMQPushConsumer> members,
        List<Integer> shares) throws Exception {
        long startedAt = System.nanoTime();
        boolean isSettled = Await.holds(TOLD_MS, () -> isShared(topic, members, shares));
        report.check(what + ", each queue with one owner", isSettled,
            owners(topic, members) + " after " + (System.nanoTime() - startedAt) / 1_000_000 + " ms");
    }

    private static boolean isShared(String topic, List<DefaultMQPushConsumer> members, List<Integer> shares) {
        Map<Integer, List<Integer>> owners = owners(topic, members);
        List<Integer> sizes = new ArrayList<>();
        for (int member = 0; member < members.size(); member++) {
            int one = member;
            sizes.add((int) owners.values().stream().filter(list -> list.contains(one)).count());
        }
        return owners.size() == QUEUES && owners.values().stream().allMatch(list -> list.size() == 1)
            && sizes.stream().sorted().collect(Collectors.toList()).equals(shares);
    }

    /** Queue id to the numbers of the members that pull it. */
    private static Map<Integer, List<Integer>> owners(String topic, List<DefaultMQPushConsumer> members) {
        Map<Integer, List<Integer>> owners = new TreeMap<>();
        for (int member = 0; member < members.size(); member++) {
            int one = member;
            members.get(member).getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable()
                .keySet().stream().filter(queue -> queue.getTopic().equals(topic))
                .forEach(queue -> owners.computeIfAbsent(queue.getQueueId(), id -> new ArrayList<>()).add(one));
        }
        return owners;
    }
}
