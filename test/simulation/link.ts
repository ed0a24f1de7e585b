/**
 * One simulated TCP connection: two ends, a pipe each way, and who learns of its end when.
 */
import type { Address, Connection, ConnectionEvents } from "../../src/io/network.ts";
import type { CrashKind } from "./disk-image.ts";
import type { Kernel, Life } from "./kernel.ts";
import { Pipe, type WirePlan } from "./pipe.ts";

/** Until unheard bytes are sent again. */
export const retransmitMs = 200;

/** What a connection knows of the network that it belongs to. */
export interface Ways {
  readonly plan: WirePlan;
  isPassable(from: string, to: string): boolean;
  forget(link: Link): void;
}

export interface LinkOptions {
  readonly kernel: Kernel;
  readonly ways: Ways;
  readonly client: Life;
  readonly server: Life;
  readonly address: Address;
  readonly clientPort: number;
}

/** One TCP connection: two ends and a pipe each way. */
export class Link {
  readonly #options: LinkOptions;
  readonly #client: End;
  readonly #server: End;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { client, server, address, clientPort } = options;
    this.#client = new End(this, client, { host: "127.0.0.1", port: clientPort }, address);
    this.#server = new End(this, server, address, { host: "127.0.0.1", port: clientPort });
    this.#client.output = this.#pipe(this.#client, this.#server);
    this.#server.output = this.#pipe(this.#server, this.#client);
    this.#client.input = this.#server.output;
    this.#server.input = this.#client.output;
  }

  serve(accept: (connection: Connection) => ConnectionEvents): void {
    this.#options.kernel.after(this.#options.server, 0, () => {
      if (!this.#server.isClosed) {
        this.#server.events = accept(this.#server);
        this.#server.output?.wake();
        this.#client.output?.wake();
      }
    });
  }

  open(
    events: ConnectionEvents,
    resolve: (connection: Connection) => void,
    fail: (reason: string) => void,
  ): void {
    if (this.#client.isClosed) {
      fail("connection reset");
      return;
    }
    this.#client.events = events;
    resolve(this.#client);
    this.#server.output?.wake();
  }

  /** Both ends learn of it, each in its time; what was under way is lost. */
  reset(): void {
    const { kernel, ways } = this.#options;
    for (const end of [this.#client, this.#server]) {
      end.closeAfter(
        kernel.random.between(0, 2 * ways.plan.latencyMs),
        new Error("connection reset"),
      );
    }
  }

  /** One end is gone; the other learns of it if the way is open. */
  closeFrom(end: End, reason: Error | undefined): void {
    const { kernel, ways } = this.#options;
    const peer = this.#peerOf(end);
    end.closeAfter(0, reason);
    if (ways.isPassable(end.life.node, peer.life.node)) {
      peer.closeAfter(kernel.random.between(0.5, 2) * ways.plan.latencyMs, reason);
    }
  }

  lifeEnded(life: Life, kind: CrashKind): void {
    for (const end of [this.#client, this.#server]) {
      if (end.life === life) {
        end.isClosed = true;
        end.input?.cut();
        if (kind === "kill") {
          end.output?.finish();
        } else {
          end.output?.cut();
        }
        const peer = this.#peerOf(end);
        if ((peer.output?.queuedBytes ?? 0) > 0) {
          this.sentToNobody(peer);
        }
      }
    }
    this.#forgetIfDone();
  }

  /**
   * Bytes for an end that is gone: they are sent again and again, and once the machine is there and hears
   * them it answers with a reset.
   */
  sentToNobody(end: End): void {
    const { kernel, ways } = this.#options;
    if (end.isProbing || end.isClosed) {
      return;
    }
    const peer = this.#peerOf(end);
    const isHeard =
      ways.isPassable(end.life.node, peer.life.node) &&
      ways.isPassable(peer.life.node, end.life.node);
    if (isHeard) {
      kernel.reached("half-open connection");
      end.closeAfter(2 * ways.plan.latencyMs, new Error("connection reset by peer"));
      return;
    }
    end.isProbing = true;
    kernel.after(end.life, retransmitMs, () => {
      end.isProbing = false;
      this.sentToNobody(end);
    });
  }

  isGone(end: End): boolean {
    return this.#peerOf(end).isClosed;
  }

  setStalled(isStalled: boolean): void {
    this.#client.output?.setStalled(isStalled);
  }

  wakeAfter(delayMs: number): void {
    for (const end of [this.#client, this.#server]) {
      this.#options.kernel.after(end.life, delayMs, () => end.input?.wake());
    }
  }

  closed(end: End, error: Error | undefined): void {
    this.#options.kernel.trace.note(`closed ${end.life.node} ${error?.message ?? ""}`);
    this.#forgetIfDone();
  }

  get kernel(): Kernel {
    return this.#options.kernel;
  }

  #forgetIfDone(): void {
    if (this.#client.isClosed && this.#server.isClosed) {
      this.#options.ways.forget(this);
    }
  }

  #peerOf(end: End): End {
    return end === this.#client ? this.#server : this.#client;
  }

  #pipe(from: End, to: End): Pipe {
    const { kernel, ways } = this.#options;
    return new Pipe({
      kernel,
      plan: ways.plan,
      sender: from.life,
      receiver: to.life,
      isPassable: () => to.events !== undefined && ways.isPassable(from.life.node, to.life.node),
      deliver: (chunk) => to.deliver(chunk),
      drain: () => from.drained(),
      ended: () => to.closeAfter(0, undefined),
    });
  }
}

