/** The lives of one broker over one store: at most one process and one session at a time, on the same two ports. */
import type { Address } from "../../src/io/network.ts";
import type { SeededRandom } from "../simulation/random.ts";
import type { Ledger } from "./ledger.ts";
import { LoadSession } from "./load-session.ts";
import { freeAddresses, MqProcess } from "./mq-process.ts";

export interface LivesOptions {
  readonly ledger: Ledger;
  readonly random: SeededRandom;
  readonly storeFolder: string;
  /** What all lives say goes here. */
  readonly logPath: string;
  /** `key=value` settings of the broker. */
  readonly settings: readonly string[];
}

export interface Life {
  readonly process: MqProcess;
  readonly session: LoadSession;
}

/** What a run of lives came to. */
export interface CrashResult {
  readonly violations: readonly string[];
  readonly sentCount: number;
  readonly acknowledgedCount: number;
  /** Messages at a known place in the end. */
  readonly settledCount: number;
  /** Messages that were put off, and messages that were given back. */
  readonly laterCount: number;
  readonly backCount: number;
  readonly endedUnderLoad: number;
  readonly endedWhileStarting: number;
  /** Longest time from start to all queues served, over all lives. */
  readonly readyMsMax: number;
}

export class Lives {
  readonly #options: LivesOptions;
  readonly #addresses: readonly [broker: Address, nameserver: Address];
  #process: MqProcess | undefined;
  #session: LoadSession | undefined;
  endedUnderLoad = 0;
  endedWhileStarting = 0;
  #readyMsMax = 0;

  private constructor(options: LivesOptions, addresses: readonly [Address, Address]) {
    this.#options = options;
    this.#addresses = addresses;
  }

  static async create(options: LivesOptions): Promise<Lives> {
    return new Lives(options, await freeAddresses());
  }

  get endedCount(): number {
    return this.endedUnderLoad + this.endedWhileStarting;
  }

  /** Starts the process and waits for nothing. */
  start(flush: "sync" | "async"): MqProcess {
    const { storeFolder, logPath, settings } = this.#options;
    const [broker, nameserver] = this.#addresses;
    this.#process = MqProcess.start({ storeFolder, logPath, broker, nameserver, flush, settings });
    return this.#process;
  }

  /** Starts the process and waits until clients are served. */
  async begin(flush: "sync" | "async"): Promise<Life> {
    const { ledger, random } = this.#options;
    const [, nameserver] = this.#addresses;
    const startedAt = performance.now();
    const process = this.start(flush);
    const session = await LoadSession.open({
      nameserver,
      ledger,
      random: random.fork(),
      isGone: () => process.hasExited,
    });
    this.#session = session;
    this.#readyMsMax = Math.max(this.#readyMsMax, performance.now() - startedAt);
    return { process, session };
  }

  /** One more life that reads everything back and is then asked to stop. */
  async readEverything(): Promise<void> {
    const { process, session } = await this.begin("sync");
    await session.verifyAll();
    await session.verifyPromises();
    await session.close();
    const code = await process.stop();
    if (code !== 0) {
      throw new Error(`mq ended with ${code} when it was asked to stop`);
    }
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await this.#process?.kill();
    session?.expectEnd();
    await session?.close();
  }

  /** An error that says what the process said last. */
  brokeOff(what: string, cause: unknown): Error {
    return new Error(`${what} broke off; mq said:\n${this.#process?.logTail() ?? ""}`, { cause });
  }

  result(): CrashResult {
    const { ledger } = this.#options;
    return {
      violations: ledger.violations,
      sentCount: ledger.sentCount,
      acknowledgedCount: ledger.acknowledgedCount,
      settledCount: ledger.settledCount,
      laterCount: ledger.promised.laterCount,
      backCount: ledger.promised.backCount,
      endedUnderLoad: this.endedUnderLoad,
      endedWhileStarting: this.endedWhileStarting,
      readyMsMax: this.#readyMsMax,
    };
  }
}
