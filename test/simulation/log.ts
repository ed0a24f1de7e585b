/** Captured logs: the last lines of every simulated process, printed when a run fails. */
import type { Log, LogFields } from "../../src/io/log.ts";
import type { Kernel, Life } from "./kernel.ts";

const linesMax = 400;

export class LogCapture {
  readonly #kernel: Kernel;
  readonly #lines: string[] = [];
  /** Requests that a handler failed by a bug of its own, as dispatch reports them: a run fails for them. */
  readonly handlerFailures: string[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** What was said last, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The log of one incarnation; silent once its life has ended. */
  logOf(life: Life, area = ""): Log {
    const say = (level: string, message: string, fields: LogFields | undefined): void => {
      if (life.isAlive) {
        if (level === "error" && message === "a request failed") {
          this.handlerFailures.push(`${life.node}${formatFields(fields)}`);
        }
        this.add(`${life.node} ${level} ${area} ${message}${formatFields(fields)}`);
      }
    };
    return {
      debug: () => undefined,
      info: (message, fields) => say("info", message, fields),
      warn: (message, fields) => say("warn", message, fields),
      error: (message, fields) => say("error", message, fields),
      area: (name) => this.logOf(life, name),
    };
  }

  add(line: string): void {
    this.#lines.push(`${this.#kernel.elapsedMs.toFixed(3)} ${line}`);
    if (this.#lines.length > linesMax) {
      this.#lines.splice(0, linesMax / 2);
    }
  }
}

function formatFields(fields: LogFields | undefined): string {
  return Object.entries(fields ?? {})
    .map(([name, value]) => ` ${name}=${String(value)}`)
    .join("");
}
