/**
 * Times a piece of work in this process. As a test the work runs a few times and proves that it still does what
 * the benchmark thinks; `BENCH_SCALE=1000 bun test test/bench` repeats it often enough for figures.
 */

const scale = Number(process.env["BENCH_SCALE"] ?? "1");

/** For `test`: the usual five seconds at smoke size, and in proportion otherwise. */
export const timeoutMs = 5000 * scale;

/** How often the work is repeated at this scale. */
export function repeats(smokeCount: number): number {
  return smokeCount * scale;
}

function report(name: string, count: number, elapsedMs: number): void {
  if (scale > 1) {
    const each = ((elapsedMs * 1e6) / count).toFixed(0);
    const perSecond = ((count / elapsedMs) * 1000).toFixed(0);
    process.stderr.write(`${name}: ${each} ns each, ${perSecond}/s\n`);
  }
}

/** Runs the work `count` times and reports the time of one. */
export function time(name: string, count: number, work: (index: number) => void): void {
  const startedMs = performance.now();
  for (let index = 0; index < count; index++) {
    work(index);
  }
  report(name, count, performance.now() - startedMs);
}

/** As `time`, for work that waits; `count` is what the whole of it did. */
export async function timeAll(
  name: string,
  count: number,
  work: () => Promise<void>,
): Promise<void> {
  const startedMs = performance.now();
  await work();
  report(name, count, performance.now() - startedMs);
}
