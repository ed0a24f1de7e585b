/**
 * What applications do to one life of the broker: several connections that send single messages and
 * batches to all queues of two topics, and a consumer group that commits its offsets; before that, a reader who
 * compares what is there with the ledger. Only the public client is used.
 */

import { ConnectionPool } from "../../src/client/connection-pool.ts";
import {
  type Client,
  ClientError,
  createClient,
  type MessageQueue,
} from "../../src/client/index.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";
import type { Address } from "../../src/io/network.ts";
import { sendMessageBack } from "../../src/protocol/remoting/requests/send-back.ts";
import { responseCode } from "../../src/protocol/remoting/response-code.ts";
import type { SeededRandom } from "../simulation/random.ts";
import type { Ledger } from "./ledger.ts";
import type { QueueName } from "./queue-name.ts";

const environment = createBunEnvironment({ level: "error", format: "text" });

const topics = ["crash-a", "crash-b"];
const queueCount = 4;
const readAndWrite = 6;
const group = "crash-group";
const clientCount = 4;
const sendersOfClient = 8;
const batchChance = 0.2;
const batchMessagesMax = 8;
const timeoutMs = 10_000;
const laterChance = 0.1;
const promisedWithinMs = 30_000;
const promisedPollMs = 200;
const servedWithinMs = 20_000;
const retryEveryMs = 10;

export interface LoadSessionOptions {
  readonly nameserver: Address;
  readonly ledger: Ledger;
  readonly random: SeededRandom;
  /** True once the broker's process is gone: then nothing more is waited for. */
  readonly isGone: () => boolean;
}

export class LoadSession {
  readonly #ledger: Ledger;
  readonly #random: SeededRandom;
  readonly #clients: readonly Client[];
  readonly #pool = new ConnectionPool({ environment, timeoutMs });
  readonly #loops: Promise<void>[] = [];
  #queues: readonly MessageQueue[] = [];
  readonly #answered = Promise.withResolvers<void>();
  #isEnding = false;
  #failure: unknown;

