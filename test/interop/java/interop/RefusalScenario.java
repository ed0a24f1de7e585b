// What mq does not do yet is refused with a clear word, and nothing of it is stored.
package interop;

import java.util.List;
import java.util.Locale;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

@SuppressWarnings("deprecation")
final class RefusalScenario implements Scenario {
    private static final int MESSAGE_ILLEGAL = 13;
    private static final int REQUEST_NOT_SUPPORTED = 3;
    private static final int END_TRANSACTION = 37;
    private static final List<String> CHECKS = List.of("TIMER_DELAY_SEC", "TIMER_DELAY_MS",
        "TIMER_DELIVER_MS", "transaction", "request 37");

    private Context context;
    private Report report;
    private DefaultMQProducer producer;
    private String topic;

    @Override
    public String name() {
        return "refusal";
    }

    @Override
    public void run(Context given) throws Exception {
        context = given;
        report = given.report;
        if (!given.target.equals("mq")) {
            CHECKS.forEach(check -> report.skip(check, "a real RocketMQ has it"));
            return;
        }
        producer = context.producer("refusal-producer");
        topic = context.createTopic(producer, "refusal", 1);
        producer.send(Sender.message(topic, "TagA", "plain"));
        Reader reader = new Reader(context.pullConsumer("refusal-reader"));
        refused("TIMER_DELAY_SEC", "timer", () -> producer.send(timed("TIMER_DELAY_SEC", 60)));
        refused("TIMER_DELAY_MS", "timer", () -> producer.send(timed("TIMER_DELAY_MS", 60_000)));
        refused("TIMER_DELIVER_MS", "timer",
            () -> producer.send(timed("TIMER_DELIVER_MS", System.currentTimeMillis() + 60_000)));
        sendInTransaction();
        refusedRequests();

        List<String> keys = reader.readAll(topic, 1).values().iterator().next().stream()
            .map(MessageExt::getKeys).toList();
        report.equal("nothing of what was refused is stored", List.of("plain"), keys);
    }

    private Message timed(String property, long value) {
        Message message = Sender.message(topic, "TagA", property);
        MessageAccessor.putProperty(message, property, String.valueOf(value));
        return message;
    }

    private void sendInTransaction() throws Exception {
        TransactionMQProducer transactional = new TransactionMQProducer(context.name("refusal-transaction"));
        transactional.setNamesrvAddr(producer.getNamesrvAddr());
        transactional.setTransactionListener(new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object argument) {
                report.check("no local transaction runs for a refused message", false, message);
                return LocalTransactionState.COMMIT_MESSAGE;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                return LocalTransactionState.UNKNOW;
            }
        });
        transactional.start();
        try {
            refused("transaction", "transaction",
                () -> transactional.sendMessageInTransaction(Sender.message(topic, "TagA", "half"), null));
        } finally {
            transactional.shutdown();
        }
    }

    private void refusedRequests() throws Exception {
        Wire wire = new Wire(producer, context.brokerAddress(producer, topic));
        RemotingCommand end = wire.ask(END_TRANSACTION, null, "topic", topic, "producerGroup", "p",
            "tranStateTableOffset", 0, "commitLogOffset", 0, "commitOrRollback", 8, "fromTransactionCheck", false,
            "msgId", "0", "transactionId", "0");
        named("request 37", end, END_TRANSACTION);
    }

    private void named(String what, RemotingCommand answer, int code) {
        report.check(what, answer.getCode() == REQUEST_NOT_SUPPORTED && answer.getRemark() != null
            && answer.getRemark().contains(String.valueOf(code)), answer);
    }

    private void refused(String what, String word, Action action) {
        try {
            action.run();
            report.check(what, false, "was accepted");
        } catch (Exception thrown) {
            Throwable cause = thrown instanceof MQBrokerException || thrown.getCause() == null ? thrown : thrown.getCause();
            boolean isClear = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains(word);
            report.check(what, Integer.valueOf(MESSAGE_ILLEGAL).equals(Shapes.code(cause)) && isClear, cause);
        }
    }

    private interface Action {
        void run() throws Exception;
    }
}
