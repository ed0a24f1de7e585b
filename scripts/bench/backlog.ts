/**
 * A topic full of messages that nobody has in memory: written by `mq bench produce`, then taken out of the page cache.
 * What a broker keeps mapped (RocketMQ its newest segments) the kernel leaves where it is.
 */
import { writeFileSync } from "node:fs";
import type { Child, Children } from "./children.ts";
import type { RunningContender } from "./contender.ts";
import { createTopic } from "./wire-probe.ts";

export const backlogTopic = "bench-backlog";
/** About 1 GiB of records. */
const messageCount = 800_000;
const bodyBytes = 1_024;
export const backlogBytes = messageCount * bodyBytes;
const dropCachesPath = "/proc/sys/vm/drop_caches";
/** Clean pages, and nothing of the kernel's own. */
const dropPages = "1";

export class Backlog {
  readonly #children: Children;
  readonly #executable: string;
  readonly #running: RunningContender;
  readonly #note: (text: string) => void;
  #isWritten = false;

  constructor(parts: {
    readonly children: Children;
    readonly executable: string;
    readonly running: RunningContender;
    readonly note: (text: string) => void;
  }) {
    this.#children = parts.children;
    this.#executable = parts.executable;
    this.#running = parts.running;
    this.#note = parts.note;
  }

  /** Writes it the first time, and makes it cold. */
  async prepare(): Promise<void> {
    if (!this.#isWritten) {
      await createTopic(this.#running.brokerPort, backlogTopic);
      const words = ["--window", "256", "--size", String(bodyBytes), "--duration", "600s"];
      await this.#finished(
        this.#start(["produce", ...words, "--count", String(messageCount), "-o", "json"]),
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

  /** Somebody who reads it from its start to its end, until the returned function ends that. */
  startReader(): () => Promise<void> {
    const reader = this.#start(["consume", "-o", "json"]);
    return () => reader.stop();
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
