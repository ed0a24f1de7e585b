/** Reads the records of a backed-up segment as a start would: how many are whole, and what is not. */
import { DecodeError } from "../../core/error.ts";
import type { Disk } from "../../io/disk.ts";
import { Segment, SegmentList } from "../../store/commit-log/segment-list.ts";
import { walkLog } from "../log-areas.ts";
import type { BackupDamage } from "./manifest.ts";

export interface RecordsFound {
  readonly records: number;
  readonly damage: readonly BackupDamage[];
}

/** `bytes` of the file hold records of a segment of `segmentBytes` that begins at `startOffset`. */
export function recordsIn(
  disk: Disk,
  path: string,
  extent: { readonly startOffset: number; readonly bytes: number; readonly segmentBytes: number },
): RecordsFound {
  const { startOffset, bytes, segmentBytes } = extent;
  const segment = new Segment(disk, path, startOffset, segmentBytes, "read");
  try {
    const damage: BackupDamage[] = [];
    let records = 0;
    const end = walkLog(
      SegmentList.of(disk, [segment]),
      startOffset,
      () => {
        records++;
      },
      (area) => damage.push(area),
    );
    const left = startOffset + bytes - end.offset;
    if (left > 0) {
      const reason = end.reason ?? "there is nothing where records were";
      damage.push({ offset: end.offset, bytes: left, reason });
    }
    return { records, damage };
  } catch (error) {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    return { records: 0, damage: [{ offset: startOffset, bytes, reason: error.message }] };
  } finally {
    segment.close();
  }
}
