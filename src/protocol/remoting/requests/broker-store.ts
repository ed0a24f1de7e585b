/** What RocketMQ's brokers do with their store when an operator asks; `mq broker` answers that it does not. */
import { defineRequest } from "../define.ts";

/** Asks a broker to compare its queues in RocksDB with those in files; the reply's body is bodies/queue-check.ts. */
export const checkRocksdbQueues = defineRequest({
  code: 354,
  name: "CHECK_ROCKSDB_CQ_WRITE_PROGRESS",
  request: {
    /** Empty: all topics. */
    topic: { type: "string" },
    /** Only what was stored at that time or later, in milliseconds since 1970. */
    checkStoreTime: { type: "int64" },
  },
  reply: {},
});

/** Asks a broker to write settings that it has in RocksDB into the files that it would have without. */
export const exportRocksdbConfig = defineRequest({
  code: 355,
  name: "EXPORT_ROCKSDB_CONFIG_TO_JSON",
  request: {
    /** `topics`, `subscriptionGroups`, `consumerOffsets`, a semicolon behind each. */
    configType: { type: "string" },
  },
  reply: {},
});

/** Sets up to where a replica believes that its leader has written. A leader does nothing and says yes. */
export const resetMasterFlushOffset = defineRequest({
  code: 908,
  name: "RESET_MASTER_FLUSH_OFFSET",
  request: { masterFlushOffset: { type: "int64" } },
  reply: {},
});

/** The body is a `group=threshold` line (properties-text.ts): bytes that it may read of old messages in a while. */
export const updateColdDataFlow = defineRequest({
  code: 2001,
  name: "UPDATE_COLD_DATA_FLOW_CTR_CONFIG",
  request: {},
  reply: {},
});

/** The body is the name of the group that is no more slowed down. */
export const removeColdDataFlow = defineRequest({
  code: 2002,
  name: "REMOVE_COLD_DATA_FLOW_CTR_CONFIG",
  request: {},
  reply: {},
});

/** The reply's body is bodies/cold-data-flow.ts; a broker that has no such table sends none. */
export const getColdDataFlow = defineRequest({
  code: 2003,
  name: "GET_COLD_DATA_FLOW_CTR_INFO",
  request: {},
  reply: {},
});

/** The reply's remark says what was done. */
export const setLogReadAhead = defineRequest({
  code: 2004,
  name: "SET_COMMITLOG_READ_MODE",
  request: {
    /** 0: read ahead, 1: do not. */
    mode: { type: "int32", wire: "READ_AHEAD_MODE" },
  },
  reply: {},
});

export const switchTimerEngine = defineRequest({
  code: 5001,
  name: "SWITCH_TIMER_ENGINE",
  request: {
    /** `R`: RocksDB, `F`: files. */
    engine: { type: "string", wire: "E_T" },
  },
  reply: {},
});

/** Writes the records of popped messages from RocksDB into topics, as brokers kept them before. */
export const exportPopRecords = defineRequest({
  code: 200056,
  name: "POP_ROLLBACK",
  request: {},
  reply: {},
});
