/** Java's String.hashCode: h = 31·h + UTF-16 unit over int32. It decides tag filters and key indexes. */

/** Hash of a text, as int32; of a text that goes on behind one whose hash is `from`. */
export function javaHash(text: string, from = 0): number {
  let hash = from;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

/** As `javaHash`, of UTF-8 bytes source[start, end); plain ASCII needs no string. */
export function javaHashBytes(source: Buffer, start: number, end: number, from = 0): number {
  let hash = from;
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    if (byte >= 0x80) {
      return javaHash(source.toString("utf8", start, end), from);
    }
    hash = (Math.imul(31, hash) + byte) | 0;
  }
  return hash;
}
