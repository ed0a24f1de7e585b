// What a scenario says to the harness: one JSON line on standard output for each check and each observation.
package interop;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

final class Report {
    private static final int DETAIL_LENGTH_MAX = 2_000;

    private final PrintStream out;
    private final String scenario;

    Report(PrintStream out, String scenario) {
        this.out = out;
        this.scenario = scenario;
    }

    /** Says whether what must hold does hold; the detail is what was seen. */
    void check(String what, boolean isOk, Object detail) {
        String text = String.valueOf(detail);
        print("check", what, "ok", isOk, "detail",
            text.length() > DETAIL_LENGTH_MAX ? text.substring(0, DETAIL_LENGTH_MAX) : text);
    }

    void equal(String what, Object expected, Object actual) {
        check(what, expected.equals(actual), "expected " + expected + ", saw " + actual);
    }

    /** Says that a check was left out because the peer has what is checked to be refused. */
    void skip(String what, String reason) {
        print("skip", what, "detail", reason);
    }

    /** Says what a server answered, to be compared between servers. */
    void observe(String what, Object value) {
        print("observation", what, "value", value);
    }

    /** Says how far the scenario has come, for whoever waits and for the time it took. */
    void event(String what, Object detail) {
        print("event", what, "detail", String.valueOf(detail));
    }

    void failure(String what, Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        check(what, false, text);
    }

    private void print(Object... pairs) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("scenario", scenario);
        for (int at = 0; at < pairs.length; at += 2) {
            line.put(String.valueOf(pairs[at]), pairs[at + 1]);
        }
        synchronized (out) {
            out.println(Json.write(line));
            out.flush();
        }
    }
}
