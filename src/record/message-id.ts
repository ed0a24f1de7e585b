/**
 * The offset message id: upper-case hexadecimal of store address (4 or 16 bytes), port (4) and physical
 * offset (8), so 32 or 56 characters (RocketMQ common `MessageDecoder`).
 */
import { DecodeError } from "../core/error.ts";
import { readInt64, writeInt64 } from "../core/int64.ts";
import { formatAddress, type RecordHost } from "./decode.ts";
import { encodeHost } from "./host.ts";

/** Formats the id of the record at the offset of the broker that the host names. */
export function formatOffsetMessageId(storeHost: RecordHost, physicalOffset: number): string {
  const host = encodeHost(storeHost.host, storeHost.port);
  const bytes = Buffer.alloc(host.length + 8);
  host.copy(bytes);
  writeInt64(bytes, host.length, physicalOffset);
  return bytes.toString("hex").toUpperCase();
}

/** Reads an id back. Throws DecodeError when the text is none. */
export function parseOffsetMessageId(text: string): {
  readonly storeHost: RecordHost;
  readonly physicalOffset: number;
} {
  if (!/^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{56})$/.test(text)) {
    throw new DecodeError(`'${text}' is no offset message id (32 or 56 hexadecimal digits)`);
  }
  const bytes = Buffer.from(text, "hex");
  const addressBytes = bytes.length - 12;
  return {
    storeHost: {
      host: formatAddress(bytes, 0, addressBytes),
      port: bytes.readInt32BE(addressBytes),
    },
    physicalOffset: readInt64(bytes, addressBytes + 4),
  };
}
