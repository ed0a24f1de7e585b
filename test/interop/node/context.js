// What a scenario is given: names of its own, clients that are closed after it, and what consumers were given.
import ons from "ali-ons";

const { Consumer, Message, Producer } = ons;

/** How many times as many messages as in a quick run. */
export const scale = Number(process.env.INTEROP_SCALE ?? "1");
/** As the harness makes topics. */
export const queueCount = 4;

const sendTimeoutMs = 10_000;
const rebalanceIntervalMs = 1_000;
const startAttempts = 10;

/** Standard output belongs to the report. */
const logger = {
  debug() {},
  info() {},
  warn: (...words) => console.error("warn", ...words),
  error: (...words) => console.error("error", ...words),
};

let instances = 0;

/** Options of every client. Clients of one name would share connections and a client id. */
function clientOptions(nameserver, prefix) {
  instances++;
  return {
    nameSrv: nameserver,
    // Would ask an HTTP server for the nameserver's address, which is given here.
    httpclient: {},
    logger,
    clientIP: "127.0.0.1",
    instanceName: `${prefix}-${process.pid}-${instances}`,
    rebalanceInterval: rebalanceIntervalMs,
    // Routes, for topics that come later.
    pollNameServerInteval: 2 * rebalanceIntervalMs,
  };
}

export function startConsumer({ nameserver, group, prefix, topic, tags, consume, more = {} }) {
  const consumer = new Consumer({
    ...clientOptions(nameserver, prefix),
    consumerGroup: group,
    consumeFromWhere: "CONSUME_FROM_FIRST_OFFSET",
    ...more,
  });
  // Without a listener an error would end the program; what it hinders shows in the checks.
  consumer.on("error", (error) => console.error(error.message));
  consumer.subscribe(topic, tags, consume);
  return consumer;
}

/**
 * A client whose first heartbeat is not answered in time, as on a busy machine, gives up while it starts, and for good:
 * another one is started then.
 */
async function readyConsumer(options) {
  let consumer = startConsumer(options);
  for (let attempt = 1; ; attempt++) {
    try {
      await consumer.ready();
      return consumer;
    } catch (error) {
      if (attempt === startAttempts) {
        throw error;
      }
      // It is a member of its group already, with queues that nobody would read.
      await consumer.close();
      consumer = startConsumer(options);
    }
  }
}

export class ScenarioContext {
  #closings = [];

  constructor({ nameserver, prefix, control, report, scenario }) {
    this.nameserver = nameserver;
    this.prefix = prefix;
    this.control = control;
    this.report = report;
    this.scenario = scenario;
    /** The one that the harness made for this scenario. */
    this.topic = this.name(scenario);
  }

  name(word) {
    return `${this.prefix}-${word}`;
  }

  async producer(more = {}) {
    const producer = new Producer({
      ...clientOptions(this.nameserver, this.prefix),
      producerGroup: this.name(`${this.scenario}-producer`),
      sendMsgTimeout: sendTimeoutMs,
      ...more,
    });
    producer.on("error", (error) => console.error(error.message));
    await producer.ready();
    this.#closings.push(() => producer.close());
    return producer;
  }

  async consumer(group, consume, { tags = "*", topic = this.topic, ...more } = {}) {
    const { nameserver, prefix } = this;
    const options = { nameserver, prefix, group: this.name(group), topic, tags, consume, more };
    const consumer = await readyConsumer(options);
    let isClosed = false;
    const close = async () => {
      if (!isClosed) {
        isClosed = true;
        await consumer.close();
      }
    };
    this.#closings.push(close);
    return { consumer, close };
  }

  async close() {
    for (const closing of this.#closings.reverse()) {
      await closing();
    }
  }
}

/** How often each message came, and the first of each. */
export class Inbox {
  times = new Map();
  messages = new Map();
  arrivedAt = new Map();

  add(message) {
    const key = message.keys;
    if (!this.times.has(key)) {
      this.messages.set(key, message);
      this.arrivedAt.set(key, Date.now());
    }
    this.times.set(key, (this.times.get(key) ?? 0) + 1);
  }

  get listener() {
    return async (message) => this.add(message);
  }

  missing(keys) {
    return keys.filter((key) => !this.times.has(key));
  }

  hasAll(keys) {
    return this.missing(keys).length === 0;
  }

  beyond(keys) {
    return [...this.times.keys()].filter((key) => !keys.includes(key));
  }

  repeats() {
    return [...this.times.values()].reduce((sum, times) => sum + times - 1, 0);
  }
}

export function newMessage(topic, tag, key, body = `body of ${key}`) {
  const message = new Message(topic, tag, body);
  message.keys = [key];
  return message;
}

/**
 * Gives a message back: a listener that throws does so each time, while the client forgets the answer ACTION_RETRY of a
 * message that comes for the second time.
 */
export function giveBack(message) {
  throw new Error(`${message.keys} is given back`);
}

/** Sends numbered messages and remembers what was acknowledged. */
export class Sender {
  acknowledged = [];
  results = new Map();
  failures = [];
  #producer;
  #topic;
  #tags;
  #next = 0;
  #isStopping = false;
  #flow;

  constructor(producer, topic, tags = ["TagA"]) {
    this.#producer = producer;
    this.#topic = topic;
    this.#tags = tags;
  }

  async sendOne() {
    const number = this.#next++;
    const key = `${this.#topic}-${number}`;
    const tag = this.#tags[number % this.#tags.length];
    try {
      const result = await this.#producer.send(newMessage(this.#topic, tag, key));
      if (result.sendStatus !== "SEND_OK") {
        throw new Error(result.sendStatus);
      }
      this.acknowledged.push(key);
      this.results.set(key, result);
    } catch (error) {
      this.failures.push(`${key}: ${error.message}`);
    }
  }

  async send(count) {
    for (let sent = 0; sent < count; sent++) {
      await this.sendOne();
    }
  }

  /** Goes on sending in the background, a message every few milliseconds. */
  startFlow(pauseMs) {
    const flow = async () => {
      while (!this.#isStopping) {
        await this.sendOne();
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    };
    this.#flow = flow();
  }

  async stopFlow() {
    this.#isStopping = true;
    await this.#flow;
  }
}

export function propertyNames(message) {
  return Object.keys(message.properties).sort();
}
