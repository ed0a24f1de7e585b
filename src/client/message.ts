/** Messages and queues as an application sees them. */

import type { Compression } from "../core/compress.ts";

/** One lane of a topic on one broker. */
export interface MessageQueue {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}

/** A message to be sent. */
export interface Message {
  readonly topic: string;
  readonly body: Buffer;
  readonly tag?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly properties?: ReadonlyMap<string, string> | undefined;
  readonly flag?: number | undefined;
  /** Packs the body on its way; consumers unpack it. Clients of RocketMQ 4 know zlib only. */
  readonly compression?: Compression | undefined;
}

/** A message as it was read. */
export interface ReceivedMessage {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  /** Names broker and position: 32 or 56 hexadecimal digits. */
  readonly offsetMessageId: string;
  /** The producer's own id of the message. */
  readonly uniqueKey: string | undefined;
  readonly tag: string | undefined;
  readonly keys: readonly string[];
  readonly bornTimestampMs: number;
  readonly bornHost: string;
  readonly storeTimestampMs: number;
  readonly storeHost: string;
  readonly reconsumeTimes: number;
  readonly flag: number;
  readonly sysFlag: number;
  readonly properties: ReadonlyMap<string, string>;
  /** Decompressed where the kind of compression is known; otherwise as stored, with `isCompressed` still true. */
  readonly body: Buffer;
  readonly isCompressed: boolean;
  /** Bytes of the record in the broker's log. */
  readonly storedBytes: number;
  /** CRC-32 of the body as it is stored, without its highest bit. */
  readonly bodyCrc?: number | undefined;
  /** Of a half message: where its preparation lies; else 0. */
  readonly preparedTransactionOffset?: number | undefined;
}
