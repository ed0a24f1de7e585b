/**
 * Runs clients side by side against one server. When every client that still runs has said that it is ready,
 * the broker is killed under all of them and started again, once.
 */
import { join } from "node:path";
import { type ClientRun, runClient } from "./client-run.ts";
import type { ObservationLog } from "./observations.ts";
import { buildProgram } from "./programs.ts";
import type { ReportLine } from "./report-line.ts";
import { restartScenario } from "./scenarios.ts";
import type { Tally } from "./tally.ts";
import type { Target } from "./target.ts";
import { makeTopics, topicsOf } from "./topics.ts";
import type { Variant } from "./variant.ts";

export interface SessionOptions {
  readonly targetName: "mq" | "rocketmq";
  readonly target: Target;
  readonly variants: readonly Variant[];
  readonly scale: number;
  /** Where the programs are built, for all runs. */
  readonly cacheFolder: string;
  /** Logs of this run's clients. */
  readonly runFolder: string;
  readonly timeoutMs: number;
  readonly tally: Tally;
  readonly log: ObservationLog;
  readonly note: (text: string) => void;
}

const readyToBeKilled = "ready to be killed";

export async function runSession(options: SessionOptions): Promise<void> {
  const gate = new RestartGate(options);
  const runs = options.variants.map(async (variant) => {
    const program = await buildProgram(variant, options.cacheFolder);
    await makeTopics(options.target.nameserver, topicsOf(variant));
    const lines = new LineCounter(options, variant);
    const run = runClient({
      program,
      variant,
      nameserver: options.target.nameserver,
      target: options.targetName,
      scale: options.scale,
      folder: join(options.runFolder, "clients"),
      timeoutMs: options.timeoutMs,
      onLine: (line) => {
        lines.add(line);
        if (line.kind === "event" && line.what === readyToBeKilled) {
          gate.ready(run);
        }
      },
    });
    gate.add(run);
    const outcome = await run.finished;
    gate.left(run, variant);
    lines.end(outcome);
  });
  await Promise.all(runs);
  await gate.closed();
}

/** Judges one client's lines. */
class LineCounter {
  readonly #options: SessionOptions;
  readonly #variant: Variant;
  readonly #finished = new Set<string>();
  readonly #startedAt = performance.now();

  constructor(options: SessionOptions, variant: Variant) {
    this.#options = options;
    this.#variant = variant;
  }

  add(line: ReportLine): void {
    const { tally, log, note } = this.#options;
    const where = `${this.#variant.name}, ${line.scenario}`;
    switch (line.kind) {
      case "check":
        tally.count(where, line);
        break;
      case "skip":
        tally.skip();
        break;
      case "observation":
        log.add(this.#variant.name, `${line.scenario}: ${line.what}`, line.value);
        break;
      case "event":
        if (line.what === "finished") {
          this.#finished.add(line.scenario);
        }
        note(`${where} ${line.what} ${line.detail}`);
        break;
    }
  }

  /** A program that ends early has not shown what it was to show. */
  end(outcome: number | "timeout"): void {
    const { tally, note } = this.#options;
    const missing = this.#variant.scenarios.filter((scenario) => !this.#finished.has(scenario));
    tally.count(this.#variant.name, {
      what: "every scenario runs to its end",
      isOk: outcome === 0 && missing.length === 0,
      detail: `the program ended with ${outcome}, unfinished: ${missing.join(", ") || "none"}`,
    });
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    note(`${this.#variant.name} took ${seconds} s`);
  }
}

/** Opens once for all clients: the broker is down for none of them while another still needs it. */
class RestartGate {
  readonly #options: SessionOptions;
  readonly #running = new Set<ClientRun>();
  readonly #ready = new Set<ClientRun>();
  #expected: number;
  #restart: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#expected = options.variants.filter(isThereAtTheKill).length;
  }

  add(run: ClientRun): void {
    this.#running.add(run);
  }

  ready(run: ClientRun): void {
    this.#ready.add(run);
    this.#openWhenAllAreThere();
  }

  left(run: ClientRun, variant: Variant): void {
    this.#running.delete(run);
    if (!this.#ready.delete(run) && isThereAtTheKill(variant)) {
      this.#expected--;
    }
    this.#openWhenAllAreThere();
  }

  async closed(): Promise<void> {
    await this.#restart;
  }

  #openWhenAllAreThere(): void {
    if (this.#restart === undefined && this.#expected > 0 && this.#ready.size >= this.#expected) {
      this.#restart = this.#killAndRestart();
    }
  }

  async #killAndRestart(): Promise<void> {
    const { target, tally, note } = this.#options;
    const startedAt = performance.now();
    const finding = { what: "the killed broker starts again", isOk: true, detail: "" };
    try {
      await target.killAndRestart();
    } catch (error) {
      finding.isOk = false;
      finding.detail = String(error);
    }
    tally.count("server", finding);
    const ms = (performance.now() - startedAt).toFixed(0);
    note(`killed and started again in ${ms} ms`);
    for (const run of this.#running) {
      run.say("restarted");
    }
  }
}

function isThereAtTheKill(variant: Variant): boolean {
  return variant.scenarios.includes(restartScenario);
}
