// The official Java client under test: runs every scenario side by side in this one JVM and reports what held.
//
// Arguments: the nameserver's address, the target ("mq" or "rocketmq"), a prefix for topic and group names, and
// the names of scenarios to run (all when none is given). Lines on standard output are JSON, see Report.
package interop;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public final class Main {
    private static final int SIDE_BY_SIDE = 4;

    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        // The client's own log lines must not mingle with the report.
        System.setOut(System.err);
        String nameserver = arguments[0];
        String target = arguments[1];
        String prefix = arguments[2];
        Set<String> only = Set.of(Arrays.copyOfRange(arguments, 3, arguments.length));
        Control control = new Control();
        control.listen();
        List<Scenario> together = new ArrayList<>(List.of(new RebalanceScenario(), new SendScenario(),
            new PushScenario(), new OrderlyScenario(), new PullScenario(), new LitePullScenario(),
            new ObserveScenario(), new QueryScenario(), new RefusalScenario()));
        if (only.contains("mixed")) {
            together.add(new MixedScenario());
        }
        together.removeIf(scenario -> !only.isEmpty() && !only.contains(scenario.name()));
        // No broker may be killed under the others: this one says when it is ready, and it comes last.
        Scenario last = new RestartScenario();
        CountDownLatch done = new CountDownLatch(together.size());
        ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        for (Scenario scenario : together) {
            threads.execute(() -> {
                run(scenario, out, control, target, nameserver, prefix);
                done.countDown();
            });
        }
        done.await();
        if (only.isEmpty() || only.contains(last.name())) {
            run(last, out, control, target, nameserver, prefix);
        }
        new Report(out, "all").event("done", together.size());
        System.exit(0);
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
