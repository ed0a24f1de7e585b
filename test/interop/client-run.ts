/** One process with a client in it: started, listened to line by line, told words, and ended in time. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ClientProgram } from "./program.ts";
import { parseReportLine, type ReportLine } from "./report-line.ts";
import type { Variant } from "./variant.ts";

export interface ClientRunOptions {
  readonly program: ClientProgram;
  readonly variant: Variant;
  readonly nameserver: string;
  readonly target: "mq" | "rocketmq";
  /** How many times as many messages as in a quick run. */
  readonly scale: number;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly onLine: (line: ReportLine) => void;
}

export interface ClientRun {
  /** Resolves with how the process ended: 0, another code, or the reason why it was ended. */
  readonly finished: Promise<number | "timeout">;
  say(word: string): void;
  /** Ends it now. */
  end(): void;
}

export function runClient(options: ClientRunOptions): ClientRun {
  const { program, variant } = options;
  const home = join(options.folder, variant.prefix);
  mkdirSync(home, { recursive: true });
  const { words, environment } = program.command(home);
  const [executable = "", ...leading] = words;
  const child = spawn(
    executable,
    [...leading, options.nameserver, options.target, variant.prefix, ...variant.scenarios],
    {
      cwd: home,
      stdio: ["pipe", "pipe", "pipe"],
      // Most clients write logs and offsets of broadcast consumers below the home folder.
      env: {
        ...process.env,
        HOME: home,
        INTEROP_SCALE: String(options.scale),
        ...environment,
      },
    },
  );
  child.stderr.pipe(createWriteStream(join(home, "stderr.log")));
  const endNow = () => child.kill("SIGKILL");
  process.once("exit", endNow);
  // The end of the program shows in `finished`; a word said to it then has nobody to hear it.
  child.stdin.on("error", () => {});
  const startedAt = performance.now();
  // All that it said, with the milliseconds at which it was said: where a slow run spent its time.
  const report = createWriteStream(join(home, "report.log"));
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (text) => {
    report.write(`${(performance.now() - startedAt).toFixed(0)} ${text}\n`);
    const line = parseReportLine(text);
    if (line !== undefined) {
      options.onLine(line);
    }
  });
  const finished = new Promise<number | "timeout">((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endNow();
    }, options.timeoutMs);
    child.once("error", (error) =>
      reject(new Error(`${executable} does not run: ${error.message}`)),
    );
    child.once("close", (code) => {
      clearTimeout(timer);
      report.end();
      process.off("exit", endNow);
      resolve(isLate ? "timeout" : (code ?? 1));
    });
  });
  return { finished, say: (word) => child.stdin.write(`${word}\n`), end: endNow };
}
