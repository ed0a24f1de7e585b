/**
 * The one record layout: RocketMQ's commit-log record, which is also what a pull reply carries
 * (RocketMQ store `CommitLog`, common `MessageDecoder`). All integers are big-endian.
 *
 * | at | bytes | field              | at | bytes | field                       |
 * |----|-------|--------------------|----|-------|-----------------------------|
 * | 0  | 4     | total size         | 48 | 8/20  | born host: address, port    |
 * | 4  | 4     | magic              | 56 | 8     | store timestamp             |
 * | 8  | 4     | body CRC, 31 bits  | 64 | 8/20  | store host: address, port   |
 * | 12 | 4     | queue id           | 72 | 4     | reconsume times             |
 * | 16 | 4     | flag               | 76 | 8     | prepared transaction offset |
 * | 20 | 8     | queue offset       | 84 | 4     | body length, then the body  |
 * | 28 | 8     | physical offset    |    | 1/2   | topic length, then topic    |
 * | 36 | 4     | sysFlag            |    | 2     | properties length, then properties |
 * | 40 | 8     | born timestamp     |    |       |                             |
 *
 * The positions from 56 on hold for 4-byte addresses; a 16-byte one (sysFlag 0x10 born, 0x20 store) moves
 * what follows by 12. The topic length has two bytes with the second magic.
 */

export const recordAt = {
  size: 0,
  magic: 4,
  bodyCrc: 8,
  queueId: 12,
  flag: 16,
  queueOffset: 20,
  physicalOffset: 28,
  sysFlag: 36,
  bornTimestamp: 40,
  bornHost: 48,
  /** With a 4-byte born address; 12 more with a 16-byte one. */
  storeTimestamp: 56,
} as const;

/** One-byte topic length; every client reads it. */
export const recordMagicV1 = 0xdaa320a7;
/** Two-byte topic length; only for topics above 127 bytes. */
export const recordMagicV2 = 0xdaa320ab;
/** The rest of a segment holds no record. */
export const blankMagic = 0xcbd43194;
/** Size and magic of the blank. */
export const blankBytes = 8;

export const sysFlag = {
  compressed: 0x1,
  transactionMask: 0xc,
  transactionPrepared: 0x4,
  transactionCommit: 0x8,
  transactionRollback: 0xc,
  bornHostIpv6: 0x10,
  storeHostIpv6: 0x20,
  /** A batch stored as one record, with messages that readers take apart. */
  needsUnwrap: 0x40,
  innerBatch: 0x80,
  compressionMask: 0x700,
  compressionLz4: 0x100,
  compressionZstd: 0x200,
  compressionZlib: 0x300,
} as const;

/** Everything but body, topic and properties, with 4-byte addresses and a one-byte topic length. */
export const fixedBytes = 91;
export const ipv6ExtraBytes = 12;

/** The whole-record checksum as the last property: name, 0x01, ten digits (last first), 0x02. */
export const checksumName = "__CRC32#";
export const checksumDigits = 10;
export const checksumBytes = checksumName.length + 1 + checksumDigits + 1;

/** Between a property's name and value, and after the value. */
export const nameEnd = 0x01;
export const valueEnd = 0x02;
