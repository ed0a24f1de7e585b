/*
 * Counts answers and their latencies inside one window. Each thread adds to its own cell of a striped counter, so
 * that counting does not become what is measured.
 */
package bench;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

final class Tally {
    /** 32 steps for each power of two: a step is at most 3.2 % wide. */
    private static final int STEPS = 32;
    private static final int BUCKETS = 64 * STEPS;

    private final LongAdder messages = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicLongArray histogram = new AtomicLongArray(BUCKETS);
    private volatile boolean isOpen;
    private volatile String firstFailure = "";
    private long openedNs;
    private long closedNs;
    private long messagesAtOpen;
    private long messagesInWindow;
    private long failuresAtOpen;
    private long failuresInWindow;

    void open() {
        openedNs = System.nanoTime();
        messagesAtOpen = messages.sum();
        failuresAtOpen = failures.sum();
        isOpen = true;
    }

    void close() {
        isOpen = false;
        messagesInWindow = messages.sum() - messagesAtOpen;
        failuresInWindow = failures.sum() - failuresAtOpen;
        closedNs = System.nanoTime();
    }

    void answered(int count, long startNs, boolean isStored) {
        if (!isStored) {
            // FLUSH_DISK_TIMEOUT and its like: the broker answered, but did not keep its durability class.
            failures.add(1);
            firstFailure = "not stored as promised";
            return;
        }
        messages.add(count);
        if (isOpen) {
            histogram.incrementAndGet(bucket(System.nanoTime() - startNs));
        }
    }

    void failed(Throwable failure) {
        failures.add(1);
        if (firstFailure.isEmpty()) {
            firstFailure = String.valueOf(failure.getMessage()).replaceAll("[^\\p{Alnum} .:,()_-]", " ").trim();
        }
    }

    String report(String mode) {
        double seconds = (closedNs - openedNs) / 1e9;
        String failure = firstFailure.substring(0, Math.min(200, firstFailure.length()));
        return String.format(
            Locale.ROOT,
            "{\"client\":\"java\",\"mode\":\"%s\",\"messages\":%d,\"failures\":%d,\"failuresEver\":%d,\"firstFailure\":\"%s\","
                + "\"seconds\":%.3f,\"perSecond\":%.0f,\"p50Us\":%.0f,\"p99Us\":%.0f,\"p999Us\":%.0f,\"maxUs\":%.0f}",
            mode, messagesInWindow, failuresInWindow, failures.sum(), failure, seconds, messagesInWindow / seconds,
            quantileUs(0.5), quantileUs(0.99), quantileUs(0.999), quantileUs(1));
    }

    private static int bucket(long latencyNs) {
        long value = Math.max(latencyNs, 1);
        int power = 63 - Long.numberOfLeadingZeros(value);
        int step = power < 5 ? 0 : (int) ((value >>> (power - 5)) & (STEPS - 1));
        return power * STEPS + step;
    }

    private static double bucketEndNs(int bucket) {
        int power = bucket / STEPS;
        int step = bucket % STEPS;
        return Math.pow(2, power) * (1 + (step + 1) / (double) STEPS);
    }

    private double quantileUs(double share) {
        long total = 0;
        for (int index = 0; index < BUCKETS; index++) {
            total += histogram.get(index);
        }
        long wanted = (long) Math.ceil(total * share);
        long seen = 0;
        for (int index = 0; index < BUCKETS; index++) {
            seen += histogram.get(index);
            if (seen > 0 && seen >= wanted) {
                return bucketEndNs(index) / 1000;
            }
        }
        return 0;
    }
}
