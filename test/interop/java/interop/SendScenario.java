// Every way to send, read back whole: nothing lost, nothing added, each where its acknowledgement said.
package interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

final class SendScenario implements Scenario {
    private static final int QUEUES = 4;
    private static final int SYNC = 40 * Context.SCALE;
    private static final int ASYNC = 100 * Context.SCALE;
    private static final int ONEWAY = 50 * Context.SCALE;
    private static final int KEYS = 5;
    private static final int PER_KEY = 12 * Context.SCALE;

    private Context context;
    private Report report;
    private DefaultMQProducer producer;
    private Reader reader;

    @Override
    public String name() {
        return "send";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        report = given.report;
        producer = context.producer("send-producer");
        reader = new Reader(context.pullConsumer("send-reader"));
        sendSync();
        sendAsync();
        sendOneway();
        sendLarge();
        sendUnusual();
        sendBySelector();
        sendToUnknownTopic();
    }

    private void sendSync() throws Exception {
        String topic = context.createTopic(producer, "send-sync", QUEUES);
        Map<String, SendResult> results = new LinkedHashMap<>();
        for (int number = 0; number < SYNC; number++) {
            Message message = Sender.message(topic, "Tag" + number % 3, "sync-" + number);
            message.putUserProperty("number", String.valueOf(number));
            message.putUserProperty("wörter", "über \"alles\" \\ 消息 \uD83D\uDE00");
            message.setFlag(number);
            results.put(message.getKeys(), producer.send(message));
        }
        report.check("each synchronous send is acknowledged", results.values().stream()
            .allMatch(result -> result.getSendStatus() == SendStatus.SEND_OK), results.size());
        Map<Integer, List<MessageExt>> all = reader.readAll(topic, SYNC);
        report.equal("as many messages are read as were sent", SYNC, Reader.total(all));
        report.check("queue offsets have no gaps", Reader.firstGap(all) == null, Reader.firstGap(all));
        report.check("each message stands at its queue and offset, with its ids", wrongPlaces(results, all).isEmpty(),
            wrongPlaces(results, all));
        MessageExt read = Reader.byKey(all).get("sync-7");
        report.equal("body, tags, flag and properties come back as sent",
            List.of("body of sync-7", "Tag1", 7, "7", "über \"alles\" \\ 消息 \uD83D\uDE00"),
            List.of(Reader.body(read), read.getTags(), read.getFlag(), read.getUserProperty("number"),
                read.getUserProperty("wörter")));
        report.observe("properties of a message read back", read.getProperties().keySet().stream().sorted()
            .collect(Collectors.toList()));
        report.observe("hosts of a message read back", Arrays.asList(
            read.getBornHostString(), ((java.net.InetSocketAddress) read.getStoreHost()).getHostString()));
    }

