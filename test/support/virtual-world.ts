/**
 * A few machines under virtual time, for tests of one part: minutes pass in milliseconds, and a device or a network
 * fails when the test says so.
 */
import type { Environment } from "../../src/io/environment.ts";
import { Kernel } from "../simulation/kernel.ts";
import { LogCapture } from "../simulation/log.ts";
import { Machine } from "../simulation/machine.ts";
import { SimulatedNetwork } from "../simulation/network.ts";
import { calmWires } from "../simulation/pipe.ts";

export class VirtualWorld {
  readonly kernel = new Kernel(1);
  readonly network: SimulatedNetwork;
  readonly #log: LogCapture;
  readonly #machines = new Map<string, Machine>();

  constructor() {
    this.network = new SimulatedNetwork(this.kernel, calmWires());
    this.#log = new LogCapture(this.kernel);
  }

  machine(name: string): Machine {
    let machine = this.#machines.get(name);
    if (machine === undefined) {
      const { kernel, network } = this;
      machine = new Machine({ kernel, network, log: this.#log, name, diskBytes: 2 ** 30 });
      this.#machines.set(name, machine);
    }
    return machine;
  }

  /** Starts a process on a machine of that name. */
  boot(name: string): Environment {
    return this.machine(name).boot();
  }

  /** Runs until the work is done; its value. Throws what it threw, or when it is not done within the time. */
  run<T>(work: () => Promise<T>, virtualMs = 3_600_000): T {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    work().then(
      (value) => {
        outcome = { value };
      },
      (error: unknown) => {
        outcome = { error };
      },
    );
    const end = this.kernel.run(() => outcome !== undefined, { virtualMs, events: 5_000_000 });
    const escaped = this.kernel.escapes[0];
    if (escaped !== undefined) {
      throw escaped.error;
    }
    if (outcome === undefined) {
      throw new Error(
        `not done: ${end} at ${this.kernel.elapsedMs} ms\n${this.#log.lines.join("\n")}`,
      );
    }
    if ("error" in outcome) {
      throw outcome.error;
    }
    return outcome.value;
  }

  /** Lets virtual time pass. */
  pass(environment: Environment, ms: number): Promise<void> {
    return new Promise((resolve) => {
      environment.clock.after(ms, resolve);
    });
  }
}
