// Words from the harness on standard input, one a line.
package interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashSet;
import java.util.Set;

final class Control {
    private final Set<String> heard = new HashSet<>();

    /** Listens until the input ends; the harness is gone then, and so is the reason to run. */
    void listen() {
        Thread listener = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    hear(line.trim());
                }
            } catch (IOException broken) {
                System.err.println("control: " + broken);
            }
            Runtime.getRuntime().halt(3);
        }, "control");
        listener.setDaemon(true);
        listener.start();
    }

    private synchronized void hear(String word) {
        heard.add(word);
    }

    synchronized boolean hasHeard(String word) {
        return heard.contains(word);
    }
}
