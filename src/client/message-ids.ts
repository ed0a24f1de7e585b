/**
 * What is written in a message's ids, upper-case hexadecimal both. The offset id: store address (4 or 16 bytes), port (4),
 * physical offset (8). The unique key: address (4 or 16), process (2), an instance's mark (4), milliseconds since the
 * producer's month began (4), a counter (2). They are equally long; a port is below 65,536, so an offset id has zeros where a
 * unique key has its process, and something behind them.
 */
import { DecodeError } from "../core/error.ts";
import { formatAddress } from "../record/decode.ts";
import { parseOffsetMessageId } from "../record/message-id.ts";

export type MessageIdKind = "offset" | "unique";

export type MessageIdParts =
  | {
      readonly kind: "offset";
      readonly host: string;
      readonly port: number;
      readonly physicalOffset: number;
    }
  | {
      readonly kind: "unique";
      /** Of the producer; some clients, `mq` too, put chance here and into the next two. */
      readonly host: string;
      /** The process id's low 16 bits. */
      readonly processId: number;
      /** Four bytes in hexadecimal that tell producers of one process apart. */
      readonly instance: string;
      /** Milliseconds since the first of the month, midnight where the producer is. */
      readonly sinceMonthMs: number;
      readonly counter: number;
    };

/** Takes an id apart; `kind` where its form is not to decide. Throws DecodeError for what is no id. */
export function decodeMessageId(text: string, kind?: MessageIdKind): MessageIdParts {
  if (!/^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{56})$/.test(text)) {
    throw new DecodeError(`'${text}' is no message id (32 or 56 hexadecimal digits)`);
  }
  const bytes = Buffer.from(text, "hex");
  const addressBytes = bytes.length - 12;
  if ((kind ?? likelyKind(bytes, addressBytes)) === "offset") {
    const { storeHost, physicalOffset } = parseOffsetMessageId(text);
    return { kind: "offset", ...storeHost, physicalOffset };
  }
  return {
    kind: "unique",
    host: formatAddress(bytes, 0, addressBytes),
    processId: bytes.readUInt16BE(addressBytes),
    instance: bytes.toString("hex", addressBytes + 2, addressBytes + 6).toUpperCase(),
    sinceMonthMs: bytes.readUInt32BE(addressBytes + 6),
    counter: bytes.readUInt16BE(addressBytes + 10),
  };
}

function likelyKind(bytes: Buffer, addressBytes: number): MessageIdKind {
  const port = bytes.readUInt32BE(addressBytes);
  // A log of 2^53 bytes is nobody's.
  const isOffset = bytes.readUInt32BE(addressBytes + 4) < 2 ** 21;
  return port > 0 && port <= 0xffff && isOffset ? "offset" : "unique";
}
