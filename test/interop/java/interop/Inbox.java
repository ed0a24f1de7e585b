// What a consumer was given: how often each message came, and whose turn it was.
package interop;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.message.MessageExt;

final class Inbox {
    final Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
    final Map<String, MessageExt> messages = new ConcurrentHashMap<>();

    void add(List<MessageExt> batch) {
        for (MessageExt message : batch) {
            messages.put(message.getKeys(), message);
            times.computeIfAbsent(message.getKeys(), key -> new AtomicInteger()).incrementAndGet();
        }
    }

    MessageListenerConcurrently listener() {
        return (batch, context) -> {
            add(batch);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        };
    }

    boolean hasAll(Set<String> keys) {
        return times.keySet().containsAll(keys);
    }

    Set<String> missing(Set<String> keys) {
        Set<String> missing = new TreeSet<>(keys);
        missing.removeAll(times.keySet());
        return missing;
    }

    Set<String> beyond(Set<String> keys) {
        Set<String> beyond = new TreeSet<>(times.keySet());
        beyond.removeAll(keys);
        return beyond;
    }

    int repeats() {
        return times.values().stream().mapToInt(count -> count.get() - 1).sum();
    }
}
