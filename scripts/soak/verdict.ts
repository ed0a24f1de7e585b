/** What the samples of a soak say: whether memory, file handles and latencies stay where they are. */

export interface Sample {
  readonly atMs: number;
  readonly anonymousBytes: number;
  readonly handleCount: number;
  readonly p99Ms: number;
}

export interface Verdict {
  readonly name: string;
  readonly text: string;
  readonly isKept: boolean;
}

const slopeMiBMax = 0.5;
/** Handles that come and go with connections and queue files. */
const handleDriftMax = 32;
/** The last third may be so much slower than the first: a machine is never quite still. */
const p99GrowthMax = 1.5;
const p99SlackMs = 1;
const mebi = 1024 * 1024;
const minuteMs = 60_000;

/** Judges the samples behind the warm-up; needs at least six of them. */
export function judgeSoak(samples: readonly Sample[], warmUpMs: number): readonly Verdict[] {
  const steady = samples.filter(({ atMs }) => atMs >= warmUpMs);
  if (steady.length < 6) {
    return [{ name: "samples", text: `${steady.length} behind the warm-up`, isKept: false }];
  }
  const slope = slopeOf(
    steady.map(({ atMs, anonymousBytes }) => [atMs / minuteMs, anonymousBytes / mebi]),
  );
  const third = Math.floor(steady.length / 3);
  const first = steady.slice(0, third);
  const last = steady.slice(-third);
  const handleDrift = mean(last, "handleCount") - mean(first, "handleCount");
  const p99First = median(first.map(({ p99Ms }) => p99Ms));
  const p99Last = median(last.map(({ p99Ms }) => p99Ms));
  return [
    {
      name: "memory",
      text: `${slope.toFixed(2)} MiB a minute (at most ${slopeMiBMax})`,
      isKept: slope <= slopeMiBMax,
    },
    {
      name: "file handles",
      text: `${handleDrift.toFixed(1)} more in the last third than in the first (at most ${handleDriftMax})`,
      isKept: handleDrift <= handleDriftMax,
    },
    {
      name: "p99",
      text: `${p99First.toFixed(2)} ms in the first third, ${p99Last.toFixed(2)} ms in the last`,
      isKept: p99Last <= p99First * p99GrowthMax + p99SlackMs,
    },
  ];
}

function mean(samples: readonly Sample[], name: "handleCount"): number {
  return samples.reduce((sum, sample) => sum + sample[name], 0) / samples.length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
