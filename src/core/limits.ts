/**
 * Everything that waits or grows has its bound here, with the reason. Relations between bounds are
 * asserted at load, so that a change of one cannot silently break another.
 */
import { assert } from "./assert.ts";

const kibi = 1024;
const mebi = 1024 * kibi;

export const limits = {
  /** Who may watch a broker's requests at once, how many a second each gets to see, and characters of a name there. */
  requestWatchersMax: 4,
  watchedPerSecondMax: 1_000,
  watchedTextMax: 255,

  /** Groups, and topics, that metrics tell of: the worst, so that nobody's dashboard grows with what strangers make. */
  metricRowsMax: 1_000,
  /** Records whose store time one scrape reads, to tell how old what a group has not consumed is. */
  metricLookupsMax: 2_000,

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
  /**
   * Zeros written ahead of the tail with synchronous flush: a sync over them has no extents to convert and takes
   * half the time. Only while groups are small; large ones would only write everything twice.
   */
  zeroAheadBytes: 512 * kibi,
  zeroAheadGroupBytesMax: 128 * kibi,
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
  /** How soon a delivery of delayed messages that could not be stored is tried again. */
  deliveryRetryMs: 200,
  /** Longest time until one-way state changes become a record. */
  stateFlushMs: 200,
  /** Body of one state record. */
  stateRecordBytesMax: 1 * mebi,
  /** Time and bytes between checkpoints: what a start after a crash reads again. */
  checkpointMs: 60_000,
  checkpointBytes: 64 * mebi,
  /** At least so many for each file that the last one had to sync: thousands of files are not synced all the time. */
  checkpointBytesPerFile: 256 * kibi,
  /** Syncs of queue files side by side when a clean stop waits for them. */
  stopSyncsMax: 8,
  /** How often age and size of the log and the room on the disk are looked at. */
  retentionMs: 5_000,
  /** Rows of a state table that are written again in one record. */
  stateRewriteRows: 1_000,
  /** Pieces of at most 1 MiB that recovery cut off and saved; the oldest go first. */
  cutFilesMax: 64,
  /** Damaged places of a log that a tool tells one by one; further ones are counted. */
  damagedAreasMax: 10_000,
  /** Queue entries kept in memory before they are written: one small write for many messages. */
  queueTailEntries: 128,
  /** Open consume-queue files; the hard limit of descriptors is shared with connections. */
  queueFilesOpenMax: 512,
  /** Index bytes looked at for one filtered pull: 800 entries (RocketMQ's 16,000 bytes). */
  scanEntriesMax: 800,
  /** The key index: slots and entries of one file, RocketMQ's. */
  keySlotsDefault: 5_000_000,
  keyEntriesDefault: 20_000_000,
  /** Bytes of the log that the key index may be behind while nobody asks, and reads at once. */
  keyStretchBytes: 256 * kibi,
  /** Longest wait of a search, and of a stop, until the key index has caught up. */
  keyWaitMs: 2_000,
  /** Entries that one search looks at, and records that it reads: a hash may be shared by any number. */
  keySearchStepsMax: 65_536,
  keyRecordsReadMax: 1_024,
  /** Bytes of the records that one search finds, but for a first one that is larger: what fits a reply. */
  keyAnswerBytesMax: 15 * mebi,
  /** Messages of one search: RocketMQ's `maxMsgsNumBatch`. */
  keyCountMax: 64,
  /** Searches and views that run side by side: each may hold an answer of full size. */
  lookUpsAtOnce: 2,
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
  /** Lines of one configuration in a body; RocketMQ's own has some 500. */
  configLinesMax: 2_048,

  /** Connections of one listener: descriptors are shared with segments and queue files (hard limit 20,000 here). */
  connectionsMax: 8_192,
  /** A connection that says nothing is closed after this; RocketMQ's value, clients speak every 30 s. */
  idleCloseMs: 120_000,
  /** The first frame must be whole this long after its first byte: a stranger gets less patience than a client. */
  firstFrameMs: 10_000,
  /** A later frame must be whole this long after its first byte. */
  frameMs: 30_000,
  /** Unfinished frames of one listener together; above it the one that was begun first is closed. */
  unfinishedFramesBytesMax: 256 * mebi,
  /** Replies that a connection has not taken: above it, it is read no further and its ready pulls wait. */
  outputBacklogBytes: 8 * mebi,
  /** Replies that no connection of a listener has taken; above it, whoever lags at all is read no further. */
  outputTotalBytes: 256 * mebi,
  /** What a connection may lag even then. */
  outputLagBytes: 256 * kibi,
  /** A connection that takes none of its replies for this long is closed. */
  outputStalledMs: 30_000,
  /** Sends of a connection whose reply waits for the disk; above it, it is read no further. */
  gatedRepliesMax: 8_192,
  /** Other requests of a connection that wait for something; above it, it is read no further. */
  requestsInFlightMax: 1_024,
  /** Held pulls of a connection: one a queue that it consumes. Above it, pulls are answered "busy". */
  heldPullsPerConnectionMax: 4_096,
  /** Held pulls of a broker. */
  heldPullsMax: 65_536,
  /** The longest hold, whatever was asked: official clients give up after 30 s. */
  holdMsMax: 25_000,
  /** How exactly held pulls end: a round of a wheel of this step, never later than asked. */
  holdStepMs: 50,
  /** Questions to one client that are not answered yet: each holds an operator's request. */
  clientQuestionsMax: 16,
  /** Questions to all clients of a broker. */
  clientQuestionsTotalMax: 1_024,
  /** How long a client may take for an answer that an operator waits for (RocketMQ: 10 s). */
  clientAnswerMs: 10_000,
  /** How long it may take when several are asked for one answer (RocketMQ: 5 s). */
  clientStatusMs: 5_000,
  /** Smallest output buffer, and how many bytes of idle ones a process keeps. */
  outputBufferBytes: 64 * kibi,
  outputPoolBytes: 8 * mebi,
  /** How often time limits of connections and members are looked at. */
  sweepMs: 1_000,
  /** On a stop: longest wait for replies that are on their way. */
  drainMs: 5_000,
  /** Longest wait for peers to take the last bytes and the end. */
  farewellMs: 1_000,

  /** Messages of one pull (RocketMQ hands out 32 at most by default; lite pull asks for more). */
  pullCountMax: 1_024,
  /** Bytes of one pull's records, but for a first message that is larger; RocketMQ's limit for recent messages. */
  pullBytesMax: 256 * kibi,
  /** Messages of one batch: the answer has an id of 33 bytes for each, and a client reads a header of 2 MiB. */
  batchMessagesMax: 60_000,
  /** Tags of one expression; RocketMQ has no bound, and a filter costs the same for any number. */
  tagsMax: 1_024,
  /** Compiled expressions kept for requests that bring their own. */
  filtersKeptMax: 1_024,

  /** Queues of one topic: RocketMQ's own largest topic has 1,024. */
  topicQueuesMax: 4_096,
  /** Topics of a broker, however they came: a registration of all, some 300 bytes each, must fit a frame. */
  topicsMax: 40_000,
  /** Topics that sends to unknown names may make. */
  autoCreatedTopicsMax: 10_000,
  /** Consumer groups of a broker: the table of all, some 500 bytes each, must fit a frame. */
  groupsMax: 25_000,
  /** A group's name: RocketMQ's admin check. */
  groupBytesMax: 120,
  /** Topics that one group has offsets for, and one heartbeat may name. */
  groupTopicsMax: 1_024,
  /** A log below this counts as young: a new group begins at the start of its queues (RocketMQ: still in memory). */
  youngLogBytes: 1_024 * mebi,
  /** A client's own name; Java's is its address, process and a number. */
  clientIdBytesMax: 1_024,
  /** Members of one group. */
  groupMembersMax: 10_000,
  /** A member without a heartbeat leaves its groups; RocketMQ's channelExpiredTimeout. */
  memberExpiryMs: 120_000,
  /** A lock of a queue that was not renewed; RocketMQ's lockMaxLiveTime. Clients renew every 20 s. */
  queueLockMs: 60_000,
  /** Queues in one lock request. */
  lockQueuesMax: 4_096,
  /** Locked queues of a broker. */
  queueLocksMax: 200_000,

  /** A broker tells each nameserver everything again; they forget it after 120 s. */
  registrationMs: 30_000,
  /** How soon a nameserver that was lost is asked again. */
  registrationRetryMs: 2_000,
  /** How long one registration may take. */
  registrationTimeoutMs: 3_000,
  /** How long a reply that made a topic waits for the nameservers; then it leaves although one is down. */
  announceWaitMs: 1_000,
  /** A nameserver forgets a broker that was silent for this long, unless the broker asked for another time. */
  brokerExpiryMs: 120_000,
  /** The longest expiry a broker may ask for. */
  brokerExpiryMsMax: 600_000,
  /** Brokers of a nameserver. */
  brokersMax: 1_024,
  /** Addresses under one broker name: a leader and its replicas. */
  brokerReplicasMax: 64,
  /** Filter servers that one broker names, and the bytes of one address. */
  filterServersMax: 64,
  /** Topics of a nameserver: the list of all names must fit a frame. */
  nameserverTopicsMax: 100_000,
  /** Pairs of topic and broker: some 200 bytes each. */
  nameserverRoutesMax: 500_000,
  /** Queues of a topic at one broker, as others may tell: clients make an entry for each. */
  routeQueuesMax: 65_536,
  /** Queue mappings of static topics, and the bytes of one. */
  nameserverMappingsMax: 10_000,
  nameserverMappingBytesMax: 16 * kibi,
  /** What a compressed registration may come to: 100,000 topics of 300 bytes. */
  registrationBytesMax: 32 * mebi,
  /** Entries of a nameserver's key-value configuration, and all their bytes: a namespace must fit a reply. */
  kvEntriesMax: 10_000,
  kvBytesMax: 2 * mebi,
  /** A namespace or a key, and a value. */
  kvNameBytesMax: 1 * kibi,
  kvValueBytesMax: 64 * kibi,
  /** Brokers that are being told of a smallest id at one time. */
  minBrokerIdCallsMax: 64,
} as const;

