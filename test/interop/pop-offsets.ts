/**
 * Offsets of a group that pops (RocketMQ 5): the official consumer takes messages that a real broker hands out, and `mq group`
 * moves it, on line and off. What the consumer gets tells where it stands.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildJavaClasses } from "./java-program.ts";
import { ourText } from "./mqadmin/our-tool.ts";
import type { Tally } from "./tally.ts";
import { peerVersion, startPeer, type Target } from "./target.ts";

export interface PopOptions {
  readonly executable: string;
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly tally: Tally;
  readonly note: (text: string) => void;
}

const where = "offsets of a group that pops";
const source = join(import.meta.dir, "java-pop/PopConsumer.java");
const topic = "popped";
const group = "popping";
const queueCount = 2;
const firstBodies = numbered("first", 20);
const laterBodies = numbered("later", 6);
const answerMs = 60_000;
const pollMs = 50;

function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** Runs it all against a RocketMQ of its own. */
export async function runPopOffsets(options: PopOptions): Promise<void> {
  const { note, cacheFolder, runFolder } = options;
  note(`${where}: starting`);
  await buildJavaClasses(peerVersion, cacheFolder);
  const target = await startPeer();
  const startedMs = performance.now();
  const folder = join(runFolder, "pop");
  mkdirSync(folder, { recursive: true });
  const scene = new Scene(options, target, folder);
  try {
    await scene.run();
  } finally {
    await scene.close();
    await target.stop();
    note(`${where} took ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  }
}

type Row = Readonly<Record<string, unknown>>;

class Scene {
  readonly #options: PopOptions;
  readonly #target: Target;
  readonly #folder: string;
  #consumer: PopConsumer | undefined;

  constructor(options: PopOptions, target: Target, folder: string) {
    this.#options = options;
    this.#target = target;
    this.#folder = folder;
  }

  async run(): Promise<void> {
    await this.#mq("topic", "create", topic, "--queues", String(queueCount));
    await this.#mq("group", "create", group);
    const mode = ["setConsumeMode", "-b", this.#target.broker, "-t", topic, "-g", group];
    await this.#mq("mqadmin", ...mode, "-n", this.#target.nameserver, "-m", "POP", "-q", "8");
    await this.#produce(firstBodies);
    const first = this.#start();
    await this.#gets("a consumer that pops gets all", first, firstBodies);
    await this.#isBehind("nothing is left of it", 0);

    await this.#move("--to", "start");
    const again = await this.#wake("again");
    await this.#gets("on line, set to the start, it gets all again", first, [
      ...firstBodies,
      again,
    ]);
    await this.#move("--to", "1", "--queue", "0");
    const ofQueue = (await this.#bodiesOf(0)).slice(1);
    const other = await this.#wake("other");
    await this.#gets("on line, one queue set to an offset, it gets that queue's again", first, [
      ...ofQueue,
      other,
    ]);
    await first.stop();

    await this.#produce(laterBodies);
    await this.#isBehind("off line, it is behind by what came", laterBodies.length);
    const [before = [], after = []] = await this.#movedBy("--to", "end");
    this.#judge("off line, it is set to the end", before, after);
    await this.#isBehind("it is behind by nothing then", 0);
    await this.#mq("group", "undo-reset", group, "--yes");
    await this.#isBehind("undone, it is behind as before", laterBodies.length);
    await this.#mq("group", "reset-offset", group, "--topic", topic, "--to", "end", "--yes");
    const second = this.#start();
    const marker = await this.#wake("marker");
    await this.#gets("on line again, it gets what comes, and nothing that was skipped", second, [
      marker,
    ]);
    await this.#mq("group", "undo-reset", group, "--yes");
    const last = await this.#wake("last");
    await this.#gets("undone on line, it gets what was skipped", second, [
      ...laterBodies,
      marker,
      last,
    ]);
    await second.stop();
  }

  async close(): Promise<void> {
    await this.#consumer?.kill();
  }

  #start(): PopConsumer {
    this.#consumer = new PopConsumer(
      join(this.#options.cacheFolder, `client-${peerVersion}`, "lib"),
      this.#folder,
      [this.#target.nameserver, group, topic],
    );
    return this.#consumer;
  }

  /** A pop that waits for messages learns of a move when it ends: one comes in each queue. */
  async #wake(body: string): Promise<string> {
    await this.#produce(Array.from({ length: queueCount }, () => body));
    return body;
  }

  async #produce(bodies: readonly string[]): Promise<void> {
    for (const [index, body] of bodies.entries()) {
      const queue = String(index % queueCount);
      await this.#mq("topic", "produce", topic, "--value", body, "--queue", queue);
    }
  }

  /** Every body comes, and no other; one that was on its way may come twice. */
  async #gets(what: string, consumer: PopConsumer, bodies: readonly string[]): Promise<void> {
    const lines = await consumer.until((seen) =>
      bodies.every((body) => seen.includes(`popped ${body}`)),
    );
    const others = lines.filter((line) => !bodies.some((body) => line === `popped ${body}`));
    this.#judge(what, others, []);
  }

  async #isBehind(what: string, count: number): Promise<void> {
    const giveUpAt = performance.now() + answerMs;
    for (;;) {
      const rows = await this.#mq("group", "lag", group, "--topic", topic);
      const lag = rows.reduce((sum, row) => sum + Number(row["lag"]), 0);
      if (lag === count || performance.now() > giveUpAt) {
        this.#judge(what, lag, count);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async #move(...words: readonly string[]): Promise<readonly Row[]> {
    return await this.#mq("group", "reset-offset", group, "--topic", topic, ...words, "--yes");
  }

  /** Where each queue was to go, and where it stands then. */
  async #movedBy(...words: readonly string[]): Promise<readonly (readonly unknown[])[]> {
    const moves = await this.#move(...words);
    const lag = await this.#mq("group", "lag", group, "--topic", topic);
    return [
      moves.map((row) => `${row["queue"]} ${row["target"]} ${row["outcome"]}`).toSorted(),
      lag
        .map((row) => `${row["queue"]} ${row["consumerOffset"] ?? row["offset"]} moved`)
        .toSorted(),
    ];
  }

  async #bodiesOf(queue: number): Promise<readonly string[]> {
    const words = ["--queue", String(queue), "--offset", "start", "--exit-at-end"];
    return (await this.#mq("topic", "tail", topic, ...words)).map((row) => String(row["body"]));
  }

  async #mq(...words: readonly string[]): Promise<readonly Row[]> {
    const { executable } = this.#options;
    const own = words[0] === "mqadmin" ? [] : ["-n", this.#target.nameserver, "-o", "jsonl"];
    const { text, errors, code } = await ourText([executable, ...words, ...own], this.#folder);
    if (code !== 0) {
      throw new Error(`mq ${words.join(" ")} ended with ${code}: ${errors}`);
    }
    return words[0] === "mqadmin"
      ? []
      : text
          .split("\n")
          .filter((line) => line !== "")
          .map((line): Row => JSON.parse(line));
  }

  #judge(what: string, seen: unknown, expected: unknown): void {
    this.#options.note(`${where}: ${what}`);
    const [left, right] = [JSON.stringify(seen), JSON.stringify(expected)];
    this.#options.tally.count(where, {
      what,
      isOk: left === right,
      detail: `expected ${right}, saw ${left}`,
    });
  }
}

/** The official push consumer in a process of its own. */
class PopConsumer {
  readonly #child: ChildProcess;
  #text = "";
  /** Lines that were looked at. */
  #seen = 0;

  constructor(libraries: string, folder: string, words: readonly string[]) {
    const options = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
    this.#child = spawn(
      "java",
      [...options, `-Duser.home=${folder}`, "-cp", `${libraries}/*`, source, ...words],
      { stdio: ["pipe", "pipe", "ignore"] },
    );
    this.#child.stdout?.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString("utf8");
    });
  }

  /** The messages since the last call, once they are what is waited for. */
  async until(isEnough: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    const giveUpAt = performance.now() + answerMs;
    for (;;) {
      const all = this.#text.split("\n").slice(0, -1);
      const lines = all.slice(this.#seen).filter((line) => line !== "started");
      if (isEnough(lines) || performance.now() > giveUpAt || this.#child.exitCode !== null) {
        this.#seen = all.length;
        return isEnough(lines) ? lines : [...lines, "and no more"];
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /** Ends it in order: what it took is acknowledged. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#closed();
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed();
  }

  #closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        resolve();
      } else {
        this.#child.once("close", () => resolve());
      }
    });
  }
}
