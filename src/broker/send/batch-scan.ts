/**
 * What one pass over a batch finds: checks of every message before the first is stored, and where each lies, in rings of
 * plain numbers that every batch fills again.
 */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { forEachBatchMessage } from "../../record/batch.ts";
import { createPropertyScan, scanProperties, tagHashOf } from "../../record/properties.ts";
import { refuseDelayedBatch, refuseMissingFeatures } from "./refusals.ts";

/** Numbers kept of a message. */
const stride = 7;
const at = {
  flag: 0,
  bodyStart: 1,
  bodyEnd: 2,
  propertiesStart: 3,
  propertiesEnd: 4,
  tagHash: 5,
  hasForeign: 6,
} as const;

export class BatchScan {
  readonly #scan = createPropertyScan();
  #facts = new Int32Array(64 * stride);
  #source: Buffer = Buffer.alloc(0);
  #count = 0;

  /** Messages of the batch in source[start, end). Throws MqError `message_illegal`, DecodeError for lengths that do not fit. */
  read(source: Buffer, start: number, end: number): number {
    this.#source = source;
    this.#count = 0;
    const count = forEachBatchMessage(source, start, end, this.#note);
    if (count === 0) {
      throw new MqError("message_illegal", "an empty batch");
    }
    if (count > limits.batchMessagesMax) {
      throw new MqError(
        "message_illegal",
        `a batch of ${count} messages; at most ${limits.batchMessagesMax} are taken`,
      );
    }
    return count;
  }

  flag(index: number): number {
    return this.#facts[index * stride + at.flag] as number;
  }

  bodyStart(index: number): number {
    return this.#facts[index * stride + at.bodyStart] as number;
  }

  bodyEnd(index: number): number {
    return this.#facts[index * stride + at.bodyEnd] as number;
  }

  propertiesStart(index: number): number {
    return this.#facts[index * stride + at.propertiesStart] as number;
  }

  propertiesEnd(index: number): number {
    return this.#facts[index * stride + at.propertiesEnd] as number;
  }

  tagHash(index: number): number {
    return this.#facts[index * stride + at.tagHash] as number;
  }

  /** True when the client sent properties that are not its to send. */
  hasForeign(index: number): boolean {
    return this.#facts[index * stride + at.hasForeign] === 1;
  }

  /** Bound once: a batch of 500 messages makes no closure. */
  readonly #note = (
    flag: number,
    bodyStart: number,
    bodyEnd: number,
    propertiesStart: number,
    propertiesEnd: number,
  ): void => {
    const scan = this.#scan;
    scanProperties(this.#source, propertiesStart, propertiesEnd, scan);
    refuseMissingFeatures(scan, 0);
    refuseDelayedBatch(scan.delayLevel);
    const base = this.#count++ * stride;
    if (base === this.#facts.length) {
      this.#grow();
    }
    const facts = this.#facts;
    facts[base + at.flag] = flag;
    facts[base + at.bodyStart] = bodyStart;
    facts[base + at.bodyEnd] = bodyEnd;
    facts[base + at.propertiesStart] = propertiesStart;
    facts[base + at.propertiesEnd] = propertiesEnd;
    facts[base + at.tagHash] = tagHashOf(this.#source, scan);
    facts[base + at.hasForeign] = scan.hasForeign ? 1 : 0;
  };

  #grow(): void {
    const facts = new Int32Array(this.#facts.length * 2);
    facts.set(this.#facts);
    this.#facts = facts;
  }
}
