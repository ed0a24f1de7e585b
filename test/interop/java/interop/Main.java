// The official Java client under test: runs every scenario side by side in this one JVM and reports what held.
//
// Arguments: the nameserver's address, the target ("mq" or "rocketmq"), a prefix for topic and group names, and
// the names of scenarios to run. Lines on standard output are JSON, see Report.
package interop;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public final class Main {
    private static final int SIDE_BY_SIDE = 6;
    /** No broker may be killed under the others: this one says when it is ready, and it comes last. */
    private static final String LAST = "restart";
    /** By name, the longest first; not every version of the client has all of their classes. */
    private static final Map<String, String> SCENARIOS = new LinkedHashMap<>();

    static {
        SCENARIOS.put("reset", "ResetScenario");
        SCENARIOS.put("retry", "RetryScenario");
        SCENARIOS.put("rebalance", "RebalanceScenario");
        SCENARIOS.put("killed", "KilledScenario");
        SCENARIOS.put("where", "WhereScenario");
        SCENARIOS.put("send", "SendScenario");
        SCENARIOS.put("delay", "DelayScenario");
        SCENARIOS.put("pause", "PauseScenario");
        SCENARIOS.put("push", "PushScenario");
        SCENARIOS.put("orderly", "OrderlyScenario");
        SCENARIOS.put("pull", "PullScenario");
        SCENARIOS.put("litepull", "LitePullScenario");
        SCENARIOS.put("broadcast", "BroadcastScenario");
        SCENARIOS.put("batch", "BatchScenario");
        SCENARIOS.put("observe", "ObserveScenario");
        SCENARIOS.put("mixed", "MixedScenario");
        SCENARIOS.put("query", "QueryScenario");
        SCENARIOS.put("refusal", "RefusalScenario");
    }

    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        // The client's own log lines must not mingle with the report.
        System.setOut(System.err);
        String nameserver = arguments[0];
        String target = arguments[1];
        String prefix = arguments[2];
        Set<String> chosen = new HashSet<>(List.of(arguments).subList(3, arguments.length));
        Control control = new Control();
        control.listen();
        List<Scenario> together = new ArrayList<>();
        for (Map.Entry<String, String> scenario : SCENARIOS.entrySet()) {
            if (chosen.remove(scenario.getKey())) {
                together.add(make(scenario.getValue()));
            }
        }
        boolean isLastChosen = chosen.remove(LAST);
        if (!chosen.isEmpty()) {
            throw new IllegalArgumentException("no such scenarios: " + chosen);
        }
        CountDownLatch done = new CountDownLatch(together.size());
        ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        for (Scenario scenario : together) {
            threads.execute(() -> {
                run(scenario, out, control, target, nameserver, prefix);
                done.countDown();
            });
        }
        done.await();
        if (isLastChosen) {
            run(make("RestartScenario"), out, control, target, nameserver, prefix);
        }
        new Report(out, "all").event("done", together.size());
        System.exit(0);
    }

    private static Scenario make(String className) throws ReflectiveOperationException {
        return (Scenario) Class.forName("interop." + className).getDeclaredConstructor().newInstance();
    }

    private static void run(Scenario scenario, PrintStream out, Control control, String target, String nameserver,
        String prefix) {
        Report report = new Report(out, scenario.name());
        long startedAt = System.nanoTime();
        try (Context context = new Context(report, control, target, nameserver, prefix)) {
            scenario.run(context);
        } catch (Throwable thrown) {
            report.failure("runs to its end", thrown);
        }
        report.event("finished", (System.nanoTime() - startedAt) / 1_000_000 + " ms");
    }
}