    private void sendAsync() throws Exception {
        String topic = context.createTopic(producer, "send-async", QUEUES);
        Map<String, SendResult> results = new ConcurrentHashMap<>();
        Map<String, Throwable> failures = new ConcurrentHashMap<>();
        CountDownLatch answers = new CountDownLatch(ASYNC);
        for (int number = 0; number < ASYNC; number++) {
            Message message = Sender.message(topic, "TagA", "async-" + number);
            producer.send(message, new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    results.put(message.getKeys(), result);
                    answers.countDown();
                }

                @Override
                public void onException(Throwable thrown) {
                    failures.put(message.getKeys(), thrown);
                    answers.countDown();
                }
            });
        }
        boolean isAnswered = answers.await(Await.PATIENCE_MS, TimeUnit.MILLISECONDS);
        report.check("each asynchronous send is acknowledged", isAnswered && results.size() == ASYNC, failures);
        Map<Integer, List<MessageExt>> all = reader.readAll(topic, ASYNC);
        report.equal("as many asynchronous messages are read as were sent", ASYNC, Reader.total(all));
        report.check("each asynchronous message stands at its queue and offset", wrongPlaces(results, all).isEmpty(),
            wrongPlaces(results, all));
    }

    private void sendOneway() throws Exception {
        String topic = context.createTopic(producer, "send-oneway", QUEUES);
        for (int number = 0; number < ONEWAY; number++) {
            producer.sendOneway(Sender.message(topic, "TagA", "oneway-" + number));
        }
        Map<Integer, List<MessageExt>> all = reader.readAll(topic, ONEWAY);
        report.equal("every one-way message arrives once", List.of(ONEWAY, ONEWAY),
            List.of(Reader.total(all), Reader.byKey(all).size()));
    }

    private void sendLarge() throws Exception {
        String topic = context.createTopic(producer, "send-large", 1);
        byte[] compressible = "0123456789abcdef".repeat(16 * 1024).getBytes(StandardCharsets.US_ASCII);
        byte[] random = new byte[4 * 1024 * 1024];
        new Random(7).nextBytes(random);
        producer.send(new Message(topic, "TagA", "compressible", compressible));
        // What is random grows when it is compressed, beyond what brokers accept.
        int compressedFrom = producer.getCompressMsgBodyOverHowmuch();
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        producer.send(new Message(topic, "TagA", "random", random));
        producer.setCompressMsgBodyOverHowmuch(compressedFrom);
        Map<String, MessageExt> read = Reader.byKey(reader.readAll(topic, 2));
        report.check("a compressed body comes back whole",
            Arrays.equals(compressible, read.get("compressible").getBody()), read.get("compressible").getStoreSize());
        report.check("a body of 4 MiB comes back whole", Arrays.equals(random, read.get("random").getBody()),
            read.get("random").getBody().length);
    }

    /** Letters outside ASCII, and bytes that are no text. */
    private void sendUnusual() throws Exception {
        String topic = context.createTopic(producer, "send-unusual", 1);
        byte[] bytes = new byte[256];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) at;
        }
        producer.send(new Message(topic, "标签-ü", "Schlüssel-键", bytes));
        MessageExt read = Reader.byKey(reader.readAll(topic, 1)).get("Schlüssel-键");
        report.equal("tags and keys of any letters come back", List.of("标签-ü", "Schlüssel-键"),
            List.of(read.getTags(), read.getKeys()));
        report.check("each byte of a body comes back", Arrays.equals(bytes, read.getBody()), Arrays.toString(read.getBody()));
    }

    private void sendBySelector() throws Exception {
        String topic = context.createTopic(producer, "send-selector", QUEUES);
        Map<Integer, List<String>> sent = new HashMap<>();
        for (int number = 0; number < KEYS * PER_KEY; number++) {
            int shard = number % KEYS;
            String key = shard + "/" + number;
            SendResult result = producer.send(Sender.message(topic, "TagA", key),
                (queues, message, argument) -> queues.get((Integer) argument % queues.size()), shard);
            sent.computeIfAbsent(result.getMessageQueue().getQueueId(), id -> new ArrayList<>()).add(key);
        }
        Map<Integer, List<String>> read = new HashMap<>();
        reader.readAll(topic, KEYS * PER_KEY).forEach((id, messages) ->
            read.put(id, messages.stream().map(MessageExt::getKeys).collect(Collectors.toList())));
        report.equal("messages by selector stand in the order of their sends", sent, read);
    }

    private void sendToUnknownTopic() throws Exception {
        String topic = context.name("send-made-by-sending");
        SendResult result = producer.send(Sender.message(topic, "TagA", "first"));
        report.equal("a send makes a missing topic", SendStatus.SEND_OK, result.getSendStatus());
        Map<Integer, List<MessageExt>> all = reader.readAll(topic, 1);
        report.equal("a topic made by a send has the default number of queues", 4, all.size());
        report.equal("the send that made it is in it", 1, Reader.total(all));
    }

    private static List<String> wrongPlaces(Map<String, SendResult> results, Map<Integer, List<MessageExt>> all) {
        Map<String, MessageExt> read = Reader.byKey(all);
        List<String> wrong = new ArrayList<>();
        results.forEach((key, result) -> {
            MessageExt message = read.get(key);
            if (message == null || message.getQueueId() != result.getMessageQueue().getQueueId()
                || message.getQueueOffset() != result.getQueueOffset()
                || !Reader.body(message).equals("body of " + key) || !message.getMsgId().equals(result.getMsgId())) {
                wrong.add(key + ": " + result + " but " + message);
            }
        });
        return wrong;
    }
}
