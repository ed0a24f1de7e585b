/**
 * One seed on a whole cluster: load and trouble side by side, then everything is healed, and the cluster
 * must work again, show what it promised, and agree on its routes.
 */
import type { Client } from "../../src/client/index.ts";
import { ClientError } from "../../src/client/index.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { Address } from "../../src/io/network.ts";
import { checkMembers } from "./checkers/members.ts";
import { checkNoLoss } from "./checkers/no-loss.ts";
import { checkNoPhantom } from "./checkers/no-phantom.ts";
import { checkOffsets } from "./checkers/offsets.ts";
import { checkOrder } from "./checkers/order.ts";
import { checkArrived, checkNotEarly } from "./checkers/postponed.ts";
import { checkRoutes } from "./checkers/routes.ts";
import { brokerName, Cluster } from "./cluster.ts";
import { type ClusterPlan, drawClusterPlan } from "./cluster-plan.ts";
import { History, type Violation } from "./history.ts";
import { Kernel, type Life } from "./kernel.ts";
import { LogCapture } from "./log.ts";
import type { Machine } from "./machine.ts";
import { beMember, listMembers, type Membership } from "./member.ts";
import { Nemesis } from "./nemesis.ts";
import { createTopics, operate, type TopicRecord } from "./operator.ts";
import { hasPostponed, postpone, readArrivals, struggle } from "./postpone.ts";
import type { RunReport } from "./report.ts";
import {
  attempt,
  type ClientProcess,
  connect,
  consume,
  drainQueue,
  produce,
  queryOffset,
  sendTo,
  topicName,
  wait,
} from "./workload.ts";

/** Ways to plant a fault that a checker must find. */
export interface ClusterFaults {
  readonly plan?: Partial<ClusterPlan>;
  readonly prepare?: (cluster: Cluster) => void;
  readonly wrapEnvironment?: (environment: Environment) => Environment;
}

/** Interval and a slow sync on each side. */
const asyncWindowMs = 200 + 2 * 130;
/** Time in which a healed cluster must work: registration every 30 s, routes kept for 30 s, and some more. */
const healMs = 120_000;

/** Runs the seed and judges what happened. */
export function runClusterSeed(seed: number, faults: ClusterFaults = {}): RunReport {
  return new ClusterRun(seed, faults).finish();
}

class ClusterRun {
  readonly #seed: number;
  readonly #kernel: Kernel;
  readonly #log: LogCapture;
  readonly #history: History;
  readonly #plan: ClusterPlan;
  readonly #cluster: Cluster;
  readonly #nemesis: Nemesis;
  readonly #driver: Life = { node: "driver", isAlive: true };
  readonly #counter = { next: 0 };
  readonly #topics: TopicRecord = [];
  readonly #membership: Membership = new Set();
  #memberCount = 0;
  readonly #clients: Machine[] = [];
  readonly #violations: Violation[] = [];
  #isLoading = true;
  #isDone = false;

