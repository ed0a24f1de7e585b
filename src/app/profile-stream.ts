/**
 * A profile on its way to whoever asked for it: line ends while it is taken, which JSON allows before a value and which keep the
 * connection, then its text in pieces.
 */
import type { Clock, Timer } from "../io/clock.ts";
import type { HttpStream } from "../io/http.ts";
import type { Profiler } from "../io/profiler.ts";

const signEveryMs = 1_000;
const pieceCharacters = 1 << 18;

export class CpuProfileStream implements HttpStream {
  readonly #profiler: Profiler;
  readonly #clock: Clock;
  readonly #endMs: number;
  readonly #onEnd: () => void;
  #text: TextPieces | undefined;
  #timer: Timer | undefined;
  #wake: () => void = () => undefined;
  #isStopped = false;

  /** Of a profiler that has started; `onEnd` is called once, when it has stopped. */
  constructor(
    profiler: Profiler,
    { clock, durationMs, onEnd }: { clock: Clock; durationMs: number; onEnd: () => void },
  ) {
    this.#profiler = profiler;
    this.#clock = clock;
    this.#endMs = clock.elapsedMs() + durationMs;
    this.#onEnd = onEnd;
  }

  async next(): Promise<string | undefined> {
    if (this.#text !== undefined) {
      return await this.#text.next();
    }
    const leftMs = this.#endMs - this.#clock.elapsedMs();
    if (leftMs > 0 && !this.#isStopped) {
      await this.#wait(Math.min(leftMs, signEveryMs));
      return "\n";
    }
    if (this.#isStopped) {
      return undefined;
    }
    this.#text = new TextPieces(await this.#stop());
    return await this.#text.next();
  }

  close(): void {
    this.#wake();
    if (!this.#isStopped) {
      // Nobody reads it; that it could not be stopped would be known from the next one.
      this.#stop().catch(() => undefined);
    }
  }

  async #stop(): Promise<string> {
    this.#isStopped = true;
    try {
      return await this.#profiler.stop();
    } finally {
      this.#onEnd();
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#timer?.cancel();
        resolve();
      };
      this.#timer = this.#clock.after(ms, this.#wake);
    });
  }
}

/** A long text, piece by piece, as its reader takes it. */
export class TextPieces implements HttpStream {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Promise<string | undefined> {
    const piece = this.#text.slice(this.#at, this.#at + pieceCharacters);
    this.#at += piece.length;
    return Promise.resolve(piece === "" ? undefined : piece);
  }

  close(): void {
    this.#at = this.#text.length;
  }
}
