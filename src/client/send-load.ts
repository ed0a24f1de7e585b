/**
 * Puts a broker under a send load and measures it: N requests in flight, each slot sending its next one when its reply
 * came, or at a fixed rate (then a latency counts from the moment at which the request was due, so that a broker that
 * stalls is not spared the requests that waited). One slot is one synchronous sender.
 */
import { limits } from "../core/limits.ts";
import type { Timer } from "../io/clock.ts";
import type { Environment } from "../io/environment.ts";
import { decodeCommand } from "../protocol/remoting/command.ts";
import { responseCode } from "../protocol/remoting/response-code.ts";
import { parseAddress, refusal } from "./connection-pool.ts";
import { ClientError } from "./errors.ts";
import { Latencies } from "./latencies.ts";
import { LoadConnection } from "./load-connection.ts";
import type { MessageQueue } from "./message.ts";
import { alignedCounter, SendFrame } from "./send-frame.ts";

export interface SendLoadOptions {
  /** Queues that are sent to in turn, each with its broker's address. */
  readonly targets: readonly { readonly queue: MessageQueue; readonly address: string }[];
  readonly producerGroup: string;
  readonly bodyBytes: number;
  /** Messages in a request. */
  readonly batch: number;
  /** Requests in flight. */
  readonly inFlight: number;
  /** Requests a second; as fast as replies come when absent. */
  readonly ratePerSecond?: number | undefined;
  /** Sent before counting starts. */
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Ends earlier, after so many counted messages. */
  readonly messageCount?: number | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called about once a second with the messages counted so far. */
  readonly onProgress?: ((messages: number, seconds: number) => void) | undefined;
}

/** What was counted between warm-up and end. Latencies are of whole requests. */
export interface SendLoadReport {
  readonly messages: number;
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  readonly latencies: Latencies;
}

const idle = -1;
const paceEveryMs = 1;
const sweepEveryMs = 100;
/** A refused slot waits so long before its next request: a broker that says "busy" is not asked harder. */
const refusedPauseMs = 5;

/** Runs the load to its end. Throws ClientError when a broker cannot be reached or nothing was stored. */
export async function runSendLoad(
  environment: Environment,
  options: SendLoadOptions,
): Promise<SendLoadReport> {
  const load = new SendLoad(environment, options);
  return await load.run();
}

class SendLoad {
  readonly #environment: Environment;
  readonly #options: SendLoadOptions;
  readonly #latencies = new Latencies();
  readonly #connections = new Map<string, LoadConnection>();
  readonly #frames: { readonly frame: SendFrame; readonly connection: LoadConnection }[] = [];
  /** The opaque that each slot waits for, or idle. */
  readonly #opaques: Int32Array;
  readonly #startedMs: Float64Array;
  readonly #freeSlots: number[] = [];
  readonly #timers = new Set<Timer>();
  #resolve: () => void = () => undefined;
  #turn = 0;
  #generation = 0;
  #counter = 0;
  #issued = 0;
  #beginMs = 0;
  #countFromMs = 0;
  #endMs = Number.POSITIVE_INFINITY;
  #lastCountedMs = 0;
  #messages = 0;
  #requests = 0;
  #failures = 0;
  #firstFailure: string | undefined;
  #reportedAtMs = 0;
  #hasEnded = false;

  constructor(environment: Environment, options: SendLoadOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#opaques = new Int32Array(options.inFlight).fill(idle);
    this.#startedMs = new Float64Array(options.inFlight);
  }

  async run(): Promise<SendLoadReport> {
    const { clock } = this.#environment;
    const { signal, warmupMs, durationMs } = this.#options;
    try {
      await this.#open();
      this.#beginMs = clock.elapsedMs();
      this.#countFromMs = this.#beginMs + warmupMs;
      this.#endMs = this.#countFromMs + durationMs;
      this.#reportedAtMs = this.#countFromMs;
      const ended = new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
      const stop = (): void => this.#end();
      signal?.addEventListener("abort", stop, { once: true });
      this.#start();
      if ([...this.#connections.values()].some(({ isClosed }) => isClosed)) {
        this.#end();
      }
      await ended;
      signal?.removeEventListener("abort", stop);
    } finally {
      for (const timer of this.#timers) {
        timer.cancel();
      }
      for (const connection of this.#connections.values()) {
        connection.close();
      }
    }
    return this.#report();
  }

  async #open(): Promise<void> {
    const { targets, timeoutMs, producerGroup, bodyBytes, batch } = this.#options;
    const { clock, random } = this.#environment;
    const keyPrefix = random.hex(10).toUpperCase();
    for (const { queue, address } of targets) {
      let connection = this.#connections.get(address);
      if (connection === undefined) {
        connection = await LoadConnection.open(
          this.#environment,
          parseAddress(address),
          timeoutMs,
          {
            reply: (opaque, code, source, start, end) =>
              this.#reply(opaque, code, source, start, end),
            broken: (error) => this.#broken(error),
          },
        );
        this.#connections.set(address, connection);
      }
      const nowMs = clock.nowMs();
      const frame = new SendFrame({ queue, producerGroup, bodyBytes, batch, nowMs, keyPrefix });
      this.#frames.push({ frame, connection });
    }
    if (this.#frames.length === 0) {
      throw new ClientError("no_route", "there is no queue to send to");
    }
  }

