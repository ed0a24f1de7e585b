// Offsets that a pull consumer commits, through the store that the client keeps them in.
package interop;

import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageQueue;

@SuppressWarnings("deprecation")
final class Offsets {
    private Offsets() {
    }

    /** Commits an offset, which may be behind the last one. The client says nothing about the answer. */
    static void commit(DefaultMQPullConsumer consumer, MessageQueue queue, long offset) {
        OffsetStore offsets = consumer.getDefaultMQPullConsumerImpl().getOffsetStore();
        offsets.updateOffset(queue, offset, false);
        offsets.persist(queue);
    }

    /** The group's offset as the broker has it; -1 for none, and when nobody answers. */
    static long committed(DefaultMQPullConsumer consumer, MessageQueue queue) {
        try {
            return consumer.fetchConsumeOffset(queue, true);
        } catch (MQClientException noAnswer) {
            return -1;
        }
    }
}
