/** How full a disk is, against the bounds that brokers act on. */
import { type Diagnosis, unwell, well } from "./diagnosis.ts";

export interface DiskBounds {
  /** Shares of a disk, 0 to 1. */
  readonly diskWarnShare: number;
  readonly diskFailShare: number;
}

export function diskDiagnosis(
  { diskWarnShare, diskFailShare }: DiskBounds,
  found: {
    readonly subject: string;
    readonly used: number;
    /** What else is known of it. */
    readonly more?: string;
    readonly fix: string;
  },
): Diagnosis {
  const { subject, used, more = "", fix } = found;
  const detail = `${(used * 100).toFixed(1)} % used${more}`;
  if (used < diskWarnShare) {
    return well("disk", subject, detail);
  }
  return unwell(used >= diskFailShare ? "fail" : "warn", "disk", {
    subject,
    detail,
    cause: "segments are kept longer than the disk has room, or something else fills it",
    fix,
  });
}
