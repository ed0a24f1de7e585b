/**
 * One simulated machine: a disk image and a wall clock that outlive processes, and at most one process
 * at a time. `boot` starts an incarnation over the image; `crash` ends it between any two of its changes.
 */
import type { Environment } from "../../src/io/environment.ts";
import { createSimulatedClock, type WallClock } from "./clock.ts";
import { calmDisk, createSimulatedDisk, type DiskPlan } from "./disk.ts";
import { type CrashKind, DiskImage } from "./disk-image.ts";
import type { CutOdds } from "./inode.ts";
import type { Kernel, Life } from "./kernel.ts";
import type { LogCapture } from "./log.ts";
import type { SimulatedNetwork } from "./network.ts";
import type { SeededRandom } from "./random.ts";

export interface MachineOptions {
  readonly kernel: Kernel;
  readonly network: SimulatedNetwork;
  readonly log: LogCapture;
  readonly name: string;
  readonly diskBytes: number;
  /** Called when a crash came from the disk plan, in the middle of a change. */
  readonly onCrash?: (kind: CrashKind) => void;
  /** Called when the device answered an error. */
  readonly onDeviceFailure?: () => void;
}

/** How a crash in the middle of a change is to happen. */
export interface PlannedCrash {
  readonly kind: CrashKind;
  readonly odds: CutOdds;
}

export class Machine {
  readonly name: string;
  readonly plan: DiskPlan = calmDisk();
  readonly wall: WallClock = { offsetMs: 0 };
  image: DiskImage;
  plannedCrash: PlannedCrash = { kind: "power", odds: { kept: 0.5, torn: 0.2 } };
  crashCount = 0;
  readonly #options: MachineOptions;
  readonly #random: SeededRandom;
  readonly #locks = new Map<string, Life>();
  #life: Life | undefined;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.name = options.name;
    this.#random = options.kernel.random.fork();
    this.image = new DiskImage(options.diskBytes);
  }

  get isUp(): boolean {
    return this.#life?.isAlive ?? false;
  }

  /** The running incarnation. */
  get life(): Life {
    if (this.#life === undefined) {
      throw new Error(`${this.name} was never started`);
    }
    return this.#life;
  }

  /** Starts a process and returns what it sees of the machine. */
  boot(): Environment {
    if (this.isUp) {
      throw new Error(`${this.name} runs already`);
    }
    const { kernel, network, log } = this.#options;
    const life: Life = { node: this.name, isAlive: true };
    this.#life = life;
    network.machineStarted(this.name);
    const image = this.image;
    return {
      clock: createSimulatedClock(kernel, life, this.wall),
      disk: createSimulatedDisk({
        kernel,
        life,
        image,
        plan: this.plan,
        random: this.#random,
        locks: this.#locks,
        crash: () => this.#crashInside(),
        failed: () => this.#options.onDeviceFailure?.(),
      }),
      network: network.networkOf(life),
      random: this.#random.fork(),
      log: log.logOf(life),
    };
  }

  /** Ends the process now; its disk becomes what the next one finds. */
  crash({ kind, odds }: PlannedCrash): void {
    const life = this.life;
    if (!life.isAlive) {
      return;
    }
    const { kernel, network, log } = this.#options;
    log.add(`${this.name} crashes (${kind})`);
    kernel.trace.note(`${this.name} crashes ${kind}`);
    kernel.reached(kind === "kill" ? "kill" : "power cut");
    this.crashCount++;
    life.isAlive = false;
    this.plan.changesUntilCrash = 0;
    this.image = this.image.afterCrash(kind, this.#random, odds);
    network.lifeEnded(life, kind);
  }

  /** Ends a process that stopped by itself; its files stay as they are. */
  stopped(): void {
    const life = this.life;
    if (life.isAlive) {
      life.isAlive = false;
      this.#options.network.lifeEnded(life, "kill");
    }
  }

  #crashInside(): void {
    this.#options.kernel.reached("crash inside a change");
    const planned = this.plannedCrash;
    this.crash(planned);
    this.#options.onCrash?.(planned.kind);
  }
}