assert(
  limits.recordBytesMax >=
    limits.bodyBytesMax + limits.propertiesBytesMax + limits.innerTopicBytesMax + 128,
  "the largest body with the largest properties fits a record",
);
assert(limits.recordBytesMax < limits.frameBytesMax, "one record fits a reply");
assert(
  limits.allocateAheadBytes > limits.recordBytesMax + limits.stateReserveBytes,
  "one step of allocation holds any record beside the reserve",
);
assert(
  limits.stateRecordBytesMax + 64 * kibi <= limits.recordBytesMax,
  "a state record is a record",
);
assert(limits.unsyncedBytesMax < limits.unacknowledgedBytesMax, "waiting comes before refusing");
assert(limits.firstFrameMs <= limits.frameMs, "a stranger gets no more patience than a client");
assert(
  limits.pullBytesMax + limits.recordBytesMax < limits.frameBytesMax,
  "a pull's reply fits a frame",
);
assert(
  limits.holdMsMax < limits.frameMs && limits.holdMsMax < limits.idleCloseMs,
  "a hold ends before patience does",
);
assert(
  limits.keyAnswerBytesMax + limits.headerBytesMax < limits.frameBytesMax &&
    limits.recordBytesMax < limits.keyAnswerBytesMax,
  "what a search finds fits a frame",
);
assert(limits.recordBytesMax < limits.outputBacklogBytes, "one reply does not stop a connection");
assert(
  limits.batchMessagesMax * 33 + 4 * kibi <= limits.replyHeaderBytesMax,
  "the answer to the largest batch is read",
);
assert(
  limits.kvBytesMax * 6 + limits.kvEntriesMax * 8 < limits.frameBytesMax,
  "a namespace fits a reply, also when all of it must be escaped",
);
