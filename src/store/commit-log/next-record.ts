/**
 * Where the log goes on behind damage. A record says its own place and has a checksum, so one is known wherever it is
 * found: right behind a bad one whose size is intact, further on in its segment, or in a later one.
 */
import { blankBytes, recordAt, recordMagicV1, recordMagicV2 } from "../../record/layout.ts";
import { LogScanner, type ScanEnd } from "./log-scanner.ts";
import type { Segment, SegmentList } from "./segment-list.ts";

const pieceBytes = 1 << 20;
/** What both magics begin with. */
const magicStart = Buffer.from([0xda, 0xa3, 0x20]);

/** The first good record behind the end of a walk, undefined when there is none. */
export function findNextRecord(segments: SegmentList, end: ScanEnd): number | undefined {
  const behind = end.offset + end.claimedBytes;
  if (end.claimedBytes > 0 && hasRecordAt(segments, behind)) {
    return behind;
  }
  for (const segment of segments.all()) {
    if (segment.endOffset > end.offset) {
      const found = findInSegment(segments, segment, Math.max(segment.startOffset, end.offset));
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

function findInSegment(
  segments: SegmentList,
  segment: Segment,
  fromOffset: number,
): number | undefined {
  const piece = Buffer.allocUnsafeSlow(pieceBytes);
  // Pieces overlap by size and magic, which may lie across two of them.
  const step = pieceBytes - blankBytes;
  const file = segment.file();
  // Most of the last segment is a hole, which takes no time when it is not read.
  for (
    let at = file.nextData(fromOffset - segment.startOffset);
    at < segment.bytes;
    at = file.nextData(at + step)
  ) {
    const start = at;
    const wanted = Math.min(pieceBytes, segment.bytes - start);
    const bytes = file.readInto(piece, 0, wanted, start);
    const found = findInPiece(piece.subarray(0, bytes), (position) =>
      hasRecordAt(segments, segment.startOffset + start + position),
    );
    if (found !== undefined) {
      return segment.startOffset + start + found;
    }
  }
  return undefined;
}

function findInPiece(piece: Buffer, isRecord: (at: number) => boolean): number | undefined {
  for (
    let at = piece.indexOf(magicStart);
    at >= 0 && at + 4 <= piece.length;
    at = piece.indexOf(magicStart, at + 1)
  ) {
    const magic = piece.readUInt32BE(at);
    const start = at - recordAt.magic;
    if ((magic === recordMagicV1 || magic === recordMagicV2) && start >= 0 && isRecord(start)) {
      return start;
    }
  }
  return undefined;
}

const oneRecord = new Error("one record is enough");

function hasRecordAt(segments: SegmentList, offset: number): boolean {
  try {
    new LogScanner(segments).scan(offset, () => {
      throw oneRecord;
    });
    return false;
  } catch (error) {
    if (error === oneRecord) {
      return true;
    }
    throw error;
  }
}
