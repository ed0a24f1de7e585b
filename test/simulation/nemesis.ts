/** Makes trouble in a running cluster, as the plan says, and takes all of it back at the end. */
import type { Cluster, Node } from "./cluster.ts";
import type { ClusterPlan, Trouble } from "./cluster-plan.ts";
import type { Kernel, Life } from "./kernel.ts";
import { calmWires } from "./pipe.ts";
import { drawCrash } from "./plan.ts";

export interface NemesisOptions {
  readonly kernel: Kernel;
  readonly driver: Life;
  readonly plan: ClusterPlan;
  readonly cluster: Cluster;
  readonly crashClient: () => void;
}

export class Nemesis {
  readonly #options: NemesisOptions;
  #isActive = false;

  constructor(options: NemesisOptions) {
    this.#options = options;
    for (const { machine } of options.cluster.brokers) {
      const { coldReadChance, syncDelayMs, slowSyncChance, writeBackChance } = options.plan;
      Object.assign(machine.plan, { coldReadChance, syncDelayMs, slowSyncChance, writeBackChance });
      machine.plan.slowSyncMs = 100;
    }
  }

  start(): void {
    this.#isActive = true;
    this.#next();
  }

  /** No more trouble: ways open, devices work, space is free. Machines that are down stay the caller's. */
  stop(): void {
    this.#isActive = false;
    const { cluster } = this.#options;
    cluster.network.healAll();
    Object.assign(cluster.network.plan, calmWires());
    for (const { machine } of cluster.brokers) {
      machine.plan.changesUntilCrash = 0;
      machine.plan.failingSyncs = 0;
      machine.plan.slowSyncChance = 0;
      machine.image.takenByOthersBytes = 0;
    }
    for (const node of cluster.brokers) {
      // A store whose device failed refuses until its process is started again.
      if (node.hasFailedDevice) {
        node.crash(this.#drawCrash());
      }
    }
  }

  #next(): void {
    const { kernel, driver, plan } = this.#options;
    kernel.after(driver, kernel.random.between(0, 2 * plan.troubleEveryMs), () => {
      if (this.#isActive) {
        this.#make(kernel.random.pick(plan.troubles));
        this.#next();
      }
    });
  }

  #make(trouble: Trouble): void {
    const { kernel, cluster, crashClient } = this.#options;
    const broker = kernel.random.pick(cluster.brokers);
    switch (trouble) {
      case "crash broker":
        broker.crash(this.#drawCrash());
        broker.startAfter(kernel.random.between(5, 3_000));
        return;
      case "crash broker inside a change":
        broker.machine.plannedCrash = this.#drawCrash();
        broker.machine.plan.changesUntilCrash = 1 + kernel.random.below(40);
        return;
      case "stop broker":
        void broker.stop();
        broker.startAfter(kernel.random.between(500, 3_000));
        return;
      case "crash nameserver":
        this.#crashNameserver();
        return;
      case "crash client":
        crashClient();
        return;
      case "partition":
        this.#block(true);
        return;
      case "one-way partition":
        this.#block(false);
        return;
      case "reset":
        cluster.network.resetOne();
        return;
      case "stall":
        cluster.network.stallOne(kernel.random.between(100, 5_000), this.#options.driver);
        return;
      case "failed sync":
        this.#failSync(broker);
        return;
      case "full disk":
        this.#fillDisk(broker);
        return;
      case "clock jump":
        kernel.reached("clock jump");
        broker.machine.wall.offsetMs += kernel.random.pick([
          -86_400_000, -1_000, 1_000, 86_400_000,
        ]);
        return;
    }
  }

  #crashNameserver(): void {
    const { kernel, cluster } = this.#options;
    const nameserver = kernel.random.pick(cluster.nameservers);
    nameserver.crash(this.#drawCrash());
    nameserver.startAfter(kernel.random.between(5, 2_000));
  }

  #block(isBothWays: boolean): void {
    const { kernel, driver, cluster } = this.#options;
    const names = [...cluster.nodes.map(({ machine }) => machine.name), "producer-0", "consumer-0"];
    const from = kernel.random.pick(names);
    const to = kernel.random.pick(names.filter((name) => name !== from));
    const set = (isBlocked: boolean): void => {
      cluster.network.setBlocked(from, to, isBlocked);
      if (isBothWays) {
        cluster.network.setBlocked(to, from, isBlocked);
      }
    };
    set(true);
    kernel.after(driver, kernel.random.between(50, 6_000), () => set(false));
  }

  /** The operator notices a broker that refuses everything and starts it again. */
  #failSync(broker: Node): void {
    const { kernel, driver } = this.#options;
    broker.machine.plan.failingSyncs = 1;
    broker.hasFailedDevice = true;
    kernel.after(driver, kernel.random.between(200, 2_000), () => {
      if (this.#isActive) {
        broker.machine.plan.failingSyncs = 0;
        broker.crash(this.#drawCrash());
        broker.startAfter(100);
      }
    });
  }

  #fillDisk(broker: Node): void {
    const { kernel, driver } = this.#options;
    kernel.reached("full disk");
    const { machine } = broker;
    machine.image.takenByOthersBytes = machine.image.totalBytes;
    kernel.after(driver, kernel.random.between(100, 4_000), () => {
      machine.image.takenByOthersBytes = 0;
    });
  }

  #drawCrash() {
    const { kernel, plan } = this.#options;
    return drawCrash(kernel.random, plan.killShare);
  }
}
