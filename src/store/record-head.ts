/** The first fields of a record, read without the rest: for those who only compare places, or want its store time. */
import { readInt64 } from "../core/int64.ts";
import {
  ipv6ExtraBytes,
  recordAt,
  recordMagicV1,
  recordMagicV2,
  sysFlag,
} from "../record/layout.ts";
import type { Segment, SegmentList } from "./commit-log/segment-list.ts";

/** Bytes of a record up to and with its store timestamp, whatever its addresses. Every record has as many. */
export const headBytes = recordAt.storeTimestamp + ipv6ExtraBytes + 8;

/** Store time that a head says, in milliseconds. */
export function headTimestamp(head: Buffer): number {
  const isLongAddress = (head.readInt32BE(recordAt.sysFlag) & sysFlag.bornHostIpv6) !== 0;
  return readInt64(head, recordAt.storeTimestamp + (isLongAddress ? ipv6ExtraBytes : 0));
}

/** The head of the record at the place, undefined when none lies there that says so. Blocks: for start-up. */
export function readHead(segments: SegmentList, physicalOffset: number): Buffer | undefined {
  const segment = segments.find(physicalOffset);
  const head = Buffer.alloc(headBytes);
  const inFile = physicalOffset - (segment?.startOffset ?? 0);
  if (segment?.file().readInto(head, 0, headBytes, inFile) !== headBytes) {
    return undefined;
  }
  const magic = head.readUInt32BE(recordAt.magic);
  const isRecord = magic === recordMagicV1 || magic === recordMagicV2;
  const saysPlace =
    head.readUInt32BE(recordAt.physicalOffset) * 0x1_0000_0000 +
      head.readUInt32BE(recordAt.physicalOffset + 4) ===
    physicalOffset;
  return isRecord && saysPlace ? head : undefined;
}

/** Store time of the segment's first record, undefined without one. */
export function firstStoreTimestamp(segments: SegmentList, segment: Segment): number | undefined {
  const head = readHead(segments, segment.startOffset);
  return head === undefined ? undefined : headTimestamp(head);
}
