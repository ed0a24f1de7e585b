// Reads a whole topic back, queue by queue, as an outsider would: from its first to its last offset.
package interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

@SuppressWarnings("deprecation")
final class Reader {
    private static final int PULL_COUNT = 32;

    private final DefaultMQPullConsumer consumer;

    Reader(DefaultMQPullConsumer consumer) {
        this.consumer = consumer;
    }

    Set<MessageQueue> queues(String topic) throws Exception {
        return consumer.fetchSubscribeMessageQueues(topic);
    }

    long count(String topic) throws Exception {
        long count = 0;
        for (MessageQueue queue : queues(topic)) {
            count += consumer.maxOffset(queue) - consumer.minOffset(queue);
        }
        return count;
    }

    /** All messages by queue id, in the order of their offsets, once at least so many are there. */
    Map<Integer, List<MessageExt>> readAll(String topic, long countMin) throws Exception {
        // The end of a queue may trail an acknowledged send, and a one-way send says nothing at all.
        Await.holds(() -> count(topic) >= countMin);
        Map<Integer, List<MessageExt>> all = new TreeMap<>();
        for (MessageQueue queue : queues(topic)) {
            all.put(queue.getQueueId(), readQueue(queue));
        }
        return all;
    }

    List<MessageExt> readQueue(MessageQueue queue) throws Exception {
        List<MessageExt> messages = new ArrayList<>();
        long end = consumer.maxOffset(queue);
        long next = consumer.minOffset(queue);
        while (next < end) {
            PullResult result = consumer.pull(queue, "*", next, PULL_COUNT);
            if (result.getPullStatus() != PullStatus.FOUND) {
                throw new IllegalStateException(queue + " at " + next + " of " + end + ": " + result);
            }
            messages.addAll(result.getMsgFoundList());
            next = result.getNextBeginOffset();
        }
        return messages;
    }

    static Map<String, MessageExt> byKey(Map<Integer, List<MessageExt>> all) {
        Map<String, MessageExt> byKey = new HashMap<>();
        all.values().forEach(list -> list.forEach(message -> byKey.put(message.getKeys(), message)));
        return byKey;
    }

    static int total(Map<Integer, List<MessageExt>> all) {
        return all.values().stream().mapToInt(List::size).sum();
    }

    /** The first place where a queue does not count 0, 1, 2…; null when there is none. */
    static String firstGap(Map<Integer, List<MessageExt>> all) {
        for (List<MessageExt> messages : all.values()) {
            for (int at = 0; at < messages.size(); at++) {
                if (messages.get(at).getQueueOffset() != at) {
                    return "queue " + messages.get(at).getQueueId() + " at " + at + ": "
                        + messages.get(at).getQueueOffset();
                }
            }
        }
        return null;
    }

    static String body(MessageExt message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }
}
