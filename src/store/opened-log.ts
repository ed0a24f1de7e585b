/** The seam between opening a store and running it. */
import type { DiskLock } from "../io/disk.ts";
import type { CommitLog, FlushMode } from "./commit-log/commit-log.ts";
import type { QueueTable } from "./consume-queue/queue-table.ts";
import type { StorePaths } from "./paths.ts";

/** What opening found, handed to the store that goes on from there. */
export interface OpenedLog {
  readonly log: CommitLog;
  readonly queues: QueueTable;
  readonly paths: StorePaths;
  readonly lock: DiskLock;
  readonly flush: FlushMode;
  readonly storeHost: Buffer;
  readonly checkpointOffset: number;
  readonly storeTimestampMs: number;
  readonly damagedRecordCount: number;
}
