/*
 * A push consumer of a new group that reads a topic of a known number of messages from its start. The window opens with
 * the first message and closes with the last; what had not come in time is missing in the report.
 */
package bench;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

final class DrainLoad {
    private final Map<String, String> options;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong lastNs = new AtomicLong();
    private final AtomicReference<Long> firstNs = new AtomicReference<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    DrainLoad(Map<String, String> options) {
        this.options = options;
    }

    void run() throws Exception {
        long wanted = Long.parseLong(options.get("count"));
        long longestMs = Long.parseLong(options.get("duration-ms"));
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("bench-drain-" + System.nanoTime());
        consumer.setNamesrvAddr(options.get("nameserver"));
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(options.get("topic"), "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            long nowNs = System.nanoTime();
            if (firstNs.compareAndSet(null, nowNs)) {
                begun.countDown();
            }
            lastNs.accumulateAndGet(nowNs, Math::max);
            if (count.addAndGet(messages.size()) >= wanted) {
                ended.countDown();
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        if (!begun.await(longestMs, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("no message came");
        }
        System.err.println("window open");
        boolean isWhole = ended.await(longestMs, TimeUnit.MILLISECONDS);
        System.err.println("window closed");
        // A reader that stood still must not look as fast as it was before.
        double seconds = ((isWhole ? lastNs.get() : System.nanoTime()) - firstNs.get()) / 1e9;
        System.out.printf("{\"messages\":%d,\"failures\":0,\"firstFailure\":\"\",\"seconds\":%.3f,\"p50Us\":0,\"p99Us\":0,\"p999Us\":0}%n",
            count.get(), seconds);
        System.out.flush();
        consumer.shutdown();
    }
}
