/**
 * A line of standard error that shows how far long work is. It is drawn whenever the work says so, and by no timer: work that
 * holds the process for seconds shows it as well. (The prompts' own bar draws from a timer, takes the keyboard, and ends the
 * process at Ctrl-C, which a shell must survive.)
 */
import type { ProgressBar, ProgressOptions } from "../terminal.ts";

const drawEveryMs = 100;
const barCharacters = 24;
/** Before that nobody can say how long the rest takes. */
const remainingAfterMs = 1_000;

export interface ProgressScreen {
  /** To standard error. */
  readonly print: (text: string) => void;
  readonly columns: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

export class ProgressLine implements ProgressBar {
  readonly #options: ProgressOptions;
  readonly #screen: ProgressScreen;
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #done = 0;
  #text = "";
  #isOnScreen = false;
  #isStopped = false;

  constructor(options: ProgressOptions, screen: ProgressScreen) {
    this.#options = options;
    this.#screen = screen;
    this.#startedMs = screen.nowMs();
  }

  advance(by: number, text = this.#text): void {
    this.#done += by;
    this.#text = text;
    const nowMs = this.#screen.nowMs();
    if (!this.#isStopped && nowMs - this.#drawnMs >= drawEveryMs) {
      this.#drawnMs = nowMs;
      // The last column stays free: some terminals go to the next line behind it.
      const line = this.#line(nowMs).slice(0, Math.max(1, this.#screen.columns() - 1));
      this.#screen.print(`\r${line}\u001b[K`);
      this.#isOnScreen = true;
    }
  }

  stop(text?: string): void {
    if (!this.#isStopped) {
      this.#isStopped = true;
      this.hide();
      if (text !== undefined) {
        this.#screen.print(`${text}\n`);
      }
    }
  }

  /** Makes room for something else; the next advance draws it anew. */
  hide(): void {
    if (this.#isOnScreen) {
      this.#isOnScreen = false;
      this.#drawnMs = Number.NEGATIVE_INFINITY;
      this.#screen.print("\r\u001b[K");
    }
  }

  #line(nowMs: number): string {
    const { label, max } = this.#options;
    const share = max > 0 ? Math.min(1, this.#done / max) : 0;
    const filled = Math.floor(share * barCharacters);
    const bar = `[${"#".repeat(filled)}${".".repeat(barCharacters - filled)}]`;
    const parts = [label, bar, `${Math.floor(share * 100)} %`];
    if (this.#text !== "") {
      parts.push(this.#text);
    }
    const elapsedMs = nowMs - this.#startedMs;
    if (elapsedMs >= remainingAfterMs && share > 0 && share < 1) {
      parts.push(`${remaining((elapsedMs * (1 - share)) / share)} left`);
    }
    return parts.join("  ");
  }
}

function remaining(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes}:${String(seconds % 60).padStart(2, "0")} min`;
}
