/**
 * Drafts of records that a broker writes from records it stored: delayed messages when they are due, messages that a
 * consumer sends back. What the producer said is kept; topic, queue, properties and count are the caller's.
 */
import type { RecordShape } from "../../record/decode.ts";
import { ipv6ExtraBytes, recordAt, sysFlag } from "../../record/layout.ts";
import {
  copyProperties,
  createPropertyScan,
  type PropertyScan,
  scanProperties,
  tagHashOf,
} from "../../record/properties.ts";
import type { RecordDraft } from "../../store/message-store.ts";
import { refuseLongProperties } from "./refusals.ts";
import { emptyDraft, type Mutable } from "./send-request.ts";

const shortHostBytes = 8;

/** Fills one draft again and again from stored records. */
export class Redraft {
  readonly draft: Mutable<RecordDraft> = emptyDraft();
  readonly #scan: PropertyScan = createPropertyScan();

  /** Takes everything but the queue from the record at source[at); its shape is known. The draft keeps views of the source. */
  take(source: Buffer, at: number, shape: RecordShape): void {
    const { draft } = this;
    const flags = source.readInt32BE(at + recordAt.sysFlag);
    const hostAt = at + recordAt.bornHost;
    const isLongHost = (flags & sysFlag.bornHostIpv6) !== 0;
    draft.flag = source.readInt32BE(at + recordAt.flag);
    draft.sysFlag = flags;
    draft.reconsumeTimes = source.readInt32BE(shape.reconsumeTimesAt);
    draft.preparedTransactionOffset = 0;
    draft.bornTimestampHigh = source.readUInt32BE(at + recordAt.bornTimestamp);
    draft.bornTimestampLow = source.readUInt32BE(at + recordAt.bornTimestamp + 4);
    draft.bornHost = source.subarray(
      hostAt,
      hostAt + shortHostBytes + (isLongHost ? ipv6ExtraBytes : 0),
    );
    draft.body = source;
    draft.bodyStart = shape.bodyStart;
    draft.bodyEnd = shape.bodyEnd;
    this.takeProperties(source, shape.propertiesStart, shape.propertiesEnd);
  }

  /** Other properties, without the checksum, which is the store's. Throws MqError `message_illegal`. */
  takeProperties(source: Buffer, start: number, end: number): void {
    const { draft } = this;
    scanProperties(source, start, end, this.#scan);
    refuseLongProperties(end - start);
    const properties = Buffer.allocUnsafe(end - start + 1);
    draft.properties = properties;
    draft.propertiesStart = 0;
    draft.propertiesEnd = copyProperties(properties, 0, source, start, end, this.#scan);
    draft.tagHash = tagHashOf(source, this.#scan);
  }
}
