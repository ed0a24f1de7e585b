/**
 * Every process that the benchmark starts, so that none outlives it: orderly on a normal end, by SIGKILL
 * when the benchmark is interrupted or fails.
 */
import type { Subprocess } from "bun";
import { readProcessUsage } from "./process-usage.ts";

const stopTimeoutMs = 20_000;

export interface StartOptions {
  /** Called for each whole line of standard output, or of standard error. */
  readonly onOutputLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Child {
  readonly pid: number;
  /** Resolves with the exit code once the process is gone and its last line was handed over. */
  readonly finished: Promise<number>;
  isAlive(): boolean;
  /** Processor time of the process until now, or until its end. */
  cpuSeconds(): number;
  /** SIGTERM, and SIGKILL for what is still there after twenty seconds. */
  stop(): Promise<void>;
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      onLine(line);
    }
  }
  if (rest !== "") {
    onLine(rest);
  }
}

export class Children {
  readonly #running = new Set<Subprocess>();

  start(command: readonly string[], options: StartOptions = {}): Child {
    const child = Bun.spawn([...command], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
    });
    this.#running.add(child);
    // Both streams are always read: a process that fills a pipe nobody reads would stand still.
    const read = Promise.all([
      readLines(child.stdout, options.onOutputLine ?? (() => {})),
      readLines(child.stderr, options.onErrorLine ?? (() => {})),
    ]);
    const finished = child.exited.then(async (code) => {
      this.#running.delete(child);
      await read;
      return code;
    });
    const isAlive = () => child.exitCode === null && child.signalCode === null;
    return {
      pid: child.pid,
      finished,
      isAlive,
      cpuSeconds: () =>
        isAlive()
          ? readProcessUsage([child.pid]).cpuSeconds
          : Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6,
      stop: async () => {
        child.kill("SIGTERM");
        const late = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
        await finished;
        clearTimeout(late);
      },
    };
  }

  /** For the end that was not planned: nothing is waited for. */
  killAll(): void {
    for (const child of this.#running) {
      child.kill("SIGKILL");
    }
  }
}
