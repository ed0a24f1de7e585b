// A consumer in a process of its own, to be killed by KilledScenario: says the key of each message on standard output.
package interop;

import java.io.PrintStream;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.common.message.MessageExt;

public final class Member {
    private Member() {
    }

    /** Arguments: the nameserver's address, the group, the topic. Ends with its input, or when it is killed. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(arguments[1]);
        consumer.setNamesrvAddr(arguments[0]);
        consumer.subscribe(arguments[2], "*");
        consumer.registerMessageListener((List<MessageExt> batch, ConsumeConcurrentlyContext turn) -> {
            batch.forEach(message -> out.println(message.getKeys()));
            out.flush();
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        new Control().listen();
    }
}
