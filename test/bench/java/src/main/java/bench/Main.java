/*
 * What the harness starts: sends, a producer with a consumer behind it, or a consumer that drains a topic, by --mode.
 */
package bench;

import java.util.HashMap;
import java.util.Map;

public final class Main {
    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int at = 0; at + 1 < arguments.length; at += 2) {
            options.put(arguments[at].replaceFirst("^--", ""), arguments[at + 1]);
        }
        switch (options.get("mode")) {
            case "drain" -> new DrainLoad(options).run();
            case "tail" -> new TailLoad(options).run();
            default -> new SendLoad(options).run();
        }
        // The client's own threads are daemons in part only; the figure is printed, so nothing is left to wait for.
        System.exit(0);
    }
}
