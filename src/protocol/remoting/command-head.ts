/**
 * A header taken apart without making anything: numbers, and where each ext field lies in the frame.
 *
 * One head is filled again for every frame. Both header forms are read into it in a single pass; the codecs of
 * the hot requests read the places from here, and `command.ts` makes maps of strings from them. So a header is
 * judged once, by the same rules, whichever way it is handled.
 */
import { DecodeError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { textBetween } from "./json-text.ts";

/** 0 JSON, 1 ROCKETMQ (binary). */
export type SerializeType = 0 | 1;

export const serializeJson = 0;
export const serializeBinary = 1;

/** How the value of a field is written. */
export const fieldForm = {
  /** UTF-8 as it stands. */
  plain: 0,
  /** The inside of a JSON string with escapes. */
  escaped: 1,
  /** A JSON number, boolean, object or array: its text is the value. */
  bare: 2,
} as const;

/** Added to the form when the key has escapes: nobody writes that, so no hot codec reads it. */
const keyIsEscaped = 4;
const formMask = 3;
const slots = 5;

export class CommandHead {
  code = 0;
  language = 0;
  version = 0;
  opaque = 0;
  flag = 0;
  serializeType: SerializeType = 0;
  headerStart = 0;
  headerEnd = 0;
  bodyStart = 0;
  bodyEnd = 0;
  /** Start of the remark; -1 without one. */
  remarkStart = -1;
  remarkEnd = -1;
  remarkIsEscaped = false;
  fieldCount = 0;
  /** Per field: key start, key end, value start, value end, form. */
  private readonly places = new Int32Array(limits.headerFieldsMax * slots);
  private seenKeys = 0;

  /** Forgets the header before. */
  reset(): void {
    this.code = 0;
    this.language = 0;
    this.version = 0;
    this.opaque = 0;
    this.flag = 0;
    this.remarkStart = -1;
    this.remarkEnd = -1;
    this.remarkIsEscaped = false;
    this.fieldCount = 0;
    this.seenKeys = 0;
  }

  /** Notes a field. Throws DecodeError for one too many, a name too long or a name seen before. */
  addField(
    source: Buffer,
    keyStart: number,
    keyEnd: number,
    isKeyEscaped: boolean,
    valueStart: number,
    valueEnd: number,
    form: number,
  ): void {
    if (this.fieldCount === limits.headerFieldsMax) {
      throw new DecodeError(`more than ${limits.headerFieldsMax} ext fields`);
    }
    const keyBytes = keyEnd - keyStart;
    if (keyBytes === 0 || keyBytes > limits.headerKeyBytesMax) {
      throw new DecodeError(`the name of an ext field has ${keyBytes} bytes`);
    }
    this.refuseRepeated(source, keyStart, keyBytes);
    const at = this.fieldCount * slots;
    const places = this.places;
    places[at] = keyStart;
    places[at + 1] = keyEnd;
    places[at + 2] = valueStart;
    places[at + 3] = valueEnd;
    places[at + 4] = isKeyEscaped ? form | keyIsEscaped : form;
    this.fieldCount++;
  }

  /** Compares only with keys that share length and letters in one of 32 classes; one-letter keys never do. */
  private refuseRepeated(source: Buffer, keyStart: number, keyBytes: number): void {
    const first = source[keyStart] as number;
    const last = source[keyStart + keyBytes - 1] as number;
    const bit = 1 << ((first + (keyBytes - 1) * 5 + (first - last)) & 31);
    if ((this.seenKeys & bit) !== 0) {
      for (let index = 0; index < this.fieldCount; index++) {
        const start = this.keyStart(index);
        if (
          this.keyEnd(index) - start === keyBytes &&
          source.compare(source, start, start + keyBytes, keyStart, keyStart + keyBytes) === 0
        ) {
          throw new DecodeError("an ext field that is there twice");
        }
      }
    }
    this.seenKeys |= bit;
  }

  keyStart(index: number): number {
    return this.places[index * slots] as number;
  }

  keyEnd(index: number): number {
    return this.places[index * slots + 1] as number;
  }

  valueStart(index: number): number {
    return this.places[index * slots + 2] as number;
  }

  valueEnd(index: number): number {
    return this.places[index * slots + 3] as number;
  }

  /** One of fieldForm. */
  form(index: number): number {
    return (this.places[index * slots + 4] as number) & formMask;
  }

  isKeyEscaped(index: number): boolean {
    return ((this.places[index * slots + 4] as number) & keyIsEscaped) !== 0;
  }

  keyText(source: Buffer, index: number): string {
    return textBetween(source, this.keyStart(index), this.keyEnd(index), this.isKeyEscaped(index));
  }

  valueText(source: Buffer, index: number): string {
    const isEscaped = this.form(index) === fieldForm.escaped;
    return textBetween(source, this.valueStart(index), this.valueEnd(index), isEscaped);
  }
}
