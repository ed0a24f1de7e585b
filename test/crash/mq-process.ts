/** One life of `dist/mq standalone`: started on a store, killed or asked to stop. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "../../src/io/network.ts";
import { freePort } from "../support/free-port.ts";

const executable = join(import.meta.dir, "../../dist/mq");
const logTailBytes = 4_000;

export interface LifeOptions {
  readonly storeFolder: string;
  readonly logPath: string;
  readonly broker: Address;
  readonly nameserver: Address;
  readonly flush: "sync" | "async";
  /** `key=value` settings. */
  readonly settings: readonly string[];
}

export class MqProcess {
  readonly #child: ChildProcess;
  readonly #options: LifeOptions;
  /** Resolves with exit code or signal name. */
  readonly exited: Promise<number | string>;
  #hasExited = false;

  private constructor(child: ChildProcess, options: LifeOptions) {
    this.#child = child;
    this.#options = options;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#hasExited = true;
        resolve(code ?? signal ?? "unknown");
      });
      child.once("error", (error) => {
        this.#hasExited = true;
        resolve(error.message);
      });
    });
  }

  static start(options: LifeOptions): MqProcess {
    const { storeFolder, broker, nameserver, flush, settings } = options;
    const log = openSync(options.logPath, "a");
    const child = spawn(
      executable,
      [
        ...["standalone", "start", "--store", storeFolder, "--flush", flush],
        ...["--listen", `${broker.host}:${broker.port}`],
        ...["--nameserver-listen", `${nameserver.host}:${nameserver.port}`],
        ...settings.flatMap((setting) => ["--set", setting]),
      ],
      { stdio: ["ignore", log, log] },
    );
    closeSync(log);
    return new MqProcess(child, options);
  }

  /** Throws when it did not start. */
  get pid(): number {
    if (this.#child.pid === undefined) {
      throw new Error(`${executable} did not start`);
    }
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Ends it without a word; resolves when the kernel has collected it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | string> {
    this.#child.kill("SIGTERM");
    return this.exited;
  }

  /** The end of what it said. */
  logTail(): string {
    return readFileSync(this.#options.logPath, "utf8").slice(-logTailBytes);
  }
}

/** Two addresses of this machine that are free now. */
export async function freeAddresses(): Promise<readonly [Address, Address]> {
  const host = "127.0.0.1";
  return [
    { host, port: await freePort() },
    { host, port: await freePort() },
  ];
}
