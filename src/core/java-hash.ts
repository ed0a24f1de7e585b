/** Java's String.hashCode: h = 31·h + UTF-16 unit over int32. It decides tag filters and key indexes. */

/** Hash of a text, as int32. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

/** Hash of UTF-8 bytes source[start, end), as int32; plain ASCII needs no string. */
export function javaHashBytes(source: Buffer, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    if (byte >= 0x80) {
      return javaHash(source.toString("utf8", start, end));
    }
    hash = (Math.imul(31, hash) + byte) | 0;
  }
  return hash;
}
