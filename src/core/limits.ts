/**
 * Everything that waits or grows has its bound here, with the reason. Relations between bounds are
 * asserted at load, so that a change of one cannot silently break another.
 */
import { assert } from "./assert.ts";

const kibi = 1024;
const mebi = 1024 * kibi;

export const limits = {
  /** A frame, without its length word: RocketMQ's decoder limit on both sides. */
  frameBytesMax: 16 * mebi - 4,
  /** A message body: RocketMQ's `maxMessageSize`. */
  bodyBytesMax: 4 * mebi,
  /** Properties of a record: a signed 16-bit length. */
  propertiesBytesMax: 32_767,
  /** A topic name in a record with the one-byte length that every client reads. */
  topicBytesMax: 127,
  /** A retry or dead-letter topic; the record then has the two-byte length. */
  innerTopicBytesMax: 255,
  /** A whole record: body, properties, topic and 64 KiB to spare (RocketMQ's own rule). */
  recordBytesMax: 4 * mebi + 64 * kibi,

  /** A new commit-log segment: small disks and quick allocation; RocketMQ's 1 GiB is read as well. */
  segmentBytesDefault: 128 * mebi,
  /** The smallest segment that holds any record and the blank at its end. */
  segmentBytesMin: 64 * kibi,
  /** RocketMQ's 300,000 entries of 20 bytes. */
  queueFileBytesDefault: 6_000_000,
  /** Space reserved on disk ahead of the log's tail, so that a full disk is met before an offset is assigned. */
  allocateAheadBytes: 8 * mebi,
  /** Of that, what only state records may use: offset commits and deletes go on when sends are refused. */
  stateReserveBytes: 1 * mebi,
  /** How often a full disk is asked again. */
  fullDiskRetryMs: 1_000,
  /** Room for one tail buffer: records are encoded there and read from there. */
  tailBufferBytes: 1 * mebi,
  /** Written tail buffers kept for readers at the tail. */
  tailKeptBytes: 8 * mebi,
  /** Appended but not yet acknowledged; above it sends are answered "busy". */
  unacknowledgedBytesMax: 64 * mebi,
  /** Written but not synced with asynchronous flush: beyond it acknowledgements wait, so that loss stays bounded. */
  unsyncedBytesMax: 32 * mebi,
  /** Longest time between syncs with asynchronous flush: the window that a power cut may take. */
  asyncFlushMs: 200,
  /** Longest time until one-way state changes become a record. */
  stateFlushMs: 200,
  /** Body of one state record. */
  stateRecordBytesMax: 1 * mebi,
  /** Time and bytes between checkpoints: what a start after a crash reads again. */
  checkpointMs: 60_000,
  checkpointBytes: 64 * mebi,
  /** Pieces of at most 1 MiB that recovery cut off and saved; the oldest go first. */
  cutFilesMax: 64,
  /** Queue files synced at a time during a checkpoint, so that sends' syncs get between. */
  checkpointFilesAtOnce: 8,
  /** Queue entries kept in memory before they are written: one small write for many messages. */
  queueTailEntries: 128,
  /** Open consume-queue files; the hard limit of descriptors is shared with connections. */
  queueFilesOpenMax: 512,
  /** Index bytes looked at for one filtered pull: 800 entries (RocketMQ's 16,000 bytes). */
  scanEntriesMax: 800,
  /** Bytes asked from the device at once by a cold read. */
  coldReadBytes: 512 * kibi,

  /**
   * A remoting header that asks. Properties of 32,767 bytes and the other fields fit; 64 KiB leaves room to see
   * properties that are too long and to answer "message illegal" instead of closing.
   */
  headerBytesMax: 64 * kibi,
  /** A remoting header that answers, as a client reads it: a batch comes back with a 32-digit id for each message. */
  replyHeaderBytesMax: 2 * mebi,
  /** Ext fields of one header; the largest official request has 16. */
  headerFieldsMax: 64,
  /** The name of one ext field. */
  headerKeyBytesMax: 128,
  /** Nested objects and arrays of one JSON body; official bodies stay below 8. */
  jsonDepthMax: 32,
  /** Objects and arrays of one JSON body: each costs some hundred bytes however few it takes on the wire. */
  jsonContainersMax: 100_000,
  /** All values of one JSON body. */
  jsonValuesMax: 1_000_000,
  /** Characters of one JSON number: an int64 has at most 20. */
  jsonNumberBytesMax: 32,
} as const;

assert(
  limits.recordBytesMax >= limits.bodyBytesMax + limits.propertiesBytesMax + limits.innerTopicBytesMax + 128,
  "the largest body with the largest properties fits a record",
);
assert(limits.recordBytesMax < limits.frameBytesMax, "one record fits a reply");
assert(
  limits.allocateAheadBytes > limits.recordBytesMax + limits.stateReserveBytes,
  "one step of allocation holds any record beside the reserve",
);
assert(limits.stateRecordBytesMax + 64 * kibi <= limits.recordBytesMax, "a state record is a record");
assert(limits.unsyncedBytesMax < limits.unacknowledgedBytesMax, "waiting comes before refusing");
