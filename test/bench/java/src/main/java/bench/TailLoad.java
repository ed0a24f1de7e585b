/*
 * A producer at a fixed rate and a push consumer in one process: the latency counts from the moment at which a message
 * was due to the moment at which the listener has it.
 */
package bench;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

final class TailLoad {
    private final Map<String, String> options;
    private final String topic;
    private final Tally tally = new Tally();
    private volatile boolean isRunning = true;

    TailLoad(Map<String, String> options) {
        this.options = options;
        this.topic = options.get("topic");
    }

    void run() throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("bench-tail-" + System.nanoTime());
        consumer.setNamesrvAddr(options.get("nameserver"));
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (MessageExt message : messages) {
                tally.answered(1, ByteBuffer.wrap(message.getBody()).getLong(), true);
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        DefaultMQProducer producer = new DefaultMQProducer("bench-producer");
        producer.setNamesrvAddr(options.get("nameserver"));
        producer.start();
        Thread sender = new Thread(() -> send(producer), "sender");
        sender.setDaemon(true);
        sender.start();
        TimeUnit.MILLISECONDS.sleep(number("warmup-ms"));
        tally.open();
        System.err.println("window open");
        TimeUnit.MILLISECONDS.sleep(number("duration-ms"));
        tally.close();
        System.err.println("window closed");
        isRunning = false;
        System.out.println(tally.report("tail"));
        System.out.flush();
        producer.shutdown();
        consumer.shutdown();
    }

    private void send(DefaultMQProducer producer) {
        long intervalNs = TimeUnit.SECONDS.toNanos(1) / number("rate");
        long dueNs = System.nanoTime();
        while (isRunning) {
            dueNs += intervalNs;
            for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                LockSupport.parkNanos(waitNs);
            }
            byte[] body = new byte[number("size")];
            ByteBuffer.wrap(body).putLong(dueNs);
            try {
                producer.send(new Message(topic, body), new SendCallback() {
                    @Override
                    public void onSuccess(SendResult result) {
                        // The consumer counts.
                    }

                    @Override
                    public void onException(Throwable failure) {
                        tally.failed(failure);
                    }
                });
            } catch (Exception failure) {
                tally.failed(failure);
            }
        }
    }

    private int number(String name) {
        return Integer.parseInt(options.get(name));
    }
}