  private constructor({ nameserver, ledger, random }: LoadSessionOptions) {
    this.#ledger = ledger;
    this.#random = random;
    const nameservers = [`${nameserver.host}:${nameserver.port}`];
    this.#clients = Array.from({ length: clientCount }, () =>
      createClient(environment, { nameservers, timeoutMs }),
    );
  }

  /** Connects, makes the topics where they are missing, and waits until all queues are served. */
  static async open(options: LoadSessionOptions): Promise<LoadSession> {
    const session = new LoadSession(options);
    try {
      session.#queues = await session.#servedQueues(options.isGone);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** Reads on from where the ledger stands, and compares the group's offsets. */
  verifyTail(): Promise<void> {
    return this.#verify((queue) => this.#ledger.readTo(queue));
  }

  /** Reads every queue from offset 0, and compares the group's offsets. */
  verifyAll(): Promise<void> {
    return this.#verify(() => 0);
  }

  /** Waits until all that was promised for later is there; what is not there in time is lost. */
  async verifyPromises(): Promise<void> {
    const deadline = performance.now() + promisedWithinMs;
    let retried = await this.#readRetries();
    while (this.#isOwed(retried) && performance.now() < deadline) {
      await Bun.sleep(promisedPollMs);
      await this.verifyTail();
      retried = await this.#readRetries();
    }
    this.#ledger.settlePromises(retried);
  }

  #isOwed(retried: readonly Buffer[]): boolean {
    const numbers = retried.map((body) => this.#ledger.numberOf(body));
    return this.#ledger.promised.owed(numbers).length > 0;
  }

  /** Bodies in the group's retry topic, which is there once something was given back. */
  async #readRetries(): Promise<readonly Buffer[]> {
    const [client] = this.#clients;
    const bodies: Buffer[] = [];
    const queues = await client?.pull.queues(`%RETRY%${group}`).catch(() => []);
    for (const queue of queues ?? []) {
      let offset = 0;
      for (;;) {
        const result = await client?.pull.pull({ group, queue, offset, countMax: 64 });
        if (result?.kind !== "found") {
          break;
        }
        bodies.push(...result.messages.map(({ body }) => body));
        offset = result.nextOffset;
      }
    }
    return bodies;
  }

  /** Starts the load; it runs until `close`. */
  load(): void {
    for (const client of this.#clients) {
      for (let sender = 0; sender < sendersOfClient; sender++) {
        this.#loops.push(this.#repeat(this.#random.fork(), (random) => this.#send(client, random)));
      }
      this.#loops.push(this.#repeat(this.#random.fork(), (random) => this.#commit(client, random)));
    }
    const [client] = this.#clients;
    if (client !== undefined) {
      this.#loops.push(
        this.#repeat(this.#random.fork(), (random) => this.#giveBack(client, random)),
      );
    }
  }

  /** Resolves with the first answer under load, or when the load broke off: a request has its time limit. */
  answered(): Promise<void> {
    return this.#answered.promise;
  }

  /** What follows is the broker's end: failures are expected from here on. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Ends the load and the connections. Throws what broke the load off before its end was expected. */
  async close(): Promise<void> {
    this.#isEnding = true;
    await Promise.all([this.#pool.close(), ...this.#clients.map((client) => client.close())]);
    await Promise.all(this.#loops.splice(0));
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) {
      throw new Error("the load broke off before the broker did", { cause: failure });
    }
  }

  async #repeat(random: SeededRandom, act: (random: SeededRandom) => Promise<void>): Promise<void> {
    while (!this.#isEnding) {
      try {
        await act(random);
      } catch (error) {
        if (!this.#isEnding) {
          this.#failure ??= error;
        }
        this.#answered.resolve();
        return;
      }
    }
  }

  async #send(client: Client, random: SeededRandom): Promise<void> {
    const queue = random.pick(this.#queues);
    const count = random.chance(batchChance) ? 2 + random.below(batchMessagesMax - 1) : 1;
    const messages = Array.from({ length: count }, () => this.#ledger.send());
    const [first] = messages;
    if (first === undefined) {
      return;
    }
    const { topic } = queue;
    if (count === 1 && random.chance(laterChance)) {
      const properties = new Map([["DELAY", "1"]]);
      const sent = await client.producer.send({ topic, body: first.body, properties }, { queue });
      if (sent.status === "SEND_OK") {
        this.#ledger.acknowledgeLater(first.number, nameOf(queue));
      }
      return;
    }
    const { status, queueOffset } =
      count === 1
        ? await client.producer.send({ topic, body: first.body }, { queue })
        : await client.producer.sendBatch(
            messages.map(({ body }) => ({ topic, body })),
            { queue },
          );
    this.#answered.resolve();
    if (status === "SEND_OK") {
      for (const [index, { number }] of messages.entries()) {
        this.#ledger.acknowledge(number, nameOf(queue), queueOffset + index);
      }
    }
  }

  /** Moves the group ahead in one of the client's own queues: two that move one queue would race. */
  async #commit(client: Client, random: SeededRandom): Promise<void> {
    const own = this.#queues.filter(
      (_, index) => index % clientCount === this.#clients.indexOf(client),
    );
    const queue = random.pick(own);
    const name = nameOf(queue);
    const asked = this.#ledger.askedOffset(name);
    const offset = asked + random.below(Math.max(1, this.#ledger.knownEnd(name) - asked + 1));
    this.#ledger.askOffset(name, offset);
    await client.pull.commitOffset(group, queue, offset);
    this.#ledger.acknowledgeOffset(name, offset);
  }

  /** Reads a message from somewhere in a queue and gives it back, as a consumer whose work failed. */
  async #giveBack(client: Client, random: SeededRandom): Promise<void> {
    await Bun.sleep(random.below(50));
    const queue = random.pick(this.#queues);
    const offset = random.below(Math.max(1, this.#ledger.knownEnd(nameOf(queue))));
    const result = await client.pull.pull({ group, queue, offset, countMax: 1 });
    const [message] = result.kind === "found" ? result.messages : [];
    if (message === undefined) {
      return;
    }
    const [broker] = await client.admin.cluster.brokers();
    const fields = sendMessageBack.encode({
      offset: message.physicalOffset,
      group,
      delayLevel: 1,
      maxReconsumeTimes: 16,
    });
    const reply = await this.#pool.invoke(broker?.address ?? "", {
      code: sendMessageBack.code,
      fields,
    });
    if (reply.code === responseCode.success) {
      this.#ledger.acknowledgeBack(message.body);
    }
  }

  async #verify(fromOf: (queue: QueueName) => number): Promise<void> {
    await Promise.all(
      this.#queues.map(async (queue, index) => {
        const client = this.#clients[index % clientCount] as Client;
        const name = nameOf(queue);
        this.#ledger.checkOffset(name, await client.pull.committedOffset(group, queue));
        await this.#readQueue(client, queue, fromOf(name));
      }),
    );
  }

  async #readQueue(client: Client, queue: MessageQueue, from: number): Promise<void> {
    const name = nameOf(queue);
    let offset = from;
    for (;;) {
      const result = await client.pull.pull({ group, queue, offset, countMax: 32 });
      if (result.kind !== "found") {
        this.#ledger.endOfQueue(name, offset);
        return;
      }
      const messages = result.messages.map(({ queueOffset, body }) => ({
        offset: queueOffset,
        body,
      }));
      offset = this.#ledger.read(name, offset, messages);
    }
  }

  /** The broker registers at the nameserver a moment after it listens, so routes are asked for until they are there. */
  async #servedQueues(isGone: () => boolean): Promise<readonly MessageQueue[]> {
    const deadline = performance.now() + servedWithinMs;
    const [client] = this.#clients;
    for (;;) {
      try {
        return await queuesOf(client as Client);
      } catch (error) {
        if (!(error instanceof ClientError) || isGone() || performance.now() > deadline) {
          throw error;
        }
        await Bun.sleep(retryEveryMs);
      }
    }
  }
}

async function queuesOf(client: Client): Promise<readonly MessageQueue[]> {
  const queues: MessageQueue[] = [];
  const brokers = await client.admin.cluster.brokers();
  for (const topic of topics) {
    for (const { address } of brokers) {
      if ((await client.admin.topics.config(address, topic)) === undefined) {
        await client.admin.topics.update(address, {
          topic,
          readQueueCount: queueCount,
          writeQueueCount: queueCount,
          perm: readAndWrite,
        });
      }
    }
    queues.push(...(await client.pull.queues(topic)));
  }
  if (queues.length < topics.length * queueCount) {
    throw new ClientError("no_route", `only ${queues.length} queues are served yet`);
  }
  return queues;
}

function nameOf({ topic, queueId }: MessageQueue): QueueName {
  return `${topic}/${queueId}`;
}
