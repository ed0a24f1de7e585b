/**
 * Telling every nameserver what is served (remoting 6.3): all of it regularly, changes at once, and again as soon
 * as a lost nameserver is back: it forgets a broker whose connection broke.
 *
 * Each nameserver has its own loop of calls, one at a time, so that one that is down delays nobody. A change waits
 * in the set of what the next call tells; a nameserver that lost its memory refuses a single change, and is told
 * everything.
 */
import { limits } from "../../core/limits.ts";
import type { Clock, Timer } from "../../io/clock.ts";
import type { Log } from "../../io/log.ts";
import type { NameserverPort } from "../ports.ts";
import type { TopicConfig } from "../topic/topic-config.ts";
import type { Announcer, TopicTable } from "../topic/topic-table.ts";

export class Registration implements Announcer {
  readonly #clock: Clock;
  readonly #links: readonly NameserverLink[];
  #timer: Timer | undefined;
  #isStopped = false;
  #fullRoundMs = 0;

  constructor(parts: {
    readonly clock: Clock;
    readonly log: Log;
    readonly topics: TopicTable;
    readonly nameservers: readonly NameserverPort[];
  }) {
    this.#clock = parts.clock;
    this.#links = parts.nameservers.map(
      (nameserver) =>
        new NameserverLink(nameserver, parts.topics, parts.log, () => this.#armSoon()),
    );
  }

  /** Nameservers that took the last registration. */
  get registeredCount(): number {
    return this.#links.filter((link) => link.isRegistered).length;
  }

  /** Registers everything, and again and again. Resolves after the first round, whatever came of it. */
  async start(): Promise<void> {
    await this.#registerAll();
    this.#arm();
  }

  /**
   * Tells changed topics. Resolves when every reachable nameserver knows them: one that failed its last call is
   * not waited for, and none longer than limits.announceWaitMs.
   */
  changed(topics: readonly TopicConfig[]): Promise<void> {
    return this.#tellEach((link) => link.tell(topics));
  }

  /** Tells all topics, because some are gone. Resolves as `changed` does. */
  removed(): Promise<void> {
    return this.#tellEach((link) => link.tellAll());
  }

  /** Takes the broker out of the routes and closes the connections. Idempotent. */
  async stop(): Promise<void> {
    if (this.#isStopped) {
      return;
    }
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#withinTime(
      Promise.all(this.#links.map((link) => link.leave())).then(() => undefined),
      limits.registrationTimeoutMs,
    );
    for (const link of this.#links) {
      link.close();
    }
  }

  #tellEach(tell: (link: NameserverLink) => Promise<void>): Promise<void> {
    const told = this.#links.map((link) => {
      const done = tell(link);
      return link.isRegistered ? done : Promise.resolve();
    });
    return this.#withinTime(
      Promise.all(told).then(() => undefined),
      limits.announceWaitMs,
    );
  }

  async #registerAll(): Promise<void> {
    this.#fullRoundMs = this.#clock.elapsedMs();
    await Promise.all(this.#links.map((link) => link.tellAll()));
  }

  /** Asks those again that were lost, and all of them when it is time. */
  async #round(): Promise<void> {
    if (this.#clock.elapsedMs() - this.#fullRoundMs >= limits.registrationMs) {
      await this.#registerAll();
    } else {
      const lost = this.#links.filter((link) => !link.isRegistered);
      await Promise.all(lost.map((link) => link.tellAll()));
    }
    this.#arm();
  }

  #arm(): void {
    const isComplete = this.#links.every((link) => link.isRegistered);
    const dueMs = this.#fullRoundMs + limits.registrationMs - this.#clock.elapsedMs();
    this.#armIn(
      isComplete ? Math.max(limits.registrationRetryMs, dueMs) : limits.registrationRetryMs,
    );
  }

  #armSoon(): void {
    this.#armIn(0);
  }

  #armIn(delayMs: number): void {
    this.#timer?.cancel();
    if (!this.#isStopped) {
      this.#timer = this.#clock.after(delayMs, () => void this.#round());
    }
  }

  #withinTime(work: Promise<void>, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(timeoutMs, resolve);
      void work.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

/** One nameserver: one call at a time, and what the next one tells. */
class NameserverLink {
  /** The last call succeeded. */
  isRegistered = false;
  readonly #nameserver: NameserverPort;
  readonly #topics: TopicTable;
  readonly #log: Log;
  readonly #changed = new Map<string, TopicConfig>();
  #mustTellAll = true;
  #isLeaving = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(nameserver: NameserverPort, topics: TopicTable, log: Log, onLost: () => void) {
    this.#nameserver = nameserver;
    this.#topics = topics;
    this.#log = log;
    nameserver.onLost(() => {
      if (this.isRegistered) {
        this.#failed(new Error("the connection closed"));
        onLost();
      }
    });
  }

  tellAll(): Promise<void> {
    this.#mustTellAll = true;
    return this.#schedule();
  }

  tell(topics: readonly TopicConfig[]): Promise<void> {
    for (const topic of topics) {
      this.#changed.set(topic.topic, topic);
    }
    return this.#schedule();
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#running;
    if (this.isRegistered) {
      this.isRegistered = false;
      await this.#nameserver.unregister().catch((error: unknown) => this.#failed(error));
    }
  }

  close(): void {
    this.#nameserver.close();
  }

  /** Resolves after a call that began later than now; what is asked for until then goes with it. */
  #schedule(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#call().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#schedule();
    });
    return this.#next;
  }

  async #call(): Promise<void> {
    if (this.#isLeaving) {
      return;
    }
    const isAll = this.#mustTellAll || !this.isRegistered;
    const changed = isAll ? this.#topics.configs() : [...this.#changed.values()];
    const topics = changed.map((config) => this.#topics.announced(config));
    this.#changed.clear();
    this.#mustTellAll = false;
    try {
      await this.#nameserver.register(topics, this.#topics.dataVersion, { isAll });
      if (!this.isRegistered) {
        this.#log.info("registered", { nameserver: this.#nameserver.name, topics: topics.length });
      }
      this.isRegistered = true;
    } catch (error) {
      this.#mustTellAll = true;
      this.#failed(error);
      if (!isAll) {
        // It may just have forgotten us: tell everything now rather than in half a minute.
        await this.#call();
      }
    }
  }

  #failed(error: unknown): void {
    if (this.isRegistered) {
      this.#log.warn("the nameserver does not answer", {
        nameserver: this.#nameserver.name,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    this.isRegistered = false;
  }
}