  constructor(seed: number, faults: ClusterFaults) {
    this.#seed = seed;
    this.#kernel = new Kernel(seed);
    this.#log = new LogCapture(this.#kernel);
    this.#history = new History(this.#kernel);
    this.#plan = { ...drawClusterPlan(this.#kernel.random.fork()), ...faults.plan };
    this.#cluster = new Cluster({
      kernel: this.#kernel,
      log: this.#log,
      history: this.#history,
      plan: this.#plan,
      driver: this.#driver,
      wrapEnvironment: faults.wrapEnvironment ?? ((environment) => environment),
    });
    faults.prepare?.(this.#cluster);
    this.#nemesis = new Nemesis({
      kernel: this.#kernel,
      driver: this.#driver,
      plan: this.#plan,
      cluster: this.#cluster,
      crashClient: () => this.#crashClient(),
    });
  }

  finish(): RunReport {
    void this.#drive();
    const end = this.#kernel.run(() => this.#isDone, { virtualMs: 1_200_000, events: 5_000_000 });
    for (const { node, error } of this.#kernel.escapes) {
      this.#violate(
        "process",
        `${node} died: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    for (const failure of this.#log.handlerFailures) {
      this.#violate("process", `a request failed: ${failure}`);
    }
    if (end !== "held" && end !== "escaped") {
      this.#violate("liveness", `the run did not end: ${end}`);
    }
    const isSync = this.#plan.flush === "sync";
    this.#violations.push(
      ...checkNoLoss(this.#history, { windowMs: isSync ? 0 : asyncWindowMs }),
      ...checkOrder(this.#history, { isImmutableAcrossCrashes: isSync }),
      ...checkNoPhantom(this.#history),
      // By the broker's own clock a jump forward makes anything due.
      ...(this.#plan.troubles.includes("clock jump") ? [] : checkNotEarly(this.#history)),
      ...(isSync ? checkOffsets(this.#history) : []),
    );
    return {
      kind: "cluster",
      seed: this.#seed,
      plan: this.#plan,
      violations: this.#violations,
      hash: this.#kernel.trace.digest(),
      faults: this.#kernel.faults,
      crashCount: this.#history.crashes.length,
      messageCount: this.#history.sends.size,
      acknowledgedCount: this.#history.okCount,
      eventCount: this.#kernel.eventCount,
      virtualMs: this.#kernel.elapsedMs,
      logLines: this.#log.lines,
    };
  }

  async #drive(): Promise<void> {
    for (const node of this.#cluster.nodes) {
      node.start();
    }
    await createTopics(this.#process(this.#machine("operator")), this.#topics);
    this.#startLoad();
    this.#nemesis.start();
    await this.#wait(this.#plan.loadMs);
    this.#isLoading = false;
    this.#nemesis.stop();
    this.#kernel.trace.note("healed");
    for (const node of this.#cluster.nodes) {
      node.start();
    }
    const endMs = this.#kernel.elapsedMs + healMs;
    while (this.#cluster.nodes.some(({ isEnding }) => isEnding) && this.#kernel.elapsedMs < endMs) {
      await this.#wait(100);
    }
    const auditor = this.#process(this.#machine("auditor"));
    if (this.#plan.flush === "async") {
      // A power cut may have taken the topics of the last moments along.
      await createTopics(auditor, this.#topics);
    }
    await this.#mustWork(auditor);
    await this.#auditPostponed(auditor);
    await this.#audit(auditor);
    this.#isDone = true;
  }

  #startLoad(): void {
    for (let index = 0; index < this.#plan.producerCount; index++) {
      this.#startClient(this.#machine(`producer-${index}`));
    }
    for (let index = 0; index < this.#plan.consumerCount; index++) {
      this.#startClient(this.#machine(`consumer-${index}`));
    }
    for (let index = 0; index < this.#plan.memberCount; index++) {
      this.#startClient(this.#machine(`member-${index}`));
    }
    for (let index = 0; index < this.#plan.postponerCount; index++) {
      this.#startClient(this.#machine(`postponer-${index}`));
    }
    for (let index = 0; index < this.#plan.strugglerCount; index++) {
      this.#startClient(this.#machine(`struggler-${index}`));
    }
    this.#startClient(this.#machine("administrator"));
  }

  #machine(name: string): Machine {
    const machine = this.#cluster.makeMachine(name);
    this.#clients.push(machine);
    return machine;
  }

  /** Starts a client process on its machine; what it does follows from its name. */
  #startClient(machine: Machine): void {
    const process = this.#process(machine);
    if (machine.name.startsWith("producer")) {
      void produce(process);
    } else if (machine.name.startsWith("consumer")) {
      void consume(process, `group-${machine.name.at(-1)}`);
    } else if (machine.name.startsWith("member")) {
      void beMember({
        kernel: this.#kernel,
        process,
        clientId: `${machine.name}@${this.#memberCount++}`,
        membership: this.#membership,
      });
    } else if (machine.name.startsWith("postponer")) {
      void postpone(process);
    } else if (machine.name.startsWith("struggler")) {
      void struggle(process);
    } else {
      void operate(process, this.#topics);
    }
  }

  #process(machine: Machine): ClientProcess {
    const environment = machine.boot();
    const timeoutMs = this.#kernel.random.pick([1_000, 3_000]);
    const client: Client = connect(environment, this.#cluster.nameserverAddresses, timeoutMs);
    return {
      environment,
      client,
      scribe: this.#history.scribe(machine.life),
      random: this.#kernel.random.fork(),
      plan: this.#plan,
      counter: this.#counter,
      isLoading: () => this.#isLoading,
    };
  }

  /** A client dies without a word and comes back a moment later. */
  #crashClient(): void {
    const { random } = this.#kernel;
    const machine = random.pick(
      this.#clients.filter(
        ({ name }) => name.startsWith("producer") || name.startsWith("consumer"),
      ),
    );
    if (machine.isUp) {
      for (const clientId of this.#membership) {
        if (clientId.startsWith(`${machine.name}@`)) {
          this.#membership.delete(clientId);
        }
      }
      machine.crash({ kind: random.pick(["kill", "power"]), odds: { kept: 1, torn: 0 } });
      this.#kernel.after(this.#driver, random.between(10, 2_000), () => {
        if (this.#isLoading) {
          this.#startClient(machine);
        }
      });
    }
  }

  /** Every queue of every topic takes a message again, in time. */
  async #mustWork(auditor: ClientProcess): Promise<void> {
    const endMs = this.#kernel.elapsedMs + healMs;
    const works = new Set<string>();
    for (;;) {
      const missing = this.#queues().filter((queue) => !works.has(JSON.stringify(queue)));
      for (const queue of missing) {
        if (await sendTo(auditor, queue)) {
          works.add(JSON.stringify(queue));
        }
      }
      if (works.size === this.#queues().length) {
        return;
      }
      if (this.#kernel.elapsedMs > endMs) {
        const text = missing.map(
          ({ topic, brokerName: name, queueId }) => `${name}/${topic}/${queueId}`,
        );
        const failures = this.#cluster.nodes.map(({ lastFailure }) => String(lastFailure ?? "-"));
        this.#violate(
          "liveness",
          `healed ${healMs} ms ago, and no message is taken by ${text.join(", ")}; starts failed: ${failures.join("; ")}`,
        );
        return;
      }
      await wait(auditor, 1_000);
    }
  }

  #queues(): readonly { topic: string; brokerName: string; queueId: number }[] {
    const queues: { topic: string; brokerName: string; queueId: number }[] = [];
    for (let broker = 0; broker < this.#plan.brokerCount; broker++) {
      for (let index = 0; index < this.#plan.topicCount; index++) {
        for (let queueId = 0; queueId < this.#plan.queueCount; queueId++) {
          queues.push({ topic: topicName(index), brokerName: brokerName(broker), queueId });
        }
      }
    }
    return queues;
  }

  /** Reads everything back and asks for every offset and route. */
  async #audit(auditor: ClientProcess): Promise<void> {
    for (const queue of this.#queues()) {
      if (!(await drainQueue(auditor, queue))) {
        this.#violate(
          "liveness",
          `${queue.brokerName}/${queue.topic}/${queue.queueId} cannot be read`,
        );
      }
      for (let index = 0; index < this.#plan.consumerCount; index++) {
        await queryOffset(auditor, `group-${index}`, queue);
      }
    }
    await this.#auditRoutes(auditor);
    await this.#auditMembers(auditor);
  }

  /** All that was put off comes, in time. */
  async #auditPostponed(auditor: ClientProcess): Promise<void> {
    const endMs = this.#kernel.elapsedMs + healMs;
    while (hasPostponed(this.#history) && this.#plan.flush === "sync") {
      const arrivals = await readArrivals(auditor);
      const found = arrivals === undefined ? [] : checkArrived(this.#history, arrivals);
      const isLate = this.#kernel.elapsedMs > endMs;
      if (isLate && arrivals === undefined) {
        this.#violate("liveness", "what was put off cannot be read");
      }
      if (isLate || (arrivals !== undefined && found.length === 0)) {
        this.#violations.push(...found);
        return;
      }
      await wait(auditor, 1_000);
    }
  }

  async #auditMembers(auditor: ClientProcess): Promise<void> {
    // Whoever comes or goes now has done so by then.
    await wait(auditor, 15_000);
    // Members that went without a word are forgotten when their last heartbeat is two minutes old.
    const endMs = this.#kernel.elapsedMs + 2 * healMs;
    for (;;) {
      const found = checkMembers(this.#membership, await listMembers(auditor));
      if (found.length === 0 || this.#kernel.elapsedMs > endMs) {
        this.#violations.push(...found);
        return;
      }
      await wait(auditor, 5_000);
    }
  }

  async #auditRoutes(auditor: ClientProcess): Promise<void> {
    const endMs = this.#kernel.elapsedMs + healMs;
    for (;;) {
      const found: Violation[] = [];
      for (const address of this.#plan.flush === "sync" ? this.#cluster.nameserverAddresses : []) {
        found.push(...checkRoutes(this.#topics, await this.#routes(auditor, address)));
      }
      if (found.length === 0 || this.#kernel.elapsedMs > endMs) {
        this.#violations.push(...found);
        return;
      }
      await wait(auditor, 5_000);
    }
  }

  /** What one nameserver says. */
  async #routes(
    auditor: ClientProcess,
    nameserver: Address,
  ): Promise<Map<string, Map<string, number>>> {
    const client = connect(auditor.environment, [nameserver], 3_000);
    const routes = new Map<string, Map<string, number>>();
    for (const topic of new Set(this.#topics.map((request) => request.topic))) {
      const route = await attempt(() => client.admin.topics.route(topic));
      if (!(route instanceof ClientError)) {
        routes.set(
          topic,
          new Map(route.queues.map((each) => [each.brokerName, each.writeQueueCount])),
        );
      }
    }
    await client.close();
    return routes;
  }

  #violate(checker: string, message: string): void {
    this.#violations.push({ checker, message });
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#kernel.after(this.#driver, delayMs, resolve);
    });
  }
}
