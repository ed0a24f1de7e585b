/**
 * What a soak does to a broker, all the time: a paced producer that measures each send, a group that reads and commits,
 * messages for later, tails that wait and give up, and connections that come and go.
 */
import {
  type Client,
  ClientError,
  createClient,
  type MessageQueue,
} from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });
const topic = "soak";
const group = "soak-group";
const paceMs = 10;
const sendsAPace = 10;
const bodyBytes = 1_024;
const laterShare = 0.02;
const commitEveryMs = 1_000;
const visitMs = 500;
const readyTimeoutMs = 30_000;

export class SoakLoad {
  readonly #nameserver: string;
  readonly #client: Client;
  #latencies: number[] = [];
  #isEnding = false;
  readonly #loops: Promise<void>[] = [];
  sentCount = 0;
  readCount = 0;
  failedCount = 0;
  visitCount = 0;

  constructor(nameserver: string) {
    this.#nameserver = nameserver;
    this.#client = this.#connect();
  }

  /** Begins once the broker takes a message. */
  async start(): Promise<void> {
    const endMs = performance.now() + readyTimeoutMs;
    while (!(await this.#send(topic, Buffer.from("first")))) {
      if (performance.now() > endMs) {
        throw new Error("the broker takes no message");
      }
      await Bun.sleep(50);
    }
    this.failedCount = 0;
    this.#latencies = [];
    this.#loops.push(this.#produce(), this.#visit());
    for (const queue of await this.#client.pull.queues(topic)) {
      this.#loops.push(this.#consume(queue));
    }
  }

  /** Milliseconds of the sends since the last call, ascending. */
  takeLatencies(): readonly number[] {
    const taken = this.#latencies.sort((a, b) => a - b);
    this.#latencies = [];
    return taken;
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#loops);
    await this.#client.close();
  }

  /** Open loop: what is due is sent, and its time counts from when it was due. */
  async #produce(): Promise<void> {
    const body = Buffer.alloc(bodyBytes, 0x61);
    let dueMs = performance.now();
    const pending = new Set<Promise<void>>();
    while (!this.#isEnding) {
      dueMs += paceMs;
      await Bun.sleep(Math.max(0, dueMs - performance.now()));
      for (let index = 0; index < sendsAPace; index++) {
        const sending = this.#measured(dueMs, body).finally(() => pending.delete(sending));
        pending.add(sending);
      }
    }
    await Promise.all(pending);
  }

  async #measured(dueMs: number, body: Buffer): Promise<void> {
    const isStored = await this.#send(topic, body, Math.random() < laterShare ? "1" : undefined);
    this.#latencies.push(performance.now() - dueMs);
    this.sentCount += isStored ? 1 : 0;
    this.failedCount += isStored ? 0 : 1;
  }

  async #send(to: string, body: Buffer, delayLevel?: string): Promise<boolean> {
    const properties = new Map(delayLevel === undefined ? [] : [["DELAY", delayLevel] as const]);
    try {
      return (
        (await this.#client.producer.send({ topic: to, body, properties })).status === "SEND_OK"
      );
    } catch (error) {
      if (error instanceof ClientError) {
        return false;
      }
      throw error;
    }
  }

  async #consume(queue: MessageQueue): Promise<void> {
    let offset = 0;
    let committedMs = performance.now();
    while (!this.#isEnding) {
      const found = await this.#client.pull
        .pull({ group, queue, offset, countMax: 32, holdMs: 1_000 })
        .catch((error: unknown) => {
          if (error instanceof ClientError) {
            return undefined;
          }
          throw error;
        });
      if (found === undefined) {
        await Bun.sleep(paceMs);
        continue;
      }
      offset = found.nextOffset;
      this.readCount += found.kind === "found" ? found.messages.length : 0;
      if (performance.now() - committedMs > commitEveryMs) {
        committedMs = performance.now();
        await this.#client.pull.commitOffset(group, queue, offset).catch(() => undefined);
      }
    }
  }

  /** Connects, makes a small topic of a fixed set, sends, reads, asks about the cluster, and goes. */
  async #visit(): Promise<void> {
    while (!this.#isEnding) {
      const client = this.#connect();
      const name = `visited-${this.visitCount % 50}`;
      try {
        await client.producer.send({ topic: name, body: Buffer.from("hello") });
        const [queue] = await client.pull.queues(name);
        if (queue !== undefined) {
          await client.pull.pull({ group: `visitor-${this.visitCount % 20}`, queue, offset: 0 });
        }
        await client.admin.cluster.describe();
        for (const { address } of await client.admin.topics.leaders(name)) {
          await client.admin.topics.stats(address, name);
        }
        this.visitCount++;
      } catch (error) {
        if (!(error instanceof ClientError)) {
          throw error;
        }
        this.failedCount++;
      }
      await client.close();
      await Bun.sleep(visitMs);
    }
  }

  #connect(): Client {
    return createClient(environment, { nameservers: [this.#nameserver], timeoutMs: 5_000 });
  }
}
