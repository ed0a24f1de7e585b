// Waits for conditions, never for time.
package interop;

import java.util.concurrent.Callable;

final class Await {
    /** Long enough for a machine on which a dozen JVMs share two cores. */
    static final long PATIENCE_MS = 90_000;
    private static final long POLL_MS = 20;

    private Await() {
    }

    /** True once the condition holds; false when it did not in time. */
    static boolean holds(Callable<Boolean> condition) throws Exception {
        return holds(PATIENCE_MS, condition);
    }

    static boolean holds(long timeoutMs, Callable<Boolean> condition) throws Exception {
        long giveUpAt = System.nanoTime() + timeoutMs * 1_000_000;
        while (!condition.call()) {
            if (System.nanoTime() > giveUpAt) {
                return false;
            }
            Thread.sleep(POLL_MS);
        }
        return true;
    }

    /** For what a scenario cannot go on without. */
    static void must(String what, Callable<Boolean> condition) throws Exception {
        if (!holds(condition)) {
            throw new IllegalStateException("did not happen in time: " + what);
        }
    }
}
