/**
 * A topic full of messages that nobody has in memory: written by `mq bench produce`, then taken out of the page cache.
 * What a broker keeps mapped (RocketMQ its newest segments) the kernel leaves where it is.
 */
import { writeFileSync } from "node:fs";
import type { Child, Children } from "./children.ts";
import type { RunningContender } from "./contender.ts";
import { createTopic } from "./wire-probe.ts";

export const backlogTopic = "bench-backlog";
export const backlogBodyBytes = 1_024;
const dropCachesPath = "/proc/sys/vm/drop_caches";
/** Clean pages, and nothing of the kernel's own. */
const dropPages = "1";

export class Backlog {
  readonly #children: Children;
  readonly #executable: string;
  readonly #running: RunningContender;
  readonly #note: (text: string) => void;
  /** Messages that it holds, or a few more. */
  readonly count: number;
  #isWritten = false;

  constructor(parts: {
    readonly children: Children;
    readonly executable: string;
    readonly running: RunningContender;
    readonly note: (text: string) => void;
    readonly count: number;
  }) {
    this.#children = parts.children;
    this.#executable = parts.executable;
    this.#running = parts.running;
    this.#note = parts.note;
    this.count = parts.count;
  }

  /** Writes it the first time, and makes it cold. */
  async prepare(): Promise<void> {
    if (!this.#isWritten) {
      await createTopic(this.#running.brokerPort, backlogTopic);
      const size = ["--batch", "32", "--size", String(backlogBodyBytes)];
      const words = ["--senders", "8", ...size, "--duration", "600s"];
      await this.#finished(
        this.#start(["produce", ...words, "--count", String(this.count), "-o", "json"]),
      );
      this.#isWritten = true;
    }
    Bun.spawnSync(["sync"], { stdin: "ignore" });
    try {
      writeFileSync(dropCachesPath, dropPages);
    } catch (error) {
      this.#note(`THE BACKLOG IS NOT COLD: ${dropCachesPath}: ${String(error)}`);
    }
  }

  /**
   * Somebody who reads it from its start to its end, and again while it is not cold any more, until the returned
   * function ends that. That function rejects when the reader failed.
   */
  startReader(): () => Promise<void> {
    let isOver = false;
    let reader: Child | undefined;
    const readOn = async (): Promise<void> => {
      while (!isOver) {
        reader = this.#start(["consume", "-o", "json"]);
        const code = await reader.finished;
        if (code !== 0 && !isOver) {
          throw new Error(`reading the backlog ended with ${code}`);
        }
      }
    };
    const reading = readOn();
    // Whoever stops the reader is told; until then a failure must not end the harness.
    reading.catch(() => undefined);
    return async () => {
      isOver = true;
      await reader?.stop();
      await reading;
    };
  }

  #start(words: readonly string[]): Child {
    return this.#children.start([
      ...[this.#executable, "bench", ...words],
      ...["--nameserver", this.#running.nameserver, "--topic", backlogTopic],
    ]);
  }

  async #finished(child: Child): Promise<void> {
    const code = await child.finished;
    if (code !== 0) {
      throw new Error(`writing the backlog ended with ${code}`);
    }
  }
}
