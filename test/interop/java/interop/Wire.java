// Requests as the official client's own network layer sends them, with the fields that a scenario writes:
// for what the client's public methods would not send, or would not show.
package interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.remoting.RemotingClient;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;

final class Wire {
    private static final int TIMEOUT_MS = 30_000;
    /** Fields whose values two servers in the same state must agree on. */
    private static final List<String> COMPARED = List.of("offset", "nextBeginOffset", "minOffset", "maxOffset",
        "queueId", "queueOffset", "suggestWhichBrokerId", "MSG_REGION", "TRACE_ON");

    private final RemotingClient client;
    private final String address;

    Wire(DefaultMQProducer producer, String address) {
        this.client = producer.getDefaultMQProducerImpl().getMqClientFactory().getMQClientAPIImpl().getRemotingClient();
        this.address = address;
    }

    RemotingCommand ask(int code, byte[] body, Object... fields) throws Exception {
        RemotingCommand request = RemotingCommand.createRequestCommand(code, null);
        HashMap<String, String> map = new HashMap<>();
        for (int at = 0; at < fields.length; at += 2) {
            if (fields[at + 1] != null) {
                map.put(String.valueOf(fields[at]), String.valueOf(fields[at + 1]));
            }
        }
        request.setExtFields(map);
        request.setBody(body);
        return client.invokeSync(address, request, TIMEOUT_MS);
    }

    /** The answer as far as it is compared: code, names of all fields, some values, and whether there are a body and a remark. */
    static Map<String, Object> shape(RemotingCommand answer) {
        Map<String, String> fields = new TreeMap<>();
        if (answer.getExtFields() != null) {
            fields.putAll(answer.getExtFields());
        }
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("code", answer.getCode());
        shape.put("fields", new ArrayList<>(fields.keySet()));
        fields.keySet().retainAll(COMPARED);
        shape.put("values", fields);
        shape.put("hasBody", answer.getBody() != null && answer.getBody().length > 0);
        return shape;
    }

    Object observe(int code, byte[] body, Object... fields) {
        return Shapes.of(() -> shape(ask(code, body, fields)));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
