/**
 * Bodies that prove themselves: whoever reads one can tell whose it is and whether every byte is the
 * sender's. Mostly of one size, so that a stale record would fit anywhere.
 */
const idBytes = 12;

/** The id of the n-th message. */
export function messageId(index: number): string {
  return `m${String(index).padStart(idBytes - 1, "0")}`;
}

/** The body of that message: its id over and over, so that a foreign sector shows. */
export function makeBody(id: string, bytes: number): Buffer {
  return Buffer.alloc(Math.max(bytes, idBytes), `${id}|`, "latin1");
}

/** Whose body this is; undefined when a single byte is not that sender's. */
export function readBody(body: Buffer): string | undefined {
  const id = body.toString("latin1", 0, idBytes);
  return /^m\d+$/.test(id) && makeBody(id, body.length).equals(body) ? id : undefined;
}
