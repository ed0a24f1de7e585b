// Reads whole topics from a broker of RocketMQ that runs on a store of mq, then changes what mq must find again.
//
// Arguments: the nameserver's address, a group, a topic to make, and the topics to read. Each line on standard output is a
// row: topic, queue, queue offset, physical offset, message id, tag, keys, body; first what was read, then what was sent.
package interop;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

@SuppressWarnings("deprecation")
final class WayBack {
    private static final int SENT = 20;

    private WayBack() {
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        String nameserver = arguments[0];
        String group = arguments[1];
        String newTopic = arguments[2];
        List<String> topics = Arrays.asList(arguments).subList(3, arguments.length);
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(group);
        consumer.setNamesrvAddr(nameserver);
        consumer.start();
        DefaultMQProducer producer = new DefaultMQProducer("way-back-producer");
        producer.setNamesrvAddr(nameserver);
        producer.start();
        Reader reader = new Reader(consumer);
        for (String topic : topics) {
            Await.must("the route of " + topic, () -> !reader.queues(topic).isEmpty());
            for (List<MessageExt> messages : reader.readAll(topic, 0).values()) {
                messages.forEach(message -> row(out, "read", message));
            }
        }
        // A send to an unknown topic makes it.
        producer.setDefaultTopicQueueNums(2);
        for (String topic : topics) {
            send(out, producer, topic);
        }
        send(out, producer, newTopic);
        MessageQueue first = reader.queues(topics.get(0)).stream().sorted().toList().get(0);
        out.println(Json.write(List.of("group offset", consumer.fetchConsumeOffset(first, true))));
        consumer.updateConsumeOffset(first, 5);
        consumer.getDefaultMQPullConsumerImpl().getOffsetStore().persist(first);
        Await.must("the offset is kept", () -> consumer.fetchConsumeOffset(first, true) == 5);
        out.println(Json.write(List.of("done")));
        System.exit(0);
    }

    private static void send(PrintStream out, DefaultMQProducer producer, String topic) throws Exception {
        for (int number = 0; number < SENT; number++) {
            Message message = new Message(topic, "TagR", "r" + number, ("by RocketMQ " + number).getBytes("UTF-8"));
            SendResult result = producer.send(message);
            out.println(Json.write(List.of("sent", topic, result.getMessageQueue().getQueueId(),
                result.getQueueOffset(), result.getOffsetMsgId(), "by RocketMQ " + number)));
        }
    }

    private static void row(PrintStream out, String what, MessageExt message) {
        out.println(Json.write(List.of(what, message.getTopic(), message.getQueueId(), message.getQueueOffset(),
            message.getCommitLogOffset(), message.getMsgId(), String.valueOf(message.getTags()),
            String.valueOf(message.getKeys()), Reader.body(message))));
    }
}
