// Batches, read back whole, and what the acknowledgement of one message and of many holds.
package interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

final class BatchScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int BATCH = 60;

    @Override
    public String name() {
        return "batch";
    }

    @Override
    public void run(Context context) throws Exception {
        Report report = context.report;
        DefaultMQProducer producer = context.producer("batch-producer");
        Reader reader = new Reader(context.pullConsumer("batch-reader"));
        String single = context.createTopic(producer, "batch-single", 1);
        report.observe("shape of a single result", shape(producer.send(Sender.message(single, "TagA", "single"))));
        String topic = context.createTopic(producer, "batch", QUEUES);
        List<Message> batch = new ArrayList<>();
        for (int number = 0; number < BATCH; number++) {
            batch.add(Sender.message(topic, "TagB", "batch-" + number));
        }
        SendResult result = producer.send(batch);
        report.equal("a batch is acknowledged as a whole", SendStatus.SEND_OK, result.getSendStatus());
        report.equal("a batch has an id for each message", List.of(BATCH, BATCH),
            List.of(result.getMsgId().split(",").length, result.getOffsetMsgId().split(",").length));
        report.observe("shape of a batch result", shape(result));
        MessageQueue chosen = new MessageQueue(topic, result.getMessageQueue().getBrokerName(), 3);
        SendResult second = producer.send(batch.subList(0, 2), chosen);
        report.equal("a batch goes to the queue that was chosen", chosen, second.getMessageQueue());
        Map<Integer, List<MessageExt>> all = reader.readAll(topic, BATCH + 2);
        report.equal("every message of a batch is read", BATCH + 2, Reader.total(all));
        List<String> keys = all.get(result.getMessageQueue().getQueueId()).stream()
            .skip(result.getQueueOffset()).limit(BATCH).map(MessageExt::getKeys).collect(Collectors.toList());
        report.equal("a batch lies in one queue, in order, from the offset of its result",
            batch.stream().map(Message::getKeys).collect(Collectors.toList()), keys);
        report.observe("properties of a message of a batch", all.get(result.getMessageQueue().getQueueId()).get(0)
            .getProperties().keySet().stream().sorted().collect(Collectors.toList()));
    }

    private static Map<String, Object> shape(SendResult result) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("status", result.getSendStatus().name());
        // The client's own ids are longer where it has an IPv6 address.
        shape.put("messageIds", result.getMsgId().split(",").length);
        shape.put("offsetMessageIdLength", result.getOffsetMsgId().length());
        shape.put("transactionId", result.getTransactionId() == null ? "none" : "some");
        shape.put("region", result.getRegionId());
        shape.put("isTraceOn", result.isTraceOn());
        shape.put("queueOffset", result.getQueueOffset());
        return shape;
    }
}
