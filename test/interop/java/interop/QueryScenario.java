// Messages are found again: by each of their keys, by the client's own id, by the broker's id; nothing else is found.
package interop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

final class QueryScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int MESSAGES = 20 * Context.SCALE;
    private static final int COUNT_MAX = 32;
    /** Strings with the same hash, so that their keys share a place in the index. */
    private static final List<String> COLLIDING = List.of("AaAa", "BBBB", "AaBB");

    private Report report;
    private DefaultMQProducer producer;
    private String topic;
    private final List<SendResult> results = new ArrayList<>();

    @Override
    public String name() {
        return "query";
    }

    @Override
    public void run(Context context) throws Exception {
        report = context.report;
        producer = context.producer("query-producer");
        topic = context.createTopic(producer, "query", QUEUES);
        for (int number = 0; number < MESSAGES; number++) {
            Message message = Sender.message(topic, "TagA", "only-" + number);
            message.setKeys(List.of("only-" + number, number % 2 == 0 ? "even" : "odd"));
            results.add(producer.send(message));
        }
        findByKey();
        findByUniqueKey();
        findByPlace();
        findCollidingKeys();
        findInBatch();
        findOldest();
    }

    private void findByKey() throws Exception {
        for (int number = 0; number < MESSAGES; number++) {
            String key = "only-" + number;
            List<String> found = bodies(() -> byKey(topic, key, COUNT_MAX, 0, Long.MAX_VALUE), 1);
            if (!found.equals(List.of("body of " + key))) {
                report.check("each message is found by a key of its own", false, key + " found " + found);
                return;
            }
        }
        report.check("each message is found by a key of its own", true, MESSAGES);
        int evens = Math.min(COUNT_MAX, MESSAGES / 2);
        List<String> even = bodies(() -> byKey(topic, "even", COUNT_MAX, 0, Long.MAX_VALUE), evens);
        report.equal("a key of many messages finds as many as were asked for", evens, even.size());
        report.equal("no more messages are found than were asked for", 3,
            byKey(topic, "even", 3, 0, Long.MAX_VALUE).size());
        report.equal("a key that no message has finds nothing", List.of(),
            byKey(topic, "nobody", COUNT_MAX, 0, Long.MAX_VALUE));
        report.equal("a time before all messages finds nothing", List.of(),
            byKey(topic, "even", COUNT_MAX, 0, 1_000));
        report.equal("half of a key finds nothing", List.of(), byKey(topic, "only", COUNT_MAX, 0, Long.MAX_VALUE));
    }

    private void findByUniqueKey() throws Exception {
        for (SendResult result : results) {
            MessageExt found = one(() -> producer.viewMessage(topic, result.getMsgId()));
            if (found == null || !isOf(result, found)) {
                report.check("each message is found by the id of its producer", false, result + " found " + found);
                return;
            }
        }
        report.check("each message is found by the id of its producer", true, results.size());
    }

    private void findByPlace() throws Exception {
        for (SendResult result : results) {
            MessageExt found = one(() -> producer.viewMessage(topic, result.getOffsetMsgId()));
            if (found == null || !isOf(result, found)) {
                report.check("each message is found by the id of its broker", false, result + " found " + found);
                return;
            }
        }
        report.check("each message is found by the id of its broker", true, results.size());
        String id = results.get(0).getOffsetMsgId();
        String nowhere = id.substring(0, id.length() - 16) + "00000000FFFFFFFF";
        report.equal("an offset that the log does not have finds nothing", "nothing", outcome(nowhere));
    }

    private void findCollidingKeys() throws Exception {
        for (String key : COLLIDING) {
            producer.send(Sender.message(topic, "TagA", key));
        }
        for (String key : COLLIDING) {
            List<String> found = bodies(() -> byKey(topic, key, COUNT_MAX, 0, Long.MAX_VALUE), 1);
            report.equal("keys with the same hash are told apart: " + key, List.of("body of " + key), found);
        }
    }

    private void findInBatch() throws Exception {
        List<Message> batch = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            batch.add(Sender.message(topic, "TagB", "batched-" + number));
        }
        SendResult result = producer.send(batch);
        List<String> found = bodies(() -> byKey(topic, "batched-7", COUNT_MAX, 0, Long.MAX_VALUE), 1);
        report.equal("a message of a batch is found by its key", List.of("body of batched-7"), found);
        String uniqueKey = result.getMsgId().split(",")[3];
        MessageExt third = one(() -> producer.viewMessage(topic, uniqueKey));
        report.equal("a message of a batch is found by its id", "body of batched-3",
            third == null ? "nothing" : Reader.body(third));
    }

    private void findOldest() throws Exception {
        SendResult first = results.get(0);
        MessageExt oldest = one(() -> producer.viewMessage(topic, first.getOffsetMsgId()));
        report.equal("the oldest message of a queue was stored when it says", oldest.getStoreTimestamp(),
            producer.earliestMsgStoreTime(first.getMessageQueue()));
        String empty = topic + "-empty";
        producer.send(Sender.message(empty, "TagA", "one"));
        MessageQueue used = producer.fetchPublishMessageQueues(empty).get(0);
        MessageQueue unused = new MessageQueue(empty, used.getBrokerName(), 99);
        report.equal("a queue without messages has no oldest", -1L, producer.earliestMsgStoreTime(unused));
    }

    private List<MessageExt> byKey(String where, String key, int count, long begin, long end) throws Exception {
        try {
            return producer.queryMessage(where, key, count, begin, end).getMessageList();
        } catch (MQClientException nothing) {
            return Collections.emptyList();
        }
    }

    /** An index may trail the acknowledgement. */
    private List<String> bodies(Callable<List<MessageExt>> query, int count) throws Exception {
        List<List<MessageExt>> last = new ArrayList<>();
        Await.holds(() -> {
            last.add(query.call());
            return last.get(last.size() - 1).size() >= count;
        });
        return last.get(last.size() - 1).stream().map(Reader::body).collect(Collectors.toList());
    }

    private MessageExt one(Callable<MessageExt> query) throws Exception {
        List<MessageExt> found = new ArrayList<>();
        Await.holds(() -> {
            MessageExt message;
            try {
                message = query.call();
            } catch (MQClientException | MQBrokerException notYet) {
                return false;
            }
            found.add(message);
            return message != null;
        });
        return found.isEmpty() ? null : found.get(found.size() - 1);
    }

    private String outcome(String id) throws Exception {
        try {
            MessageExt found = producer.viewMessage(topic, id);
            return found == null ? "nothing" : found.toString();
        } catch (MQClientException | MQBrokerException nothing) {
            return "nothing";
        }
    }

    private boolean isOf(SendResult result, MessageExt found) {
        return found.getTopic().equals(topic) && found.getQueueId() == result.getMessageQueue().getQueueId()
            && found.getQueueOffset() == result.getQueueOffset()
            && Reader.body(found).startsWith("body of only-");
    }
}
