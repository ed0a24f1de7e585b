// What can be compared between two servers about an answer or a refusal.
package interop;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;

final class Shapes {
    private Shapes() {
    }

    /** The value, or the kind and code of the exception; never its words, which are each server's own. */
    static Object of(Callable<?> action) {
        try {
            return action.call();
        } catch (Exception thrown) {
            return refusal(thrown);
        }
    }

    static Map<String, Object> refusal(Throwable thrown) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("exception", thrown.getClass().getSimpleName());
        shape.put("code", code(thrown));
        return shape;
    }

    static Integer code(Throwable thrown) {
        if (thrown instanceof MQBrokerException refused) {
            return refused.getResponseCode();
        }
        if (thrown instanceof MQClientException failed) {
            return failed.getResponseCode();
        }
        return null;
    }
}