  #start(): void {
    const { inFlight, ratePerSecond } = this.#options;
    this.#every(sweepEveryMs, () => this.#sweep());
    if (ratePerSecond === undefined) {
      const nowMs = this.#environment.clock.elapsedMs();
      for (let slot = 0; slot < inFlight; slot++) {
        this.#issue(slot, nowMs);
      }
      return;
    }
    for (let slot = inFlight - 1; slot >= 0; slot--) {
      this.#freeSlots.push(slot);
    }
    this.#every(paceEveryMs, () => this.#pace(ratePerSecond));
  }

  /** Issues what is due; what finds no free slot keeps its due time and goes first when one is free. */
  #pace(ratePerSecond: number): void {
    const nowMs = this.#environment.clock.elapsedMs();
    const due = Math.floor(((Math.min(nowMs, this.#endMs) - this.#beginMs) * ratePerSecond) / 1000);
    while (this.#issued < due && this.#freeSlots.length > 0) {
      const dueMs = this.#beginMs + ((this.#issued + 1) * 1000) / ratePerSecond;
      this.#issue(this.#freeSlots.pop() as number, dueMs);
    }
  }

  #issue(slot: number, startedMs: number): void {
    const { batch, inFlight } = this.#options;
    const { frame, connection } = this.#frames[this.#turn++ % this.#frames.length] as {
      frame: SendFrame;
      connection: LoadConnection;
    };
    const generations = Math.floor(0x7fffffff / inFlight) - 1;
    this.#generation = (this.#generation + 1) % generations;
    const opaque = this.#generation * inFlight + slot;
    this.#counter = alignedCounter(this.#counter, batch);
    frame.stamp(opaque, this.#counter);
    this.#counter += batch;
    this.#issued++;
    this.#opaques[slot] = opaque;
    this.#startedMs[slot] = startedMs;
    connection.send(frame.bytes);
  }

  #reply(opaque: number, code: number, source: Buffer, start: number, end: number): void {
    const slot = opaque % this.#options.inFlight;
    if (this.#opaques[slot] !== opaque) {
      return;
    }
    const nowMs = this.#environment.clock.elapsedMs();
    if (isStored(code)) {
      this.#count(nowMs, nowMs - (this.#startedMs[slot] as number));
      this.#next(slot, nowMs);
      return;
    }
    this.#fail(
      refusal("the broker", decodeCommand(source, start, end, limits.replyHeaderBytesMax)),
    );
    this.#opaques[slot] = idle;
    this.#after(refusedPauseMs, () => this.#next(slot, this.#environment.clock.elapsedMs()));
  }

  #count(nowMs: number, latencyMs: number): void {
    if (nowMs < this.#countFromMs || nowMs > this.#endMs || this.#hasEnded) {
      return;
    }
    this.#requests++;
    this.#messages += this.#options.batch;
    this.#lastCountedMs = nowMs;
    this.#latencies.add(latencyMs);
    const { messageCount } = this.#options;
    if (messageCount !== undefined && this.#messages >= messageCount) {
      this.#end();
    }
  }

  /** The slot's next request, when it is time for one. */
  #next(slot: number, nowMs: number): void {
    this.#opaques[slot] = idle;
    if (nowMs >= this.#endMs) {
      return;
    }
    if (this.#options.ratePerSecond === undefined) {
      this.#issue(slot, nowMs);
    } else {
      this.#freeSlots.push(slot);
      this.#pace(this.#options.ratePerSecond);
    }
  }

  /** Fails what waits too long; ends the run when nothing waits any more. */
  #sweep(): void {
    const nowMs = this.#environment.clock.elapsedMs();
    const { timeoutMs, onProgress } = this.#options;
    let waiting = 0;
    for (let slot = 0; slot < this.#opaques.length; slot++) {
      if (this.#opaques[slot] === idle) {
        continue;
      }
      if (nowMs - (this.#startedMs[slot] as number) < timeoutMs) {
        waiting++;
        continue;
      }
      this.#fail(new ClientError("timed_out", `no answer within ${timeoutMs} ms`));
      this.#next(slot, nowMs);
    }
    if (onProgress !== undefined && nowMs - this.#reportedAtMs >= 1_000) {
      this.#reportedAtMs = nowMs;
      onProgress(this.#messages, (nowMs - this.#countFromMs) / 1_000);
    }
    if (nowMs >= this.#endMs && waiting === 0) {
      this.#end();
    }
  }

  #fail(error: ClientError): void {
    this.#failures++;
    this.#firstFailure ??= error.message;
  }

  #broken(error: ClientError): void {
    for (let slot = 0; slot < this.#opaques.length; slot++) {
      this.#failures += this.#opaques[slot] === idle ? 0 : 1;
    }
    this.#firstFailure ??= error.message;
    this.#end();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#endMs = Math.min(this.#endMs, this.#environment.clock.elapsedMs());
    this.#resolve();
  }

  #report(): SendLoadReport {
    if (this.#messages === 0 && this.#firstFailure !== undefined) {
      throw new ClientError("refused", `nothing was stored: ${this.#firstFailure}`);
    }
    const { messageCount } = this.#options;
    const endMs = messageCount === undefined ? this.#endMs : this.#lastCountedMs;
    return {
      messages: this.#messages,
      requests: this.#requests,
      failures: this.#failures,
      firstFailure: this.#firstFailure,
      seconds: Math.max(0.001, (endMs - this.#countFromMs) / 1_000),
      latencies: this.#latencies,
    };
  }

  #every(ms: number, run: () => void): void {
    this.#after(ms, () => {
      run();
      this.#every(ms, run);
    });
  }

  #after(ms: number, run: () => void): void {
    const timer = this.#environment.clock.after(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }
}

/** Stored, with or without a warning about flush or replica. */
function isStored(code: number): boolean {
  return (
    code === responseCode.success ||
    code === responseCode.flushDiskTimeout ||
    code === responseCode.flushSlaveTimeout ||
    code === responseCode.slaveNotAvailable
  );
}
