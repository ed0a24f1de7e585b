/**
 * The network between simulated machines. All of them share 127.0.0.1 and differ in their ports; ways
 * are blocked between machines by name. A machine that lost its power says nothing: its peers notice when
 * they write and the machine is back, or never.
 */
import {
  type Address,
  type Connection,
  type ConnectionEvents,
  type Listener,
  type Network,
  NetworkError,
} from "../../src/io/network.ts";
import type { CrashKind } from "./disk-image.ts";
import type { Kernel, Life } from "./kernel.ts";
import { Link, retransmitMs, type Ways } from "./link.ts";
import type { WirePlan } from "./pipe.ts";

interface OpenListener {
  readonly life: Life;
  readonly accept: (connection: Connection) => ConnectionEvents;
}

export class SimulatedNetwork implements Ways {
  readonly plan: WirePlan;
  readonly #kernel: Kernel;
  readonly #listeners = new Map<number, OpenListener>();
  readonly #links = new Set<Link>();
  /** Blocked ways, "from>to". */
  readonly #blocked = new Set<string>();
  /** Machines without power. */
  readonly #dark = new Set<string>();
  #lastPort = 40_000;

  constructor(kernel: Kernel, plan: WirePlan) {
    this.#kernel = kernel;
    this.plan = plan;
  }

  /** The network as one incarnation sees it. */
  networkOf(life: Life): Network {
    return {
      listen: (address, accept) => this.#listen(life, address, accept),
      connect: (address, { timeoutMs }, events) => this.#connect(life, address, timeoutMs, events),
    };
  }

  /** Blocks or opens the way from one machine to another; the way back is its own. */
  setBlocked(from: string, to: string, isBlocked: boolean): void {
    const way = `${from}>${to}`;
    if (isBlocked) {
      this.#blocked.add(way);
      this.#kernel.reached("partition");
    } else if (this.#blocked.delete(way)) {
      this.#wakeLater();
    }
  }

  healAll(): void {
    this.#blocked.clear();
    for (const link of this.#links) {
      link.setStalled(false);
    }
    this.#wakeLater();
  }

  /** Resets one open connection, if there is one. */
  resetOne(): void {
    const link = this.#anyLink();
    if (link !== undefined) {
      this.#kernel.reached("reset");
      link.reset();
    }
  }

  /** One open connection whose server stops taking bytes for a while. */
  stallOne(durationMs: number, keeper: Life): void {
    const link = this.#anyLink();
    if (link !== undefined) {
      this.#kernel.reached("stalled reader");
      link.setStalled(true);
      this.#kernel.after(keeper, durationMs, () => link.setStalled(false));
    }
  }

  /** The process ended. After a kill its system closes what it had open; after a power cut nobody does. */
  lifeEnded(life: Life, kind: CrashKind): void {
    for (const [port, listener] of this.#listeners) {
      if (listener.life === life) {
        this.#listeners.delete(port);
      }
    }
    if (kind === "power") {
      this.#dark.add(life.node);
    }
    for (const link of [...this.#links]) {
      link.lifeEnded(life, kind);
    }
  }

  machineStarted(node: string): void {
    this.#dark.delete(node);
  }

  isPassable(from: string, to: string): boolean {
    const isBlocked = this.#blocked.size > 0 && this.#blocked.has(`${from}>${to}`);
    return !isBlocked && !this.#dark.has(to);
  }

  forget(link: Link): void {
    this.#links.delete(link);
  }

  #anyLink(): Link | undefined {
    return this.#links.size === 0 ? undefined : this.#kernel.random.pick([...this.#links]);
  }

  #wakeLater(): void {
    for (const link of this.#links) {
      link.wakeAfter(this.#kernel.random.between(0, retransmitMs));
    }
  }

  #listen(
    life: Life,
    address: Address,
    accept: (connection: Connection) => ConnectionEvents,
  ): Listener {
    const port = address.port === 0 ? ++this.#lastPort : address.port;
    if (this.#listeners.has(port)) {
      throw new NetworkError(`cannot listen on ${address.host}:${port}: the address is taken`);
    }
    const listener = { life, accept };
    if (life.isAlive) {
      this.#listeners.set(port, listener);
    }
    return {
      host: address.host,
      port,
      close: () => {
        if (this.#listeners.get(port) === listener) {
          this.#listeners.delete(port);
        }
      },
    };
  }

  #connect(
    life: Life,
    address: Address,
    timeoutMs: number,
    events: ConnectionEvents,
  ): Promise<Connection> {
    const kernel = this.#kernel;
    const where = `${address.host}:${address.port}`;
    return new Promise((resolve, reject) => {
      const late = kernel.after(life, timeoutMs, () => {
        reject(new NetworkError(`${where} did not answer within ${timeoutMs} ms`));
      });
      const fail = (reason: string): void => {
        late.cancel();
        reject(new NetworkError(`cannot connect to ${where}: ${reason}`));
      };
      kernel.after(life, this.plan.latencyMs, () => {
        const server = this.#listeners.get(address.port);
        const node = server?.life.node ?? "";
        if (
          server !== undefined &&
          !(this.isPassable(life.node, node) && this.isPassable(node, life.node))
        ) {
          // No answer at all: the timer decides.
          return;
        }
        if (server === undefined || !server.life.isAlive) {
          fail("connection refused");
          return;
        }
        const link = new Link({
          kernel,
          ways: this,
          client: life,
          server: server.life,
          address,
          clientPort: ++this.#lastPort,
        });
        this.#links.add(link);
        link.serve(server.accept);
        kernel.after(life, this.plan.latencyMs, () => {
          late.cancel();
          link.open(events, resolve, fail);
        });
      });
    });
  }
}
