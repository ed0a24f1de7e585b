// How far a consumer itself says that it has come. A listener is called before its messages count as consumed: whoever
// shuts a consumer down in between sees some of them again, which is the client's promise and not the broker's fault.
package interop;

import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.consumer.store.ReadOffsetType;
import org.apache.rocketmq.common.message.MessageQueue;

final class Progress {
    private Progress() {
    }

    /** How many queues of the topic the consumer reads, each from an offset that it has chosen. */
    static long queues(DefaultMQPushConsumer consumer, String topic) {
        return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet().stream()
            .filter(queue -> queue.getTopic().equals(topic)).count();
    }

    /** The sum of the offsets that the consumer would commit now. */
    static long of(DefaultMQPushConsumer consumer, String topic) {
        OffsetStore offsets = consumer.getDefaultMQPushConsumerImpl().getOffsetStore();
        long sum = 0;
        for (MessageQueue queue : consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet()) {
            if (queue.getTopic().equals(topic)) {
                sum += Math.max(0, offsets.readOffset(queue, ReadOffsetType.READ_FROM_MEMORY));
            }
        }
        return sum;
    }
}
