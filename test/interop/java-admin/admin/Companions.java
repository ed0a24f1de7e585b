// Clients that are on line while commands run, and what RocketMQ's admin client can do without a command.
package admin;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

final class Companions {
    private final String nameserver;
    private final DefaultMQAdminExt admin = new DefaultMQAdminExt(5_000);
    private final Map<String, DefaultMQPushConsumer> consumers = new HashMap<>();
    private final Map<String, AtomicInteger> consumed = new HashMap<>();
    private final Map<String, DefaultMQProducer> producers = new HashMap<>();

    Companions(String nameserver) throws Exception {
        this.nameserver = nameserver;
        admin.setInstanceName("companion");
        admin.start();
    }

    String run(String[] words) throws Exception {
        switch (words[0]) {
            case "@produce":
                return produce(words[1], words[2], Integer.parseInt(words[3]), Integer.parseInt(words[4]));
            case "@consume":
                return consume(words[1], words[2], words[3]);
            case "@consumed":
                return consumed.get(words[1]).get() + "\n";
            case "@leave":
                consumers.remove(words[1]).shutdown();
                return "";
            case "@runningInfo":
                return admin.getConsumerRunningInfo(words[1], words[2], false).formatString();
            case "@consumeDirectly":
                return admin.consumeMessageDirectly(words[1], words[2], words[3], words[4]).getConsumeResult() + "\n";
            case "@consumeStatus":
                return status(admin.getConsumeStatus(words[1], words[2], words[3]));
            case "@timeSpan":
                return admin.queryConsumeTimeSpan(words[1], words[2]).size() + "\n";
            case "@end":
                end();
                return "";
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    /** Sends messages with keys to one queue; answers with their offset ids and unique keys. */
    private String produce(String group, String topic, int queueId, int count) throws Exception {
        DefaultMQProducer producer = producers.get(group);
        if (producer == null) {
            producer = new DefaultMQProducer(group);
            producer.setNamesrvAddr(nameserver);
            producer.setInstanceName("producer-" + group);
            producer.setClientIP("127.0.0.1");
            producer.start();
            producers.put(group, producer);
        }
        List<MessageQueue> queues = producer.fetchPublishMessageQueues(topic);
        Collections.sort(queues);
        List<String> ids = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            Message message = new Message(topic, "TagA", "key-" + index, ("body " + index).getBytes());
            SendResult sent = producer.send(message, queues.get(queueId));
            ids.add(sent.getOffsetMsgId() + " " + sent.getMsgId());
        }
        return String.join("\n", ids) + "\n";
    }

    private String consume(String group, String topic, String instance) throws Exception {
        AtomicInteger count = consumed.computeIfAbsent(group, name -> new AtomicInteger());
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(nameserver);
        consumer.setInstanceName(instance);
        consumer.setClientIP("127.0.0.1");
        consumer.setPersistConsumerOffsetInterval(500);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            count.addAndGet(messages.size());
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        consumers.put(group, consumer);
        return "";
    }

    private static String status(Map<String, Map<MessageQueue, Long>> table) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Map<MessageQueue, Long>> client : new TreeMap<>(table).entrySet()) {
            for (Map.Entry<MessageQueue, Long> queue : new TreeMap<>(client.getValue()).entrySet()) {
                text.append(client.getKey()).append(' ').append(queue.getKey().getQueueId());
                text.append(' ').append(queue.getValue()).append('\n');
            }
        }
        return text.toString();
    }

    private void end() {
        consumers.values().forEach(DefaultMQPushConsumer::shutdown);
        producers.values().forEach(DefaultMQProducer::shutdown);
        admin.shutdown();
    }
}