/** One side of a connection, as its process holds it. */
class End implements Connection {
  readonly life: Life;
  readonly localHost: string;
  readonly localPort: number;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly #link: Link;
  events: ConnectionEvents | undefined;
  output: Pipe | undefined;
  input: Pipe | undefined;
  isClosed = false;
  /** Retransmitting to an end that is gone. */
  isProbing = false;

  constructor(link: Link, life: Life, local: Address, remote: Address) {
    this.#link = link;
    this.life = life;
    this.localHost = local.host;
    this.localPort = local.port;
    this.remoteHost = remote.host;
    this.remotePort = remote.port;
  }

  write(source: Buffer, start: number, end: number): number {
    if (!this.life.isAlive) {
      return end - start;
    }
    if (this.isClosed || this.output === undefined) {
      return 0;
    }
    const taken = this.output.write(source, start, end);
    if (this.#link.isGone(this)) {
      this.#link.sentToNobody(this);
    }
    return taken;
  }

  pause(): void {
    this.input?.setPaused(true);
  }

  resume(): void {
    this.input?.setPaused(false);
  }

  end(): void {
    if (this.life.isAlive && !this.isClosed) {
      this.output?.finish();
      this.#whenSent(() => this.closeAfter(0, undefined));
    }
  }

  close(): void {
    if (this.life.isAlive && !this.isClosed) {
      this.output?.cut();
      this.#link.closeFrom(this, undefined);
    }
  }

  deliver(chunk: Buffer): void {
    if (!this.isClosed) {
      this.events?.data(this, chunk);
    }
  }

  drained(): void {
    if (!this.isClosed) {
      this.events?.drain(this);
    }
  }

  closeAfter(delayMs: number, error: Error | undefined): void {
    this.#link.kernel.after(this.life, delayMs, () => {
      if (this.isClosed) {
        return;
      }
      this.isClosed = true;
      this.input?.cut();
      this.output?.finish();
      this.#link.closed(this, error);
      this.events?.close(this, error);
    });
  }

  #whenSent(run: () => void): void {
    const look = (): void => {
      if (this.isClosed || this.output?.queuedBytes === 0) {
        run();
      } else {
        this.#link.kernel.after(this.life, 1, look);
      }
    };
    look();
  }
}
