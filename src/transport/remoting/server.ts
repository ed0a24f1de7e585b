/**
 * A listening socket that speaks remoting: accepts connections up to a bound, keeps their time limits, and on a
 * stop lets replies that are on their way go first.
 *
 * Time limits are looked at once a second, by one timer for all sessions, so that a session costs no timer.
 */
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import type { Environment } from "../../io/environment.ts";
import type { Log } from "../../io/log.ts";
import type { Address, Connection, ConnectionEvents, Listener } from "../../io/network.ts";
import { BufferPool } from "../buffer-pool.ts";
import { FlushList } from "../flush-list.ts";
import { type Receiver, Session, type SessionHost } from "../session.ts";

export interface RemotingServerOptions {
  readonly address: Address;
  readonly receiver: Receiver;
  /** The name of the log's area. */
  readonly area: string;
  readonly connectionsMax?: number | undefined;
}

/** What nobody listens to: a connection that was refused at once. */
const deaf: ConnectionEvents = { data() {}, drain() {}, close() {} };

export class RemotingServer implements SessionHost {
  readonly pool = new BufferPool();
  readonly flushList: FlushList;
  readonly receiver: Receiver;
  sweptMs: number;
  unfinishedBytes = 0;
  backlogBytes = 0;
  receivedBytes = 0;
  sentBytes = 0;
  refusedFrames = 0;
  refusedConnections = 0;
  timedOutConnections = 0;
  acceptedConnections = 0;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #connectionsMax: number;
  readonly #sessions = new Set<Session>();
  readonly #listener: Listener;
  #timer: Timer | undefined;
  #isDraining = false;
  /** While stopping: looks whether the wait is over. */
  #look: (() => void) | undefined;

  /** Listens. Throws NetworkError when it cannot. */
  constructor(environment: Environment, options: RemotingServerOptions) {
    this.#clock = environment.clock;
    this.#log = environment.log.area(options.area);
    this.#connectionsMax = options.connectionsMax ?? limits.connectionsMax;
    this.flushList = new FlushList(environment.clock);
    this.receiver = options.receiver;
    this.sweptMs = environment.clock.elapsedMs();
    this.#listener = environment.network.listen(options.address, (connection) =>
      this.#accept(connection),
    );
    this.#armSweep();
  }

  /** Where it listens; the port that was chosen when 0 was asked for. */
  get address(): Address {
    return { host: this.#listener.host, port: this.#listener.port };
  }

  get connectionCount(): number {
    return this.#sessions.size;
  }

  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /**
   * Accepts nobody any more, waits until no session owes a reply (at most limits.drainMs), then closes all.
   * Idempotent.
   */
  async stop(): Promise<void> {
    this.#listener.close();
    if (!this.#isDraining) {
      this.#isDraining = true;
      for (const session of this.#sessions) {
        session.readNoMore();
      }
      await this.#until(owesNothing, limits.drainMs);
      for (const session of [...this.#sessions]) {
        session.end("the server stops");
      }
      await this.#until(() => false, limits.farewellMs);
      this.#timer?.cancel();
      for (const session of [...this.#sessions]) {
        session.abort("the server stops");
      }
    }
  }

  closed(session: Session, reason: string): void {
    this.#sessions.delete(session);
    this.#log.debug("connection closed", { peer: session.remoteAddress, reason });
    this.#look?.();
  }

  flushed(): void {
    this.#look?.();
  }

  /** Closes the session whose unfinished frame began first: of all, it has used its time worst. */
  tooManyUnfinished(): void {
    let oldest: Session | undefined;
    for (const session of this.#sessions) {
      if (
        session.unfinishedBytes > 0 &&
        (oldest === undefined || session.frameSinceMs < oldest.frameSinceMs)
      ) {
        oldest = session;
      }
    }
    oldest?.abort("too many unfinished frames");
  }

  #accept(connection: Connection): ConnectionEvents {
    if (this.#isDraining || this.#sessions.size >= this.#connectionsMax) {
      this.refusedConnections++;
      connection.close();
      return deaf;
    }
    this.acceptedConnections++;
    const session = new Session(connection, this);
    this.#sessions.add(session);
    return session;
  }

  #armSweep(): void {
    this.#timer = this.#clock.after(limits.sweepMs, () => {
      this.#sweep();
      if (!this.#isDraining || this.#sessions.size > 0) {
        this.#armSweep();
      }
    });
  }

  #sweep(): void {
    const now = this.#clock.elapsedMs();
    this.sweptMs = now;
    for (const session of this.#sessions) {
      const reason = overdue(session, now);
      if (reason !== undefined) {
        this.timedOutConnections++;
        session.abort(reason);
      }
    }
    this.#look?.();
  }

  /** Resolves when every session that is left is ready, or when the time is over. */
  #until(isReady: (session: Session) => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(timeoutMs, resolve);
      this.#look = () => {
        for (const session of this.#sessions) {
          if (!isReady(session)) {
            return;
          }
        }
        this.#look = undefined;
        timer.cancel();
        resolve();
      };
      // Replies made in this turn are flushed when it ends.
      this.#clock.endOfTurn(() => this.#look?.());
    });
  }
}

function owesNothing(session: Session): boolean {
  return (
    session.gated.count === 0 && session.inFlightCount === 0 && session.output.pendingBytes === 0
  );
}

/** Why a session must go, or undefined. */
function overdue(session: Session, nowMs: number): string | undefined {
  if (session.stalledSinceMs >= 0 && nowMs - session.stalledSinceMs > limits.outputStalledMs) {
    return "takes no replies";
  }
  if (session.isPaused) {
    return undefined;
  }
  if (session.frameSinceMs >= 0) {
    const allowedMs = session.frameCount === 0 ? limits.firstFrameMs : limits.frameMs;
    return nowMs - session.frameSinceMs > allowedMs ? "an unfinished frame" : undefined;
  }
  const isBusy = session.heldCount > 0 || session.gated.count > 0 || session.inFlightCount > 0;
  if (!isBusy && nowMs - session.lastReadMs > limits.idleCloseMs) {
    return "idle";
  }
  return undefined;
}
