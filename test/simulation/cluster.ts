/**
 * A cluster in one process: the real nameserver and brokers on simulated machines. Whoever crashes is
 * started again over its disk; a broker that will not start while its disk is in trouble is tried again.
 */
import { startBroker } from "../../src/app/broker-app.ts";
import { startNameserver } from "../../src/app/nameserver-app.ts";
import type { Environment } from "../../src/io/environment.ts";
import type { Address } from "../../src/io/network.ts";
import { type ClusterPlan, delayLevels } from "./cluster-plan.ts";
import type { History } from "./history.ts";
import type { Kernel, Life } from "./kernel.ts";
import type { LogCapture } from "./log.ts";
import { Machine, type PlannedCrash } from "./machine.ts";
import { SimulatedNetwork } from "./network.ts";

const storeFolder = "/data/store";

/** What a started program can do besides run. */
interface Running {
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly kernel: Kernel;
  readonly log: LogCapture;
  readonly history: History;
  readonly plan: ClusterPlan;
  readonly driver: Life;
  /** Faults planted to prove checkers. */
  readonly wrapEnvironment: (environment: Environment) => Environment;
}

/** A machine and the program that it is meant to run. */
export class Node {
  readonly machine: Machine;
  readonly #options: ClusterOptions;
  readonly #start: (environment: Environment) => Promise<Running>;
  #running: Running | undefined;
  /** The nemesis broke its device: only a new process can go on. */
  hasFailedDevice = false;
  lastFailure: unknown;
  /** The incarnation that was asked to end. */
  #ending: Life | undefined;

  constructor(
    options: ClusterOptions,
    machine: Machine,
    start: (environment: Environment) => Promise<Running>,
  ) {
    this.#options = options;
    this.machine = machine;
    this.#start = start;
  }

  /** Boots the machine and starts the program, unless it runs. */
  start(): void {
    if (this.machine.isUp) {
      return;
    }
    const environment = this.#options.wrapEnvironment(this.machine.boot());
    const { life } = this.machine;
    this.hasFailedDevice = false;
    this.#start(environment).then(
      (running) => {
        if (life.isAlive) {
          this.#running = running;
        }
      },
      (error: unknown) => {
        if (life.isAlive) {
          this.lastFailure = error;
          this.#options.log.add(`${this.machine.name} did not start: ${String(error)}`);
          this.machine.stopped();
          this.startAfter(1_000);
        }
      },
    );
  }

  startAfter(delayMs: number): void {
    this.#options.kernel.after(this.#options.driver, delayMs, () => this.start());
  }

  crash(planned: PlannedCrash): void {
    if (this.machine.isUp) {
      this.#running = undefined;
      this.#options.history.crashed(planned.kind);
      this.machine.crash(planned);
    }
  }

  /** Asks the program to end as an operator does; it may be killed meanwhile. */
  stop(): Promise<void> {
    const { life } = this.machine;
    const running = this.#running;
    this.#running = undefined;
    this.#options.kernel.reached("clean stop");
    if (running === undefined) {
      return Promise.resolve();
    }
    this.#ending = life;
    return running.stop().then(
      () => this.#stopped(life),
      () => this.#stopped(life),
    );
  }

  /** True while an incarnation that was asked to end still runs: what it answers now, the next may not yet. */
  get isEnding(): boolean {
    return this.#ending?.isAlive === true;
  }

  #stopped(life: Life): void {
    if (life.isAlive) {
      this.#options.history.crashed("kill");
      this.machine.stopped();
      this.startAfter(100);
    }
  }
}

export class Cluster {
  readonly network: SimulatedNetwork;
  readonly nameservers: readonly Node[];
  readonly brokers: readonly Node[];
  /** Of all nameservers: brokers and clients know every one. */
  readonly nameserverAddresses: readonly Address[];
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.network = new SimulatedNetwork(options.kernel, { ...options.plan.wires });
    this.nameserverAddresses = Array.from({ length: options.plan.nameserverCount }, (_, index) => ({
      host: "127.0.0.1",
      port: 9_876 + index,
    }));
    this.nameservers = this.nameserverAddresses.map(
      (listen, index) =>
        new Node(options, this.makeMachine(`nameserver-${index}`), (environment) =>
          startNameserver(environment, { listen }),
        ),
    );
    this.brokers = Array.from({ length: options.plan.brokerCount }, (_, index) =>
      this.#makeBroker(index),
    );
  }

  get nodes(): readonly Node[] {
    return [...this.nameservers, ...this.brokers];
  }

  makeMachine(name: string): Machine {
    const { kernel, log, history } = this.#options;
    const machine = new Machine({
      kernel,
      network: this.network,
      log,
      name,
      diskBytes: 256 << 20,
      onCrash: (kind) => {
        history.crashed(kind);
        this.brokers.find((node) => node.machine === machine)?.startAfter(200);
      },
      onDeviceFailure: () => history.deviceFailed(),
    });
    return machine;
  }

  #makeBroker(index: number): Node {
    const { plan } = this.#options;
    const machine = this.makeMachine(`broker-${index}`);
    machine.image.giveFolder(plan.isFolderNew ? "/data" : storeFolder);
    return new Node(this.#options, machine, (environment) =>
      startBroker(environment, {
        storeFolder,
        listen: { host: "127.0.0.1", port: 10_911 + 10 * index },
        nameservers: this.nameserverAddresses,
        brokerName: brokerName(index),
        flush: plan.flush,
        autoCreateTopics: false,
        messageDelayLevel: delayLevels,
        segmentBytes: plan.segmentBytes,
      }),
    );
  }
}

/** The name under which the n-th broker registers. */
export function brokerName(index: number): string {
  return `broker-${String.fromCharCode(97 + index)}`;
}
