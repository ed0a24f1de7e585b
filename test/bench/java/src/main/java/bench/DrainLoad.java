/*
 * A push consumer of a new group that reads a topic from its start. The window opens with the first message and closes
 * with the last: when nothing came for a second, all was there.
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
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int LOOK_EVERY_MS = 20;

    private final Map<String, String> options;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong lastNs = new AtomicLong();
    private final AtomicReference<Long> firstNs = new AtomicReference<>();
    private final CountDownLatch begun = new CountDownLatch(1);

    DrainLoad(Map<String, String> options) {
        this.options = options;
    }

    void run() throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("bench-drain-" + System.nanoTime());
        consumer.setNamesrvAddr(options.get("nameserver"));
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(options.get("topic"), "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            long nowNs = System.nanoTime();
            if (firstNs.compareAndSet(null, nowNs)) {
                begun.countDown();
            }
            count.addAndGet(messages.size());
            lastNs.accumulateAndGet(nowNs, Math::max);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        if (!begun.await(Long.parseLong(options.get("duration-ms")), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("no message came");
        }
        System.err.println("window open");
        while (System.nanoTime() - lastNs.get() < QUIET_NS) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
        System.err.println("window closed");
        double seconds = (lastNs.get() - firstNs.get()) / 1e9;
        System.out.printf("{\"messages\":%d,\"failures\":0,\"firstFailure\":\"\",\"seconds\":%.3f,\"p50Us\":0,\"p99Us\":0,\"p999Us\":0}%n",
            count.get(), seconds);
        System.out.flush();
        consumer.shutdown();
    }
}
