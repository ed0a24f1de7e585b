/** Texts of a source that are mostly the one that was read last, as a topic is record after record: that one is not made again. */
export class RepeatedText {
  #bytes = Buffer.alloc(0);
  #text = "";

  /** The UTF-8 text in source[start, end). */
  read(source: Buffer, start: number, end: number): string {
    const bytes = this.#bytes;
    let isSame = end - start === bytes.length;
    for (let at = 0; isSame && at < bytes.length; at++) {
      isSame = source[start + at] === bytes[at];
    }
    if (!isSame) {
      this.#bytes = Buffer.from(source.subarray(start, end));
      this.#text = this.#bytes.toString("utf8");
    }
    return this.#text;
  }
}
