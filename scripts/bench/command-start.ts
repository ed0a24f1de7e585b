/** How long each command takes from exec to the end of its help, beside the 60 ms that are asked of the first output. */
import { commands } from "../../cli/commands/index.ts";
import { median } from "./loopback.ts";

const askedMs = 60;
const runs = 5;

/** Starts every command five times; three lines. Takes about 20 seconds. */
export function commandStarts(executable: string): string {
  const starts = commands
    .filter(({ isHidden }) => isHidden !== true)
    .map(({ path }) => ({ name: path.join(" "), ms: startOf([executable, ...path, "--help"]) }))
    .toSorted((left, right) => right.ms - left.ms);
  const all = median(starts.map(({ ms }) => ms));
  const [slowest] = starts;
  const late = starts.filter(({ ms }) => ms > askedMs);
  return [
    `start of a command, exec to the end of its help, medians of ${runs}: ${all.toFixed(1)} ms for half of ${starts.length} commands`,
    `  slowest: mq ${slowest?.name}, ${slowest?.ms.toFixed(1)} ms`,
    `  above ${askedMs} ms: ${late.length === 0 ? "none, met" : late.map(({ name }) => name).join(", ")}`,
  ].join("\n");
}

function startOf(command: readonly string[]): number {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const startedMs = performance.now();
    Bun.spawnSync([...command], { stdout: "pipe", stderr: "ignore" });
    times.push(performance.now() - startedMs);
  }
  return median(times);
}
