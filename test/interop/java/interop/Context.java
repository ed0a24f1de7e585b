// What a scenario is given: names of its own, clients that are shut down after it, and somewhere to report.
package interop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

final class Context implements AutoCloseable {
    private static final String TEMPLATE_TOPIC = "TBW102";
    private static final int SEND_TIMEOUT_MS = 30_000;
    /** What brokers accept; the client of the MetaQ 3 era stops at 128 KiB unless it is told. */
    private static final int BODY_BYTES_MAX = 4 * 1024 * 1024;
    private static final int CONSUME_THREADS = 2;
    private static final AtomicInteger INSTANCES = new AtomicInteger();

    final Report report;
    final Control control;
    /** How many times as many messages as in a quick run. */
    static final int SCALE = Integer.parseInt(System.getenv().getOrDefault("INTEROP_SCALE", "1"));

    /** "mq" or "rocketmq". */
    final String target;
    private final String nameserver;
    private final String prefix;
    private final Deque<Runnable> endings = new ArrayDeque<>();

    Context(Report report, Control control, String target, String nameserver, String prefix) {
        this.report = report;
        this.control = control;
        this.target = target;
        this.nameserver = nameserver;
        this.prefix = prefix;
    }

    /** A topic or group name that no other client version, header format or scenario uses. */
    String name(String word) {
        return prefix + "-" + word;
    }

    DefaultMQProducer producer(String group) throws Exception {
        DefaultMQProducer producer = unstartedProducer(group);
        producer.start();
        return producer;
    }

    DefaultMQProducer unstartedProducer(String group) {
        DefaultMQProducer producer = new DefaultMQProducer(name(group));
        configure(producer);
        producer.setSendMsgTimeout(SEND_TIMEOUT_MS);
        producer.setMaxMessageSize(BODY_BYTES_MAX);
        atEnd(producer::shutdown);
        return producer;
    }

    /** Not started: the scenario subscribes first. */
    DefaultMQPushConsumer pushConsumer(String group) {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(name(group));
        configure(consumer);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setConsumeThreadMin(CONSUME_THREADS);
        consumer.setConsumeThreadMax(CONSUME_THREADS);
        atEnd(consumer::shutdown);
        return consumer;
    }

    @SuppressWarnings("deprecation")
    DefaultMQPullConsumer pullConsumer(String group) throws Exception {
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(name(group));
        configure(consumer);
        consumer.start();
        atEnd(consumer::shutdown);
        return consumer;
    }

    /** Makes a topic (request 17) and waits until its route says so. Returns its full name. */
    String createTopic(DefaultMQProducer producer, String word, int queueCount) throws Exception {
        String topic = name(word);
        // The client gives up after a few seconds, which is not enough while all JVMs start; making it twice does no harm.
        List<Throwable> refusals = new CopyOnWriteArrayList<>();
        boolean isMade = Await.holds(() -> {
            try {
                create(producer, topic, queueCount);
                return true;
            } catch (InvocationTargetException refused) {
                refusals.add(refused.getCause());
                return false;
            }
        });
        if (!isMade) {
            throw new IllegalStateException(topic + " could not be made", refusals.get(refusals.size() - 1));
        }
        Await.must("route of " + topic, () -> {
            try {
                return producer.fetchPublishMessageQueues(topic).size() == queueCount;
            } catch (org.apache.rocketmq.client.exception.MQClientException notYet) {
                return false;
            }
        });
        return topic;
    }

    /** Each consumer of the group is given everything. The versions have the choice in different packages. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static void broadcast(DefaultMQPushConsumer consumer) throws ReflectiveOperationException {
        for (Method method : DefaultMQPushConsumer.class.getMethods()) {
            if (method.getName().equals("setMessageModel")) {
                method.invoke(consumer, Enum.valueOf((Class) method.getParameterTypes()[0], "BROADCASTING"));
            }
        }
    }

    /** The address of a broker that has the topic. */
    String brokerAddress(DefaultMQProducer producer, String topic) throws Exception {
        return producer.getDefaultMQProducerImpl().getMqClientFactory()
            .findBrokerAddressInPublish(producer.fetchPublishMessageQueues(topic).get(0).getBrokerName());
    }

    /** The 5.x client wants attributes besides, which the 4.9 client does not know. */
    private static void create(DefaultMQProducer producer, String topic, int queueCount) throws Exception {
        for (Method method : DefaultMQProducer.class.getMethods()) {
            if (method.getName().equals("createTopic") && method.getParameterCount() == 5) {
                method.invoke(producer, TEMPLATE_TOPIC, topic, queueCount, 0, Collections.emptyMap());
                return;
            }
        }
        DefaultMQProducer.class.getMethod("createTopic", String.class, String.class, int.class)
            .invoke(producer, TEMPLATE_TOPIC, topic, queueCount);
    }

    void configure(ClientConfig client) {
        client.setNamesrvAddr(nameserver);
        // Clients of one process share connections by their instance name: each here is a client of its own.
        client.setInstanceName(prefix + "-" + INSTANCES.incrementAndGet());
        client.setClientCallbackExecutorThreads(2);
    }

    void atEnd(Runnable ending) {
        synchronized (endings) {
            endings.push(ending);
        }
    }

    @Override
    public void close() {
        synchronized (endings) {
            while (!endings.isEmpty()) {
                endings.pop().run();
            }
        }
    }
}
