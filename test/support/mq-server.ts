/** A server started as a user starts it, from source: what it says, where it listens, how it ends. */
import { mqWords } from "./mq-command.ts";

const readyWithinMs = 20_000;

export class MqServer {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  #said = "";
  #printed = "";
  #wake: () => void = () => undefined;
  readonly #drained: Promise<unknown>;

  private constructor(child: Bun.Subprocess<"ignore", "pipe", "pipe">) {
    this.#child = child;
    this.#drained = Promise.all([
      this.#read(child.stderr, (text) => {
        this.#said += text;
      }),
      this.#read(child.stdout, (text) => {
        this.#printed += text;
      }),
    ]);
  }

  /** Starts it; resolves when it said the words. Throws with what it said instead. */
  static async start(
    words: readonly string[],
    environment: Readonly<Record<string, string>>,
    readyWords = "ready in",
  ): Promise<MqServer> {
    const server = new MqServer(
      Bun.spawn([...mqWords, ...words], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment },
      }),
    );
    await server.#until(readyWords);
    return server;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Standard error so far. */
  get said(): string {
    return this.#said;
  }

  /** Standard output so far. */
  get printed(): string {
    return this.#printed;
  }

  /** The address behind a word of the announcement: `nameserver 127.0.0.1:41876`. */
  address(word: string): string {
    const found = new RegExp(`${word} (?:\\S+ )?(127\\.0\\.0\\.1:\\d+)`).exec(this.#said)?.[1];
    if (found === undefined) {
      throw new Error(`it names no ${word}:\n${this.#said}`);
    }
    return found;
  }

  /** Sends the signal and waits; the exit code. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    this.#child.kill(signal);
    return await this.ended();
  }

  async ended(): Promise<number> {
    await this.#child.exited;
    await this.#drained;
    return this.#child.exitCode ?? -1;
  }

  async #until(words: string): Promise<void> {
    const endMs = performance.now() + readyWithinMs;
    while (!`${this.#said}${this.#printed}`.includes(words)) {
      if (this.#child.exitCode !== null || performance.now() > endMs) {
        this.#child.kill("SIGKILL");
        throw new Error(`it never said '${words}':\n${this.#said}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async #read(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      add(decoder.decode(chunk, { stream: true }));
      this.#wake();
    }
    this.#wake();
  }
}
