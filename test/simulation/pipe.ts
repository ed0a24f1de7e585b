/**
 * One direction of a simulated TCP connection: bytes in order, cut anywhere, late, and held back when the
 * receiver does not read or the way is blocked. A sender that is ahead of the buffers is told to wait.
 */
import type { Kernel, Life } from "./kernel.ts";

/** How the wires of a run behave. */
export interface WirePlan {
  readonly latencyMs: number;
  /** Now and then a delivery takes this long. */
  readonly slowMs: number;
  slowChance: number;
  /** Bytes that a connection's buffers hold in one direction. */
  readonly bufferBytes: number;
  /** Chance that a delivery is cut at an arbitrary byte. */
  readonly cutChance: number;
}

/** A quiet local network. */
export function calmWires(): WirePlan {
  return { latencyMs: 0.1, slowMs: 0, slowChance: 0, bufferBytes: 262_144, cutChance: 0.1 };
}

export interface PipeEnd {
  readonly kernel: Kernel;
  readonly plan: WirePlan;
  /** The receiving process: deliveries are its events. */
  readonly receiver: Life;
  /** The sending process: `drain` is its event. */
  readonly sender: Life;
  /** False while the way between the machines is cut. */
  readonly isPassable: () => boolean;
  readonly deliver: (chunk: Buffer) => void;
  readonly drain: () => void;
  /** Everything before the end was delivered. */
  readonly ended: () => void;
}

export class Pipe {
  readonly #end: PipeEnd;
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isDrainWanted = false;
  #isPaused = false;
  #isStalled = false;
  #isEnding = false;
  #isClosed = false;
  #isScheduled = false;

  constructor(end: PipeEnd) {
    this.#end = end;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Takes what fits; the rest must wait for `drain`. */
  write(source: Buffer, start: number, end: number): number {
    const { kernel, plan } = this.#end;
    if (this.#isClosed || this.#isEnding) {
      return 0;
    }
    const taken = Math.max(0, Math.min(end - start, plan.bufferBytes - this.#queuedBytes));
    if (taken < end - start) {
      kernel.reached("partial write");
      this.#isDrainWanted = true;
    }
    if (taken > 0) {
      this.#queue.push(Buffer.from(source.subarray(start, start + taken)));
      this.#queuedBytes += taken;
      this.#schedule();
    }
    return taken;
  }

  /** What was taken is still delivered, then `ended` is called. */
  finish(): void {
    this.#isEnding = true;
    this.#schedule();
  }

  /** Drops what is under way; nothing is called any more. */
  cut(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
  }

  /** The receiving program stops or starts reading. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#schedule();
  }

  /** The receiving machine stops or starts taking bytes: the nemesis' slow reader. */
  setStalled(isStalled: boolean): void {
    this.#isStalled = isStalled;
    this.#schedule();
  }

  /** Called when a blocked way is open again. */
  wake(): void {
    this.#schedule();
  }

  get #isHeld(): boolean {
    return this.#isPaused || this.#isStalled || !this.#end.isPassable();
  }

  #schedule(): void {
    const hasWork = this.#queuedBytes > 0 || this.#isEnding;
    if (this.#isScheduled || this.#isClosed || !hasWork || this.#isHeld) {
      return;
    }
    this.#isScheduled = true;
    const { kernel, plan, receiver } = this.#end;
    const isSlow = kernel.random.chance(plan.slowChance);
    if (isSlow) {
      kernel.reached("slow delivery");
    }
    const delayMs = isSlow ? kernel.random.between(0, plan.slowMs) : this.#latencyMs();
    kernel.after(receiver, delayMs, () => this.#arrive());
  }

  /** In steps, so that deliveries of several connections meet in one turn. */
  #latencyMs(): number {
    const { kernel, plan } = this.#end;
    const arrivalMs = kernel.elapsedMs + kernel.random.between(0.5, 1.5) * plan.latencyMs;
    return Math.max(0, Math.ceil(arrivalMs * 20) / 20 - kernel.elapsedMs);
  }

  #arrive(): void {
    this.#isScheduled = false;
    if (this.#isClosed || this.#isHeld) {
      return;
    }
    if (this.#queuedBytes === 0) {
      this.#isClosed = true;
      this.#end.ended();
      return;
    }
    const { kernel, plan, receiver, sender } = this.#end;
    const chunk = this.#take(
      kernel.random.chance(plan.cutChance)
        ? 1 + kernel.random.below(this.#queuedBytes)
        : this.#queuedBytes,
    );
    kernel.trace.note(`${sender.node}>${receiver.node} ${chunk.length}`);
    if (this.#isDrainWanted) {
      this.#isDrainWanted = false;
      kernel.after(sender, plan.latencyMs, () => {
        if (!this.#isClosed) {
          this.#end.drain();
        }
      });
    }
    this.#end.deliver(chunk);
    this.#schedule();
  }

  #take(bytes: number): Buffer {
    const all = this.#queue.length === 1 ? (this.#queue[0] as Buffer) : Buffer.concat(this.#queue);
    this.#queue.length = 0;
    if (bytes < all.length) {
      this.#queue.push(all.subarray(bytes));
    }
    this.#queuedBytes -= bytes;
    return Buffer.from(all.subarray(0, bytes));
  }
}
