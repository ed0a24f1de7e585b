/** The seam between opening a store and running it. */
import type { DiskLock } from "../io/disk.ts";
import type { CommitLog, FlushMode } from "./commit-log/commit-log.ts";
import type { QueueTable } from "./consume-queue/queue-table.ts";
import type { OpenedKeyFolder } from "./index/key-folder.ts";
import type { StorePaths } from "./paths.ts";
import type { RetentionRules } from "./retention/retention.ts";

/** What opening found, handed to the store that goes on from there. */
export interface OpenedLog {
  readonly log: CommitLog;
  readonly queues: QueueTable;
  readonly queueFileBytes: number;
  readonly keys: OpenedKeyFolder;
  readonly paths: StorePaths;
  readonly lock: DiskLock;
  readonly flush: FlushMode;
  readonly retention: RetentionRules;
  readonly storeHost: Buffer;
  readonly checkpointOffset: number;
  /** What RocketMQ's checkpoint file says. */
  readonly checkpointFile: string;
  readonly storeTimestampMs: number;
  readonly damagedRecordCount: number;
}
