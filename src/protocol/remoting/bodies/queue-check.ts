/** How far a broker is with comparing its queues in RocksDB with those in files (354). */
import { integer, optionalText, parseObject } from "../json-members.ts";

export interface QueueCheck {
  /** 0: they are the same, 1: they differ, 2: it began, and its log will tell; 3: it failed. */
  readonly status: number;
  /** What the broker says of it. */
  readonly text: string | undefined;
}

export function decodeQueueCheck(source: Buffer, start: number, end: number): QueueCheck {
  const object = parseObject(source, start, end);
  return { status: integer(object, "checkStatus", 0), text: optionalText(object, "checkResult") };
}
