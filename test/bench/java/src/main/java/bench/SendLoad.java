/*
 * Drives the official Java producer in one of four ways and prints one JSON line about the measured window.
 *
 * The load never pauses between warm-up and window: counters are read at both edges while senders run on, so
 * neither the start of a sender nor its last answers are part of the figure. The edges are told on stderr
 * ("window open", "window closed"), where the harness reads the broker's processor time.
 */
package bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

final class SendLoad {
    private static final int SEND_TIMEOUT_MS = 30_000;

    private final Map<String, String> options;
    private final DefaultMQProducer producer;
    private final String topic;
    private final byte[] body;
    private final Tally tally = new Tally();
    private volatile boolean isRunning = true;

    SendLoad(Map<String, String> options) {
        this.options = options;
        this.topic = options.get("topic");
        this.body = new byte[number("size")];
        Arrays.fill(body, (byte) 'm');
        this.producer = new DefaultMQProducer("bench-producer");
        producer.setNamesrvAddr(options.get("nameserver"));
        producer.setSendMsgTimeout(SEND_TIMEOUT_MS);
        // A failure must show as a failure, not as a slow success.
        producer.setRetryTimesWhenSendFailed(0);
        producer.setRetryTimesWhenSendAsyncFailed(0);
    }

    private int number(String name) {
        return Integer.parseInt(options.get(name));
    }

    void run() throws Exception {
        producer.start();
        List<Thread> senders = startSenders();
        TimeUnit.MILLISECONDS.sleep(number("warmup-ms"));
        tally.open();
        System.err.println("window open");
        TimeUnit.MILLISECONDS.sleep(number("duration-ms"));
        tally.close();
        System.err.println("window closed");
        isRunning = false;
        for (Thread sender : senders) {
            sender.join(SEND_TIMEOUT_MS);
        }
        System.out.println(tally.report(options.get("mode")));
        System.out.flush();
        producer.shutdown();
    }

    private List<Thread> startSenders() {
        String mode = options.get("mode");
        return switch (mode) {
            case "sync" -> start(number("senders"), this::sendOneByOne);
            case "batch" -> start(number("senders"), this::sendBatches);
            case "async" -> start(number("senders"), sendWindowed(new Semaphore(number("window"))));
            case "paced" -> start(1, this::sendPaced);
            default -> throw new IllegalArgumentException("unknown mode " + mode);
        };
    }

    private List<Thread> start(int count, Runnable work) {
        List<Thread> threads = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            Thread thread = new Thread(work, "sender-" + index);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void sendOneByOne() {
        while (isRunning) {
            long startNs = System.nanoTime();
            try {
                SendResult result = producer.send(new Message(topic, body));
                tally.answered(1, startNs, result.getSendStatus() == SendStatus.SEND_OK);
            } catch (Exception failure) {
                tally.failed(failure);
            }
        }
    }

    private void sendBatches() {
        int count = number("batch");
        while (isRunning) {
            List<Message> batch = new ArrayList<>(count);
            for (int index = 0; index < count; index++) {
                batch.add(new Message(topic, body));
            }
            long startNs = System.nanoTime();
            try {
                SendResult result = producer.send(batch);
                tally.answered(count, startNs, result.getSendStatus() == SendStatus.SEND_OK);
            } catch (Exception failure) {
                tally.failed(failure);
            }
        }
    }

    private Runnable sendWindowed(Semaphore window) {
        return () -> {
            while (isRunning) {
                window.acquireUninterruptibly();
                sendAsync(System.nanoTime(), window);
            }
        };
    }

    /** Open loop: latency counts from the moment a message was due, so a stall is felt by all who waited behind it. */
    private void sendPaced() {
        long intervalNs = TimeUnit.SECONDS.toNanos(1) / number("rate");
        long dueNs = System.nanoTime();
        while (isRunning) {
            dueNs += intervalNs;
            for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                LockSupport.parkNanos(waitNs);
            }
            sendAsync(dueNs, null);
        }
    }

    private void sendAsync(long startNs, Semaphore window) {
        SendCallback callback = new SendCallback() {
            @Override
            public void onSuccess(SendResult result) {
                tally.answered(1, startNs, result.getSendStatus() == SendStatus.SEND_OK);
                release();
            }

            @Override
            public void onException(Throwable failure) {
                tally.failed(failure);
                release();
            }

            private void release() {
                if (window != null) {
                    window.release();
                }
            }
        };
        try {
            producer.send(new Message(topic, body), callback);
        } catch (Exception failure) {
            callback.onException(failure);
        }
    }
}
