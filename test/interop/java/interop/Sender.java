// Sends numbered messages and remembers what was acknowledged, and where it was said to be.
package interop;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

final class Sender {
    final Map<String, SendResult> acknowledged = new ConcurrentHashMap<>();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final DefaultMQProducer producer;
    private final String topic;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean isStopping;
    private Thread thread;

    Sender(DefaultMQProducer producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    static Message message(String topic, String tags, String key) {
        return new Message(topic, tags, key, ("body of " + key).getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the next message and waits for its acknowledgement. */
    void send(IntFunction<String> tagsOf) {
        int number = next.getAndIncrement();
        String key = topic + "-" + number;
        try {
            SendResult result = producer.send(message(topic, tagsOf.apply(number), key));
            if (result.getSendStatus() == SendStatus.SEND_OK) {
                acknowledged.put(key, result);
            } else {
                failures.add(key + ": " + result);
            }
        } catch (Exception refused) {
            failures.add(key + ": " + refused);
        }
    }

    void send(int count) {
        for (int sent = 0; sent < count; sent++) {
            send(number -> "TagA");
        }
    }

    /** Goes on sending in the background, a message every few milliseconds. */
    void startFlow(long pauseMs) {
        thread = new Thread(() -> {
            while (!isStopping) {
                send(number -> "TagA");
                try {
                    Thread.sleep(pauseMs);
                } catch (InterruptedException stopped) {
                    return;
                }
            }
        }, "flow of " + topic);
        thread.setDaemon(true);
        thread.start();
    }

    void stopFlow() throws InterruptedException {
        isStopping = true;
        thread.join();
    }
}
