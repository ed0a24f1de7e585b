/* A push consumer whose broker hands out the messages (POP): a line a message, until its input ends. */
import java.util.List;

import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

public class PopConsumer {
    private PopConsumer() {
    }

    public static void main(String[] words) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(words[1]);
        consumer.setNamesrvAddr(words[0]);
        consumer.setClientRebalance(false);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(words[2], "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            print(messages);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        line("started");
        while (System.in.read() >= 0) {
            // Whoever started it says when it ends.
        }
        consumer.shutdown();
        line("done");
        System.exit(0);
    }

    private static void print(List<MessageExt> messages) {
        for (MessageExt message : messages) {
            boolean isPopped = message.getProperty("POP_CK") != null;
            line((isPopped ? "popped " : "pulled ") + new String(message.getBody()));
        }
    }

    private static synchronized void line(String text) {
        System.out.println(text);
        System.out.flush();
    }
}
