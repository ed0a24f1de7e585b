/** Stretches of a log, made of a few facts of each record. */
import { encodeRecord, recordBytes } from "../../src/record/encode.ts";
import { encodeHost } from "../../src/record/host.ts";

/** What is told of a record; the rest is always the same. */
export interface RecordSpec {
  readonly topic: string;
  readonly bornHost: string;
  readonly storeHost: string;
  readonly sysFlag: number;
  readonly body: Buffer;
  readonly properties: string;
}

/** Records back to back as the log has them, the first at the physical offset; record n is message n of queue 0. */
export function recordLog(specs: readonly RecordSpec[], firstOffset: number): Buffer {
  let physicalOffset = firstOffset;
  const pieces = specs.map((spec, queueOffset) => {
    const properties = Buffer.from(spec.properties);
    const parts = {
      flag: 0,
      sysFlag: spec.sysFlag,
      reconsumeTimes: 0,
      preparedTransactionOffset: 0,
      bornTimestampHigh: 0,
      bornTimestampLow: 0,
      bornHost: encodeHost(spec.bornHost, 1),
      body: spec.body,
      bodyStart: 0,
      bodyEnd: spec.body.length,
      properties,
      propertiesStart: 0,
      propertiesEnd: properties.length,
    };
    const storeHost = encodeHost(spec.storeHost, 2);
    const topicBytes = Buffer.from(spec.topic);
    const bytes = recordBytes(parts, topicBytes, storeHost);
    const target = Buffer.alloc(bytes);
    const storeTimestampMs = 1_790_000_000_000 + queueOffset;
    const place = {
      topicBytes,
      queueId: 0,
      queueOffset,
      physicalOffset,
      storeTimestampMs,
      storeHost,
    };
    encodeRecord(target, 0, parts, place, bytes);
    physicalOffset += bytes;
    return target;
  });
  return Buffer.concat(pieces);
}
